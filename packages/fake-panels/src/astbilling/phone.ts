/** Digits as the Portuguese wire and MagnusBilling write them; other text stays. */
export const toDigits = (phone: string | null): string | null =>
  phone === null ? null : phone.replace(/^\+(?=\d+$)/, '');

/** The form of the default wire: `+` before what has a country code. */
export function fromDigits(text: string): string {
  return /^[1-9]\d{9,14}$/.test(text) ? `+${text}` : text;
}
