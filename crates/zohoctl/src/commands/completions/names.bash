# Names of services and APIs, asked of the command itself.
_zohoctl_names() {
    zohoctl "$@" --output csv --fields name 2>/dev/null | tail -n +2 | tr -d '\r'
}

_zohoctl_or_names() {
    local names=
    case "${COMP_WORDS[1]} ${COMP_WORDS[2]} $COMP_CWORD" in
        "invoke "*" 2" | "explain "*" 2" | "connect "*" 2" | "apis list 3" | "apis show 3" | "connectors show 3")
            names=$(_zohoctl_names connectors list)
            ;;
        "invoke "*" 3" | "explain "*" 3" | "apis show 4")
            names=$(_zohoctl_names apis list "${COMP_WORDS[COMP_CWORD - 1]}")
            ;;
    esac
    if [[ -n $names && ${COMP_WORDS[COMP_CWORD]} != -* ]]; then
        COMPREPLY=($(compgen -W "$names" -- "${COMP_WORDS[COMP_CWORD]}"))
    else
        _zohoctl "$@"
    fi
}

complete -F _zohoctl_or_names -o bashdefault -o default zohoctl
