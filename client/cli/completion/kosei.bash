# bash completion of kosei: the program itself says what may follow.
_kosei() {
  local program=${1/#\~\//$HOME/}
  mapfile -t COMPREPLY < <("$program" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
# Where the program has nothing to offer, a file name may stand.
complete -o default -F _kosei kosei
