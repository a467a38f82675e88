# Names of services and APIs, asked of the command itself.
function __zohoctl_ask
    zohoctl $argv --output csv --fields name 2>/dev/null | tail -n +2 | tr -d '\r'
end

function __zohoctl_names
    set -l words (commandline -opc)
    switch (string join ' ' -- $words[2..])
        case invoke explain connect 'apis list' 'apis show' 'connectors show'
            __zohoctl_ask connectors list
        case 'invoke *' 'explain *'
            test (count $words) -eq 3; and __zohoctl_ask apis list $words[3]
        case 'apis show *'
            test (count $words) -eq 4; and __zohoctl_ask apis list $words[4]
    end
end

complete -c zohoctl -f -a '(__zohoctl_names)'
