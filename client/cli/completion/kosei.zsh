#compdef kosei
# zsh completion of kosei: the program itself says what may follow.
_kosei() {
  local -a candidates
  candidates=(${(f)"$(${~words[1]} __complete -- "${(@)words[2,CURRENT]}" 2> /dev/null)"})
  # Where the program has nothing to offer, a file name may stand.
  if (( ${#candidates} )); then
    compadd -a candidates
  else
    _files
  fi
}
# Loaded by zsh's completion system it is the function; sourced it announces itself.
if [[ ${funcstack[1]-} == _kosei ]]; then
  _kosei "$@"
else
  compdef _kosei kosei
fi
