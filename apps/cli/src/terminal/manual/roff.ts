/** Escapes text for roff: it is printed as it is, wherever it stands in a line. */
export function escapeRoff(text: string): string {
  return (
    text
      .replaceAll('\\', '\\e')
      // A plain "-" would become a hyphen that can't be searched for or copied, quotes and "^" and "~" typographic signs.
      .replaceAll('-', '\\-')
      .replaceAll("'", '\\(aq')
      .replaceAll('`', '\\(ga')
      .replaceAll('^', '\\(ha')
      .replaceAll('~', '\\(ti')
      .replace(/[^\x20-\x7e\n]/gu, toUnicode)
      .replace(/^\./gm, '\\&.')
  );
}

function toUnicode(char: string): string {
  return `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** Returns a macro with its arguments in quotes. */
export function macro(name: string, ...words: string[]): string {
  return [`.${name}`, ...words.map((word) => `"${escapeRoff(word).replaceAll('"', '\\(dq')}"`)].join(' ');
}

/** Returns an entry of a definition list: a term in bold, its text indented below. */
export function definition(term: string, text: string): string[] {
  return ['.TP', macro('B', term), ...(text === '' ? ['\\&'] : [escapeRoff(text)])];
}

/** Returns lines that are neither filled nor joined. */
export function verbatim(lines: readonly string[]): string[] {
  return ['.RS 4', '.nf', ...lines.map(escapeRoff), '.fi', '.RE'];
}
