/** The values that an option or argument accepts. */
export type CompletionValue =
  | { kind: 'words'; words: readonly string[] }
  /** Names that the program itself prints, one per line, for `completion --complete NAMES`. */
  | { kind: 'stored'; names: string }
  | { kind: 'file' }
  | { kind: 'folder' }
  | { kind: 'any' };

/** An option, as completion scripts describe it. */
export interface CompletionOption {
  /** As typed, the short form first: `-q`, `--quiet`. */
  names: string[];
  description: string;
  /** Null for a flag. */
  value: CompletionValue | null;
}

/** An argument, as completion scripts describe it. */
export interface CompletionArgument {
  value: CompletionValue;
  /** Whether it accepts all remaining words. */
  variadic: boolean;
}

/** One command, as completion scripts describe it. */
export interface CompletionNode {
  /** Its words after the program's name; empty for the program itself. */
  words: string[];
  subcommands: { name: string; description: string }[];
  options: CompletionOption[];
  arguments: CompletionArgument[];
}

/** Quotes text for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Returns the names of the options that need a value. */
export function valuedNames(node: CompletionNode): string[] {
  return node.options.filter((option) => option.value !== null).flatMap((option) => option.names);
}

/** Returns the `case` pattern for an option of a command: `'schedule show --format'`. */
function optionPatterns(node: CompletionNode, option: CompletionOption): string {
  return option.names.map((name) => quoted([...node.words, name].join(' '))).join('|');
}

/** Writes a value as the assignment of a shell script, such as `kind=file`. */
export type Assignment = (value: CompletionValue) => string;

/** Returns the `case` branches of bash and zsh for the values of a command's options. */
export function valueCases(node: CompletionNode, assignment: Assignment): string[] {
  return node.options.flatMap((option) =>
    option.value === null || option.value.kind === 'any'
      ? []
      : [`    ${optionPatterns(node, option)}) ${assignment(option.value)} ;;`],
  );
}

/** Returns the `case` branches of bash and zsh for the arguments of a command. */
export function argumentCases(node: CompletionNode, assignment: Assignment): string[] {
  return node.arguments.flatMap(({ value, variadic }, place) => {
    if (value.kind === 'any') return [];
    const command = node.words.join(' ');
    const pattern = variadic ? `${quoted(`${command} `)}*` : quoted(`${command} ${place}`);
    return [`    ${pattern}) ${assignment(value)} ;;`];
  });
}
