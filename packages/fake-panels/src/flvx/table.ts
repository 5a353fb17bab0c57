/** A table with unique ids, in the order of ids, with an optional index of groups. */
export class Table<Row extends { readonly id: number }> {
  readonly #rows = new Map<number, Row>();
  readonly #groups = new Map<number, Set<Row>>();
  readonly #toGroup: ((row: Row) => number) | undefined;
  #lastId = 0;
  #newest: Row | undefined;

  /** `toGroup` must not change during the life of a row. */
  constructor(toGroup?: (row: Row) => number) {
    this.#toGroup = toGroup;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** The row with the highest id. */
  get newest(): Row | undefined {
    return this.#newest;
  }

  insert(row: Omit<Row, 'id'>): Row {
    this.#lastId += 1;
    const made = { id: this.#lastId, ...row } as Row;
    this.#rows.set(made.id, made);
    this.#newest = made;
    if (this.#toGroup !== undefined) {
      const group = this.#toGroup(made);
      const members = this.#groups.get(group);
      if (members === undefined) this.#groups.set(group, new Set([made]));
      else members.add(made);
    }
    return made;
  }

  get(id: number): Row | undefined {
    return this.#rows.get(id);
  }

  delete(id: number): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#rows.delete(id);
    if (row === this.#newest) this.#newest = this.all().at(-1);
    if (this.#toGroup !== undefined) this.#groups.get(this.#toGroup(row))?.delete(row);
  }

  deleteWhere(test: (row: Row) => boolean): void {
    for (const row of this.all()) if (test(row)) this.delete(row.id);
  }

  values(): IterableIterator<Row> {
    return this.#rows.values();
  }

  all(): Row[] {
    return [...this.#rows.values()];
  }

  /** The rows of one group, by id. */
  of(group: number): Row[] {
    return [...(this.#groups.get(group) ?? [])];
  }

  find(test: (row: Row) => boolean): Row | undefined {
    for (const row of this.#rows.values()) if (test(row)) return row;
    return undefined;
  }
}
