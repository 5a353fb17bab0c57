/** Parses an option as a whole number. Throws `TypeError` for anything else. */
export function wholeNumber(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (!/^\d{1,15}$/.test(value)) throw new TypeError(`--${name} ${value} is no whole number.`);
  return Number(value);
}
