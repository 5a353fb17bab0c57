/** Where records of one kind are listed. */
export interface Listing {
  /** Whether the system can list them. */
  canList: boolean;
  /** Returns all of them. */
  list: () => Promise<readonly { id: string }[]>;
}

/**
 * Returns whether a record is gone that the panel did not show by its id. That alone shows nothing: a proxy, a key with fewer rights
 * or a changed filter hides it as well. It is gone only if the whole list of its kind lacks it and shows another record.
 */
export async function isGone({ canList, list }: Listing, id: string): Promise<boolean> {
  if (!canList) return false;
  const listed = await list();
  return listed.length > 0 && listed.every((record) => record.id !== id);
}

/**
 * The same of the line of a service that ends, where the list must show one of the `others`: those of living services. Where there are
 * none, or lines can't be listed, nothing can show more than the answer of the panel.
 */
export async function isLineGone({ canList, list }: Listing, id: string, others: readonly string[]): Promise<boolean> {
  if (!canList) return true;
  const listed = new Set((await list()).map((record) => record.id));
  if (listed.has(id)) return false;
  const known = others.filter((other) => other !== id);
  return known.length === 0 || known.some((other) => listed.has(other));
}
