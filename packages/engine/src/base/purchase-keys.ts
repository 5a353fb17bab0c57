/** Returns the key of the purchase with this reference. */
export function refKey(ref: string): string {
  return `ref:${ref}`;
}

/** Returns what references of purchases with a link begin with, also of automatic ones. */
export function refsOfLink(link: string): string {
  return `${link}:`;
}

/** Stands for the billing system of purchases that another tool has charged: none of ours knows them. */
export const IMPORTED = 'import';

/** Returns the key of an imported purchase: the digest of its row, and how many rows of the same there were until it. */
export function importKey(digest: string, count: number): string {
  return `import:${digest}:${count}`;
}
