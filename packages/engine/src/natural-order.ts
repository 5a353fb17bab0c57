const collator = new Intl.Collator('en', { numeric: true });

/** Compares ids in natural order: `svc-2` before `svc-10`. */
export function compareIds(a: string, b: string): number {
  return collator.compare(a, b);
}
