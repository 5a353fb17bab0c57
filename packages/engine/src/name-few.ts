const NAMED = 3;

/** Returns `svc-1, svc-2, svc-3 and 37 others`. */
export function nameFew(names: readonly string[]): string {
  const others = names.length - NAMED;
  const rest = others > 0 ? ` and ${others} ${others === 1 ? 'other' : 'others'}` : '';
  return `${names.slice(0, NAMED).join(', ')}${rest}`;
}
