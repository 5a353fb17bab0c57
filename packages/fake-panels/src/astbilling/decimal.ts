/** A decimal text as a whole number of its last digits, exact. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Reads decimal text with a point. Throws `RangeError` for anything else. */
export function toDecimal(text: string): Decimal {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === '') throw new RangeError(`${JSON.stringify(text)} is not decimal text.`);
  const units = BigInt(whole + fraction);
  return { units: sign === '-' ? -units : units, scale: fraction.length };
}

/** The number of units at another scale, rounded half away from zero. */
export function unitsAt({ units, scale }: Decimal, wanted: number): bigint {
  if (wanted >= scale) return units * 10n ** BigInt(wanted - scale);
  const divisor = 10n ** BigInt(scale - wanted);
  const half = units < 0n ? -divisor / 2n : divisor / 2n;
  return (units + half) / divisor;
}

export function fromUnits(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const sign = units < 0n ? '-' : '';
  return sign + (scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`);
}

/** Decimal text at `scale` digits. */
export function atScale(text: string, scale: number): string {
  return fromUnits(unitsAt(toDecimal(text), scale), scale);
}
