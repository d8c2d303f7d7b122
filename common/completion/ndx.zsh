#compdef ndx
# ndx.zsh - completion of ndx for zsh: commands, options, indexes and files
#
# SPDX-License-Identifier: MIT
_ndx()
{
	local -a commands options
	local option=$words[CURRENT-1]

	if (( CURRENT == 2 )); then
		commands=(${(f)"$(ndx --help 2>/dev/null | sed -nE 's/^  ndx ([a-z]+) .*  +(.*)/\1:\2/p')"})
		_describe command commands
		return
	fi
	if [[ $words[CURRENT] == --*=* ]]; then
		option=${words[CURRENT]%%=*}
		compset -P '*='
	elif [[ $words[CURRENT] == -* ]]; then
		options=(${(f)"$(ndx $words[2] --help 2>/dev/null |
			sed -nE 's/^ +(-[a-zA-Z0-9], )?(--[a-z0-9-]+)( [A-Z]+)? +(.*)/\2:\4/p')"})
		_describe option options
		return
	fi
	case $words[2]:$option in
	(search:--format) compadd text json jsonl csv atom rss ris bibtex trec ids ;;
	(eval:--format) compadd text json trec ;;
	(show:--format|suggest:--format) compadd text json ;;
	(index:--format) compadd text html json jsonl reuters ;;
	(search:--sort) compadd relevance newest oldest ;;
	(search:--facet) compadd source section author year ;;
	(search:--timeline) compadd day week month year auto ;;
	(*:--rank) compadd bm25 proximity ;;
	(*:--color|*:--progress) compadd auto always never ;;
	(*) _files ;;
	esac
}
_ndx "$@"
