/** Why nothing was planned. */
export type LineRefusalCode =
  'conflict' | 'ambiguous' | 'unsupported' | 'not_found' | 'invalid' | 'foreign' | 'other_addon';

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
