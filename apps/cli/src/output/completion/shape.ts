/** The values that an option or argument accepts. */
export type CompletionValue =
  | { kind: 'words'; words: readonly string[] }
  /** Names that the config and the store have: `sluice completion --complete services` prints them. */
  | { kind: 'stored'; names: StoredNames }
  | { kind: 'file' }
  | { kind: 'folder' }
  | { kind: 'any' };

/** What `sluice completion --complete` lists. */
export const STORED_NAMES = ['services', 'panels', 'products', 'agents', 'speed-limits', 'tunnel-groups'] as const;

export type StoredNames = (typeof STORED_NAMES)[number];

export interface CompletionOption {
  /** As typed, the short form first: `-q`, `--quiet`. */
  names: string[];
  description: string;
  /** Null for a flag. */
  value: CompletionValue | null;
}

export interface CompletionArgument {
  value: CompletionValue;
  /** Whether it accepts all remaining words. */
  variadic: boolean;
}

/** One command, as completion scripts describe it. */
export interface CompletionNode {
  /** Its words after `sluice`; empty for the program itself. */
  words: string[];
  subcommands: { name: string; description: string }[];
  options: CompletionOption[];
  arguments: CompletionArgument[];
}

/** Shells with a completion script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

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
