import { valuedNames, type CompletionNode, type CompletionOption, type CompletionValue } from './shape.js';

/** Returns the completion script for fish 3 and newer. */
export function fishCompletion(program: string, nodes: readonly CompletionNode[]): string {
  return `# Completion of ${program} for fish. Load it with: ${program} completion fish | source

# The options of the command in $argv[1] that need a value.
function __${program}_valued
    switch "$argv[1]"
${nodes.map((node) => `        case ${quoted(node.words.join(' '))}\n            string join \\n -- ${valuedNames(node).join(' ')}`).join('\n')}
    end
end

# The subcommands of the command in $argv[1].
function __${program}_subcommands
    switch "$argv[1]"
${nodes
  .filter((node) => node.subcommands.length > 0)
  .map(
    (node) =>
      `        case ${quoted(node.words.join(' '))}\n            string join \\n -- ${node.subcommands.map(({ name }) => name).join(' ')}`,
  )
  .join('\n')}
    end
end

${HELPERS.replaceAll('PROGRAM', program)}
complete -c ${program} -e
complete -c ${program} -f
${nodes.flatMap((node) => toLines(program, node)).join('\n')}
`;
}

/** Functions that find the command before the cursor. */
const HELPERS = `# The command that the words before the cursor lead to, then the number of its arguments there.
function __PROGRAM_place
    set -l tokens (commandline -opc)
    set -l command
    set -l expected 0
    set -l place 0
    for token in $tokens[2..-1]
        if test $expected -eq 1
            set expected 0
        else if string match -q -- '-*' $token
            if contains -- $token (__PROGRAM_valued "$command")
                set expected 1
            end
        else if test $place -eq 0; and contains -- $token (__PROGRAM_subcommands "$command")
            set command (string trim -- "$command $token")
        else
            set place (math $place + 1)
        end
    end
    echo "$command"
    echo $place
end

# The names that the config and the store of the line before the cursor have.
function __PROGRAM_stored
    set -l config
    set -l before
    for token in (commandline -opc)
        if test "$before" = --config
            set config --config $token
        else if string match -q -- '--config=*' $token
            set config $token
        end
        set before $token
    end
    PROGRAM completion --complete $argv[1] $config 2>/dev/null
end

# Is the cursor behind the command in $argv[1] (and at argument number $argv[2])?
function __PROGRAM_at
    set -l here (__PROGRAM_place)
    test "$here[1]" = "$argv[1]"; and begin
        test (count $argv) -eq 1; or contains -- $here[2] $argv[2..-1]
    end
end
`;

/** Number of words of a variadic argument that are completed. */
const VARIADIC_PLACES = 20;

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function toLines(program: string, node: CompletionNode): string[] {
  const command = quoted(node.words.join(' '));
  const at = (...places: number[]): string => quoted([`__${program}_at`, command, ...places].join(' '));
  return [
    ...node.subcommands.map(
      ({ name, description }) => `complete -c ${program} -n ${at(0)} -a ${name} -d ${quoted(description)}`,
    ),
    ...node.options.map((option) => `complete -c ${program} -n ${at()} ${formatOption(program, option)}`),
    ...node.arguments.flatMap((argument, place) => {
      if (argument.value.kind === 'any') return [];
      const places = argument.variadic ? Array.from({ length: VARIADIC_PLACES }, (_, more) => place + more) : [place];
      return [`complete -c ${program} -n ${at(...places)} ${formatValue(program, argument.value)}`];
    }),
  ];
}

function formatOption(program: string, { names, description, value }: CompletionOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const needed = value === null ? [] : ['-r', formatValue(program, value)];
  return [...flags, ...needed, '-d', quoted(description)].join(' ');
}

function formatValue(program: string, value: CompletionValue): string {
  switch (value.kind) {
    case 'words':
      return `-a ${quoted(value.words.join(' '))}`;
    case 'stored':
      return `-f -a '(__${program}_stored ${value.names})'`;
    case 'file':
      return '-F';
    case 'folder':
      return `-a '(__fish_complete_directories)'`;
    default:
      return '-f';
  }
}
