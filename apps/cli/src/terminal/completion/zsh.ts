import { argumentCases, quoted, valueCases, valuedNames, type CompletionNode, type CompletionValue } from './shape.js';

/** Returns the completion script for zsh: sourced after `compinit`, or saved as `_PROGRAM` in a folder of `$fpath`. */
export function zshCompletion(program: string, nodes: readonly CompletionNode[]): string {
  return `#compdef ${program}
# Completion of ${program} for zsh. Load it with: source <(${program} completion zsh), after compinit

# What may follow the command in $1: sets subcommands, options (each "name:description"), valued and
# names (of the subcommands).
_${program}_command() {
  case "$1" in
${nodes.map(commandCase).join('\n')}
  esac
  names=("\${(@)subcommands%%:*}")
}

# What may be the value of option $2 of the command in $1: sets kind, choices.
_${program}_value() {
  kind=any choices=()
  case "\${1:+$1 }$2" in
${nodes.flatMap((node) => valueCases(node, assignment)).join('\n')}
  esac
}

# What may be argument number $2 (from 0) of the command in $1: sets kind, choices.
_${program}_argument() {
  kind=any choices=()
  case "$1 $2" in
${nodes.flatMap((node) => argumentCases(node, assignment)).join('\n')}
  esac
}

${COMPLETER.replaceAll('PROGRAM', program)}`;
}

/** Functions that find the command before the cursor and offer the words of its tables. */
const COMPLETER = `_PROGRAM_offer() {
  case "$kind" in
    words) if [[ $choices[1] == *= ]]; then compadd -S '' -- $choices; else compadd -- $choices; fi ;;
    stored) compadd -- \${(f)"$(PROGRAM completion --complete $choices \${config:+--config} $config 2>/dev/null)"} ;;
    file) _files ;;
    folder) _files -/ ;;
  esac
}

_PROGRAM() {
  local current="\${words[CURRENT]}" command='' word='' expected='' after_dashes='' kind='' config=''
  local -a subcommands names options valued choices
  local -i i place=0
  _PROGRAM_command ''
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    if [[ -n $expected ]]; then
      if [[ $expected == --config ]]; then config="\${(Q)word}"; fi
      expected=''
    elif [[ -z $after_dashes && $word == -- ]]; then
      after_dashes=1
    elif [[ -z $after_dashes && $word == -* ]]; then
      if [[ $word == --config=* ]]; then config="\${(Q)word#*=}"; fi
      if (( \${valued[(Ie)$word]} )); then expected="$word"; fi
    elif (( place == 0 && \${names[(Ie)$word]} )); then
      command="\${command:+$command }$word"
      _PROGRAM_command "$command"
    else
      place=$((place + 1))
    fi
  done
  if [[ -z $expected && -z $after_dashes && $current == --*=* ]]; then
    expected="\${current%%=*}"
    compset -P '*='
  fi
  if [[ -n $expected ]]; then
    _PROGRAM_value "$command" "$expected"
    _PROGRAM_offer
  elif [[ -z $after_dashes && $current == -* ]]; then
    _describe -o option options
  else
    if (( place == 0 && \${#subcommands} )); then _describe command subcommands; fi
    _PROGRAM_argument "$command" "$place"
    _PROGRAM_offer
  fi
}

# A file in $fpath is called at the first use; a sourced one only registers.
if [[ $funcstack[1] == _PROGRAM ]]; then
  _PROGRAM "$@"
else
  compdef _PROGRAM PROGRAM
fi
`;

function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${description}`);
}

function commandCase(node: CompletionNode): string {
  const subcommands = node.subcommands.map(({ name, description }) => described(name, description));
  const options = node.options.flatMap(({ names, description }) => names.map((name) => described(name, description)));
  return `    ${quoted(node.words.join(' '))})
      subcommands=(${subcommands.join(' ')})
      options=(${options.join(' ')})
      valued=(${valuedNames(node).join(' ')}) ;;`;
}

function assignment(value: CompletionValue): string {
  const choices = value.kind === 'words' ? value.words : value.kind === 'stored' ? [value.names] : null;
  return choices === null ? `kind=${value.kind}` : `kind=${value.kind} choices=(${choices.map(quoted).join(' ')})`;
}
