/** What spreadsheets run as a formula: by its first character, full-width ones too. */
const FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
const NEGATIVE_NUMBER = /^-\d+(\.\d+)?$/;

/** Puts an apostrophe before text that a spreadsheet would run as a formula; a negative number is not one. */
export function spreadsheetText(text: string): string {
  return FORMULA.test(text) && !NEGATIVE_NUMBER.test(text) ? `'${text}` : text;
}

/** Returns rows as CSV with a header; `cell` changes each text. */
export async function toCsv(
  rows: readonly Readonly<Record<string, string | number | null>>[],
  columns: readonly string[],
  cell: (text: string) => string = (text) => text,
): Promise<string> {
  const { stringify } = await import('csv-stringify/sync');
  return stringify([...rows], { header: true, columns: [...columns], cast: { string: cell } });
}
