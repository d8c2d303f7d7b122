# ndx.bash - completion of ndx for bash: commands, options and their values, words of the index
#
# Options are asked of "ndx COMMAND --help", and words of "ndx suggest", so that they are those of what is installed.
#
# SPDX-License-Identifier: MIT
_ndx()
{
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
	local index= values= commands last i

	COMPREPLY=()
	commands=$(ndx --help 2>/dev/null | sed -n 's/^  ndx \([a-z]*\) .*/\1/p')
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$commands help --help --version" -- "$word")
		return
	fi
	# "--option=value" comes as three words.
	if [[ $previous == = ]] && ((COMP_CWORD > 3)); then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $word == = ]]; then
		word=
	fi
	case $command:$previous in
	help:help) values=$commands ;;
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
		# The last word of what may be in quotes that are still open; the words before it stay.
		word=${word#[\"\']}
		last=${word##*[[:space:]]}
		if [[ -n $last ]]; then
			mapfile -t COMPREPLY < <(ndx suggest -n 20 "$index" "$last" 2>/dev/null |
				before=${word%"$last"} last=$last awk '
					function plain(word) { gsub(/-/, "", word); return tolower(word) }
					index(plain($NF), plain(ENVIRON["last"])) == 1 { print ENVIRON["before"] $NF }')
		fi
	elif [[ -z $index ]]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		compopt -o filenames 2>/dev/null
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null
	fi
}
complete -F _ndx ndx
