/** Why nothing was planned. */
export type LineRefusalCode =
  | 'conflict'
  | 'ambiguous'
  | 'unsupported'
  | 'not_found'
  | 'no_number'
  | 'invalid'
  | 'inactive'
  | 'foreign'
  | 'unproven'
  | 'of_reseller'
  | 'other_addon';

/** A change that is not planned: nothing was written. The message says what was found and what decides. */
export class LineRefusal extends Error {
  override readonly name = 'LineRefusal';
  readonly code: LineRefusalCode;
  /** Ids of the records that were found. */
  readonly ids: readonly string[];

  constructor(code: LineRefusalCode, message: string, ids: readonly string[] = []) {
    super(message);
    this.code = code;
    this.ids = ids;
  }
}

/**
 * Returns the only one of the records, which may be listed twice; undefined where there is none.
 *
 * @throws LineRefusal `ambiguous` for several, in the words for their ids
 */
export function onlyOne<Row extends { id: string }>(
  rows: readonly Row[],
  describe: (ids: string[]) => string,
): Row | undefined {
  const found = [...new Map(rows.map((row) => [row.id, row])).values()];
  const ids = found.map(({ id }) => id);
  if (ids.length > 1) throw new LineRefusal('ambiguous', describe(ids), ids);
  return found[0];
}
