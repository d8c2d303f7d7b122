# ndx.bash - completion of ndx for bash: commands, options and their values, words of the index
#
# Options are asked of "ndx COMMAND --help", and words of "ndx suggest", so that they are those of what is installed.
#
# SPDX-License-Identifier: MIT
_ndx()
{
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
	local index= values= i

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		values="$(ndx --help 2>/dev/null | sed -n 's/^  ndx \([a-z]*\) .*/\1/p') help --help --version"
		mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
		return
	fi
	case $command:$previous in
	search:--format) values='text json jsonl csv atom rss ris bibtex trec ids' ;;
	eval:--format) values='text json trec' ;;
	show:--format | suggest:--format) values='text json' ;;
	index:--format) values='text html json jsonl reuters' ;;
	search:--sort) values='relevance newest oldest' ;;
	search:--facet) values='source section author year' ;;
	search:--timeline) values='day week month year auto' ;;
	*:--rank) values='bm25 proximity' ;;
	*:--color | *:--progress) values='auto always never' ;;
	esac
	if [[ $word == -* && -z $values ]]; then
		values=$(ndx "$command" --help 2>/dev/null | sed -nE 's/^ +(-[a-zA-Z0-9], )?(--[a-z0-9-]+).*/\2/p')
	fi
	if [[ -n $values ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
		return
	fi
	for ((i = 2; i < COMP_CWORD; i++)); do
		[[ -f ${COMP_WORDS[i]}/manifest ]] && index=${COMP_WORDS[i]}
	done
	if [[ -n $index && -n $word && ($command == search || $command == suggest) ]]; then
		mapfile -t COMPREPLY < <(ndx suggest -n 20 "$index" "$word" 2>/dev/null | awk '{ print $NF }' |
			grep -F -- "$word")
	elif [[ -z $index ]]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		compopt -o filenames 2>/dev/null
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null
	fi
}
complete -F _ndx ndx
