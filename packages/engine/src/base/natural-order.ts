// Made on demand, which is slow: many a command compares nothing.
let collator: Intl.Collator | null = null;

/** Compares ids in natural order: `svc-2` before `svc-10`. */
export function compareIds(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true });
  return collator.compare(a, b);
}

const NAMED = 3;

/** Returns `svc-1, svc-2, svc-3 and 37 others`, in natural order. */
export function nameFew(names: readonly string[]): string {
  const others = names.length - NAMED;
  const rest = others > 0 ? ` and ${others} ${others === 1 ? 'other' : 'others'}` : '';
  return `${[...names].sort(compareIds).slice(0, NAMED).join(', ')}${rest}`;
}
