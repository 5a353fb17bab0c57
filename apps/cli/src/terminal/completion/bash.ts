import { argumentCases, quoted, valueCases, valuedNames, type CompletionNode, type CompletionValue } from './shape.js';

/** Returns the completion script for bash 3.2 and newer. */
export function bashCompletion(program: string, nodes: readonly CompletionNode[]): string {
  return `# Completion of ${program} for bash. Load it with: source <(${program} completion bash)

# What may follow the command in $1: sets subcommands, options and valued (the options that take a value).
_${program}_command() {
  case "$1" in
${nodes.map(commandCase).join('\n')}
  esac
}

# What may be the value of option $2 of the command in $1: sets kind, words.
_${program}_value() {
  kind=any words=''
  case "\${1:+$1 }$2" in
${nodes.flatMap((node) => valueCases(node, assignment)).join('\n')}
  esac
}

# What may be argument number $2 (from 0) of the command in $1: sets kind, words.
_${program}_argument() {
  kind=any words=''
  case "$1 $2" in
${nodes.flatMap((node) => argumentCases(node, assignment)).join('\n')}
  esac
}

${COMPLETER.replaceAll('PROGRAM', program)}`;
}

/** Functions that find the command before the cursor and offer the words of its tables. */
const COMPLETER = `# Offers the values of $kind and $words that begin with $1, with $2 before each.
_PROGRAM_offer() {
  local flag=-f line escaped colon='\\:'
  COMPREPLY=()
  case "$kind" in
    stored)
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -W "$beside" -- "$1")
      while IFS= read -r line; do
        printf -v escaped %q "$line"
        # bash replaces only what follows a typed colon, and would complete only what follows another one.
        if [[ -n $cut ]]; then
          if [[ $line == "$1"* ]]; then COMPREPLY+=("\${line#"$cut"}"); fi
          continue
        fi
        escaped="\${escaped//:/$colon}"
        if [[ $line == "$1"* || $escaped == "$1"* ]]; then COMPREPLY+=("$2$escaped"); fi
      done < <(PROGRAM completion --complete "$words" \${config:+--config "$config"} 2>/dev/null) ;;
    words)
      if [[ $words == *= ]]; then compopt -o nospace 2>/dev/null; fi
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -P "$2" -W "$words" -- "$1") ;;
    file | folder)
      if [[ $kind == folder ]]; then flag=-d; fi
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -P "$2" "$flag" -- "$1") ;;
  esac
}

_PROGRAM() {
  local -a line=()
  local current='' cut='' last='' count command='' subcommands='' options='' valued='' expected='' after_dashes=''
  local word='' kind='' words='' before='' config='' beside='' place=0 i
  _PROGRAM_command ''
  # bash cuts a word at each colon.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}" count=\${#line[@]}
    if ((i > 1)) && [[ $word == :* || ($last == : && -n $word) ]]; then
      line[count - 1]="\${line[count - 1]}$word"
      cut="\${line[count - 1]%:*}:"
    else
      line[count]="$word" cut=''
    fi
    last="$word"
  done
  count=$((\${#line[@]} - 1)) current="\${line[\${#line[@]} - 1]}"
  for ((i = 1; i < count; i++)); do
    word="\${line[i]}"
    if [[ -n $expected ]]; then
      # bash cuts "--option=value" into three words.
      if [[ $word != = ]]; then
        if [[ $expected == --config ]]; then config="$word"; fi
        expected=''
      fi
    elif [[ -z $after_dashes && $word == -- ]]; then
      after_dashes=1
    elif [[ -z $after_dashes && $word == -* ]]; then
      if [[ $word == --config=* ]]; then config="\${word#*=}"; fi
      if [[ " $valued " == *" $word "* ]]; then expected="$word"; fi
    elif [[ $place -eq 0 && " $subcommands " == *" $word "* ]]; then
      command="\${command:+$command }$word"
      _PROGRAM_command "$command"
    else
      place=$((place + 1))
    fi
  done
  if [[ -n $expected && $current == = ]]; then current=''; fi
  if [[ -z $expected && -z $after_dashes && $current == --*=* ]]; then
    expected="\${current%%=*}" before="\${current%%=*}=" current="\${current#*=}"
  fi
  if [[ -n $expected ]]; then
    _PROGRAM_value "$command" "$expected"
  elif [[ -z $after_dashes && $current == -* ]]; then
    kind=words words="$options"
  else
    _PROGRAM_argument "$command" "$place"
    if [[ $place -eq 0 && -n $subcommands ]]; then
      if [[ $kind == stored ]]; then beside="$subcommands"; else kind=words words="$subcommands $words"; fi
    fi
  fi
  _PROGRAM_offer "$current" "$before"
}

complete -F _PROGRAM PROGRAM
`;

function commandCase(node: CompletionNode): string {
  const subcommands = node.subcommands.map(({ name }) => name).join(' ');
  const options = node.options.flatMap((option) => option.names).join(' ');
  const valued = valuedNames(node).join(' ');
  return `    ${quoted(node.words.join(' '))}) subcommands=${quoted(subcommands)} options=${quoted(options)} valued=${quoted(valued)} ;;`;
}

function assignment(value: CompletionValue): string {
  const words = value.kind === 'words' ? value.words : value.kind === 'stored' ? [value.names] : null;
  return words === null ? `kind=${value.kind}` : `kind=${value.kind} words=${quoted(words.join(' '))}`;
}
