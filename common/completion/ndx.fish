# ndx.fish - completion of ndx for fish: commands, options and their values
#
# SPDX-License-Identifier: MIT
function __ndx_commands
    ndx --help 2>/dev/null | string replace -rf '^  ndx ([a-z]+) .*?  +(.*)$' '$1\t$2'
end

function __ndx_options
    set -l words (commandline -opc)
    ndx $words[2] --help 2>/dev/null | string replace -rf '^ +(?:-\w, )?(--[a-z0-9-]+)(?: [A-Z]+)? +(.*)$' '$1\t$2'
end

function __ndx_option_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[-1] $argv
end

complete -c ndx -n 'test (count (commandline -opc)) = 1' -f -a '(__ndx_commands)'
complete -c ndx -n 'test (count (commandline -opc)) -gt 1; and string match -q -- "-*" (commandline -ct)' -f -a '(__ndx_options)'
complete -c ndx -n '__ndx_option_is --format' -f -a 'text json jsonl csv atom rss ris bibtex trec ids'
complete -c ndx -n '__ndx_option_is --sort' -f -a 'relevance newest oldest'
complete -c ndx -n '__ndx_option_is --facet' -f -a 'source section author year'
complete -c ndx -n '__ndx_option_is --timeline' -f -a 'day week month year auto'
complete -c ndx -n '__ndx_option_is --rank' -f -a 'bm25 proximity'
complete -c ndx -n '__ndx_option_is --color --progress' -f -a 'auto always never'
