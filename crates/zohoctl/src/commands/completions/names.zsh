
# Names of services and APIs, asked of the command itself.
_zohoctl_names() {
    local -a names
    names=(${(f)"$(zohoctl "$@" --output csv --fields name 2>/dev/null | tail -n +2 | tr -d '\r')"})
    compadd -a names
}

_zohoctl_services() {
    _zohoctl_names connectors list
}

# An API stands behind its service.
_zohoctl_apis() {
    _zohoctl_names apis list "${words[CURRENT-1]}"
}
