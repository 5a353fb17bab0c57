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
 *
 * @param known ids of others that should exist; where there are any, the list must show one of these
 */
export async function isGone({ canList, list }: Listing, id: string, known: readonly string[] = []): Promise<boolean> {
  if (!canList) return false;
  const listed = new Set((await list()).map((record) => record.id));
  if (listed.has(id)) return false;
  const others = known.filter((other) => other !== id);
  return others.length > 0 ? others.some((other) => listed.has(other)) : listed.size > 0;
}
