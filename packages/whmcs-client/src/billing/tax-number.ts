/** Returns a CPF or CNPJ with valid check digits, without punctuation; null for any other text. A CNPJ may have letters. */
export function toTaxNumber(text: string): string | null {
  const bare = text.replaceAll(/[.\-/\s]/g, '').toUpperCase();
  if (!/^(?:\d{11}|[\dA-Z]{12}\d\d)$/.test(bare) || /^(\d)\1*$/.test(bare)) return null;
  const isValid = [2, 1].every((left) => toCheckDigit(bare.slice(0, -left)) === bare.at(-left));
  return isValid ? bare : null;
}

/** Weights begin with 2 at the right end; those of a CNPJ repeat after 9. A letter counts as its code less that of `0`. */
function toCheckDigit(bare: string): string {
  const weights = bare.length < 11 ? 10 : 8;
  const sum = Array.from(bare, (sign) => sign.charCodeAt(0) - 48)
    .reverse()
    .reduce((total, value, index) => total + value * (2 + (index % weights)), 0);
  const rest = sum % 11;
  return String(rest < 2 ? 0 : 11 - rest);
}
