/** What spreadsheets run as a formula: by its first character, full-width ones too. */
const FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
const NEGATIVE_NUMBER = /^-\d+(\.\d+)?$/;

/** Returns the text with an apostrophe before what a spreadsheet would run; a negative number is no formula. */
export function spreadsheetText(text: string): string {
  return FORMULA.test(text) && !NEGATIVE_NUMBER.test(text) ? `'${text}` : text;
}
