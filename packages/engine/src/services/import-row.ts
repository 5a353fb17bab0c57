/** One row of an import: its place in the file and its texts. */
export interface ImportRow {
  line: number | null;
  values: Record<string, string>;
}
