/** Returns the digits of a CPF or CNPJ with valid check digits; null for any other text. */
export function toTaxNumber(text: string): string | null {
  const digits = text.replaceAll(/[.\-/\s]/g, '');
  if (!/^(?:\d{11}|\d{14})$/.test(digits) || /^(\d)\1*$/.test(digits)) return null;
  const isValid = [2, 1].every((left) => toCheckDigit(digits.slice(0, -left)) === digits.at(-left));
  return isValid ? digits : null;
}

/** Weights begin with 2 at the right end; those of a CNPJ repeat after 9. */
function toCheckDigit(digits: string): string {
  const weights = digits.length < 11 ? 10 : 8;
  const sum = Array.from(digits, Number)
    .reverse()
    .reduce((total, digit, index) => total + digit * (2 + (index % weights)), 0);
  const rest = sum % 11;
  return String(rest < 2 ? 0 : 11 - rest);
}
