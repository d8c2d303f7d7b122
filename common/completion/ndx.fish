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

# As "--format json" and as "--format=json".
complete -c ndx -n '__fish_seen_subcommand_from search' -l format -x -a 'text json jsonl csv atom rss ris bibtex trec ids'
complete -c ndx -n '__fish_seen_subcommand_from eval' -l format -x -a 'text json trec'
complete -c ndx -n '__fish_seen_subcommand_from show suggest' -l format -x -a 'text json'
complete -c ndx -n '__fish_seen_subcommand_from index' -l format -x -a 'text html json jsonl reuters'
complete -c ndx -n '__fish_seen_subcommand_from search' -l sort -x -a 'relevance newest oldest'
complete -c ndx -n '__fish_seen_subcommand_from search' -l facet -x -a 'source section author year'
complete -c ndx -n '__fish_seen_subcommand_from search' -l timeline -x -a 'day week month year auto'
complete -c ndx -n '__fish_seen_subcommand_from search eval' -l rank -x -a 'bm25 proximity'
complete -c ndx -n '__fish_seen_subcommand_from search show' -l color -x -a 'auto always never'
complete -c ndx -n '__fish_seen_subcommand_from index' -l progress -x -a 'auto always never'

complete -c ndx -n 'test (count (commandline -opc)) = 1' -f -a '(__ndx_commands)'
complete -c ndx -n 'test (count (commandline -opc)) -gt 1; and string match -q -- "-*" (commandline -ct)' -f -a '(__ndx_options)'
