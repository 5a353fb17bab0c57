/** What may stand as the value of an option or argument. */
export type CompletionValue =
  { kind: 'words'; words: readonly string[] } | { kind: 'file' } | { kind: 'folder' } | { kind: 'any' };

export interface CompletionOption {
  /** As typed, the short form first: `-q`, `--quiet`. */
  names: string[];
  description: string;
  /** Null: a flag. */
  value: CompletionValue | null;
}

export interface CompletionArgument {
  value: CompletionValue;
  /** Takes all words that are left. */
  variadic: boolean;
}

/** One command of the program, as a shell has to know it. */
export interface CompletionNode {
  /** Its words behind `sluice`; empty for the program itself. */
  words: string[];
  subcommands: { name: string; description: string }[];
  options: CompletionOption[];
  arguments: CompletionArgument[];
}

/** Shells that completion is written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** Text in single quotes of bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Names of the options that take a value. */
export function valuedNames(node: CompletionNode): string[] {
  return node.options.filter((option) => option.value !== null).flatMap((option) => option.names);
}

/** The pattern of a `case` for an option of a command: `'schedule show --format'`. */
export function optionPatterns(node: CompletionNode, option: CompletionOption): string {
  return option.names.map((name) => quoted([...node.words, name].join(' '))).join('|');
}
