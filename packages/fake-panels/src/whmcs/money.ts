/** Amounts are whole hundredths inside the fake, as its database's two decimals are. Throws `RangeError` for other text. */
export function toCents(text: string): bigint {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  if (whole === '') throw new RangeError(`${JSON.stringify(text)} is not an amount with at most two decimals.`);
  const cents = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0') || '0');
  return sign === '-' ? -cents : cents;
}

export function fromCents(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Tax in hundredths, rounded half up; `rate` in per cent with up to three decimals. */
export function toTax(cents: bigint, rate: string): bigint {
  const thousandths = BigInt(Math.round(Number(rate) * 1000));
  return (cents * thousandths + 50_000n) / 100_000n;
}
