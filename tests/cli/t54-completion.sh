#!/bin/sh
# t54-completion.sh - what the shells complete is what the commands have
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"
command -v bash >/dev/null || { echo 'needs bash'; exit 77; }

ndx index -q idx "$top/corpus/sample/text" || exit 1
# complete WORD...: what bash offers for the last one.
cat >complete.bash <<'END'
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_ndx
printf '%s\n' "${COMPREPLY[@]}"
END
complete()
{
	bash complete.bash "$top/common/completion/ndx.bash" "$@" 2>/dev/null
}

expect 'commands' 0 'complete ndx s' <<'END'
search
show
stats
suggest
END
expect 'options' 0 'complete ndx search --f' <<'END'
--facet
--facet-limit
--format
END
expect 'values' 0 'complete ndx search --sort ""' <<'END'
relevance
newest
oldest
END
expect 'every value of --format is taken' 0 'for f in $(complete ndx search --format ""); do
	ndx search --format $f idx harbour >/dev/null || echo $f; done' <<'END'
END
expect 'values after =' 0 'complete ndx search --format = js; complete ndx search --sort =' <<'END'
json
jsonl
relevance
newest
oldest
END
expect 'commands after help' 0 'complete ndx help su' <<'END'
suggest
END
expect 'indexes' 0 'complete ndx search i' <<'END'
idx
END
expect 'words of the index' 0 'complete ndx search idx harb | grep -x harbour' <<'END'
harbour
END
expect 'words however they are typed' 0 'complete ndx search idx HARBOURM; complete ndx search idx "\"the harbourm"' <<'END'
harbour-master
the harbour-master
END
for shell in zsh fish; do
	command -v $shell >/dev/null || continue
	expect "$shell reads its own" 0 "$shell -n '$top/common/completion/ndx.$shell'" <<'END'
END
done

if command -v fish >/dev/null; then
	expect 'fish completes values of options, with = and without' 0 \
		'export HOME=$PWD; for typed in "--format=j" "--sort n" "--facet-"; do
			fish -c "source $top/common/completion/ndx.fish; complete -C \"ndx search $typed\""; done' <<'END'
--format=json
--format=jsonl
newest
--facet-limit	values of a facet (10)
END
fi

finish
