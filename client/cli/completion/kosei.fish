# fish completion of kosei: the program itself says what may follow.
function __kosei_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l candidates (eval $program __complete -- (string escape -- $words "$current") 2>/dev/null)
    if set -q candidates[1]
        printf '%s\n' $candidates
    else
        # Where the program has nothing to offer, a file name may stand.
        __fish_complete_path "$current"
    end
end
complete -c kosei -f -a '(__kosei_complete)'
