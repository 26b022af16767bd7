/** Each asks the executable itself, `NAME __complete WORD…`, what could stand in place of the last word. */
export const scripts = { bash, zsh, fish } as const;

export type Shell = keyof typeof scripts;

const functionName = (name: string): string => `_${name.replaceAll('-', '_')}`;

/** Takes bash 3.2, which macOS has. Bash splits words at `=`, and replaces what follows it. */
function bash(name: string): string {
  return `# bash completion for ${name}: source <(${name} completion bash)
${functionName(name)}() {
  local IFS=$'\\n' word line split= files=
  local -a words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $split == next || $word == "=" ]] && ((\${#words[@]} > 0)); then
      words[\${#words[@]}-1]+=$word
      if [[ $word == "=" ]]; then split=next; else split=; fi
    else
      words+=("$word")
      split=
    fi
  done
  word=\${words[\${#words[@]}-1]}
  COMPREPLY=()
  for line in $(${name} __complete "\${words[@]}" 2>/dev/null); do
    case $line in
    :0) files=yes ;;
    :*) ;;
    *)
      line=\${line%%$'\\t'*}
      if [[ $word == --*=* ]]; then line=\${line#*=}; fi
      COMPREPLY+=("$line")
      ;;
    esac
  done
  if [[ $files ]]; then
    if [[ $word == --*=* ]]; then word=\${word#*=}; fi
    COMPREPLY=($(compgen -f -- "$word"))
    if type compopt >/dev/null 2>&1; then compopt -o filenames 2>/dev/null; fi
  fi
}
complete -F ${functionName(name)} ${name}
`;
}

function zsh(name: string): string {
  return `#compdef ${name}
# zsh completion for ${name}: source <(${name} completion zsh)
${functionName(name)}() {
  local -a lines candidates
  local line text
  lines=("\${(@f)$(${name} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${(@)lines[1,-2]}"; do
    text=\${line%%$'\\t'*}
    if [[ $line == *$'\\t'* ]]; then
      candidates+=("\${text//:/\\\\:}:\${line#*$'\\t'}")
    else
      candidates+=("\${text//:/\\\\:}")
    fi
  done
  if (( \${#candidates} )); then _describe ${name} candidates; fi
  if [[ $lines[-1] == :0 ]]; then _files; fi
}
compdef ${functionName(name)} ${name}
`;
}

function fish(name: string): string {
  return `# fish completion for ${name}: ${name} completion fish | source
function _${functionName(name)}
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (${name} __complete $words[2..-1] 2>/dev/null)
    for line in $lines
        switch $line
            case ':0'
                __fish_complete_path (commandline -ct)
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c ${name} -f -a '(_${functionName(name)})'
`;
}
