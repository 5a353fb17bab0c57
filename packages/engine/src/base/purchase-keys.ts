/** Returns the key of the purchase with this reference. */
export function refKey(ref: string): string {
  return `ref:${ref}`;
}

/** Returns what references of purchases with a link begin with, also of automatic ones. */
export function refsOfLink(link: string): string {
  return `${link}:`;
}
