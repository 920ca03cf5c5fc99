_agentcore_complete() {
    # Bash also ends words at `=`, `:` and `@`. They are put together as they stand in the line.
    local line=${COMP_LINE:0:COMP_POINT} words=() last=-1 i gap word kept reply
    for ((i = 0; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        gap=${line%%"$word"*}
        line=${line#*"$word"}
        if [[ $last -ge 0 && -z $gap ]]; then
            words[last]+=$word
        else
            words[++last]=$word
        fi
    done
    gap=${line%%[![:space:]]*}
    word=${line#"$gap"}
    if [[ $last -lt 0 || -n $gap ]]; then
        words[++last]=$word
    else
        words[last]+=$word
    fi
    # What stands before the part that Bash replaces, and is not to be written again.
    kept=${words[last]%"$2"}
    reply=$(_CLAP_IFS=$'\n' _CLAP_COMPLETE_INDEX=$last AGENTCORE_COMPLETE=bash \
        agentcore -- "${words[@]}" 2> /dev/null) || return
    COMPREPLY=()
    [[ -n $reply ]] || return
    while IFS= read -r word; do
        # Within quotes Bash takes it as it is.
        [[ ${words[last]} == *[\'\"]* ]] || printf -v word %q "$word"
        kept=${kept#[\'\"]}
        COMPREPLY+=("${word#"$kept"}")
    done <<< "$reply"
    if [[ ${COMPREPLY-} == *[=/:] ]]; then
        compopt -o nospace 2> /dev/null
    fi
}
complete -o nosort -o bashdefault -F _agentcore_complete agentcore 2> /dev/null ||
    complete -o bashdefault -F _agentcore_complete agentcore
