/** So many of the cases, spread evenly over all of them; all where there are fewer. */
export function spread<T>(cases: readonly T[], count: number): T[] {
  if (cases.length <= count) return [...cases];
  return Array.from({ length: count }, (_, index) => cases[Math.floor(((index + 0.5) * cases.length) / count)]!);
}
