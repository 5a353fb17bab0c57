/** Whole parts of 10⁻¹²: every amount that the client accepts fits. */
const PLACES = 12;

/** Decimals of WHMCS's own amounts, whatever the currency, and most digits before them (docs/whmcs-api.md#values). */
export const AMOUNTS = { decimals: 2, digits: 14 };

/** Whether WHMCS can book an amount exactly. */
export function isBookable(amount: string): boolean {
  const units = toUnits(amount);
  const end = 10n ** BigInt(PLACES + AMOUNTS.digits);
  return units < end && units > -end && units % 10n ** BigInt(PLACES - AMOUNTS.decimals) === 0n;
}

function toUnits(amount: string): bigint {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  const units = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'));
  return sign === '-' ? -units : units;
}

function fromUnits(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(PLACES + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
}

export function isLess(a: string, b: string): boolean {
  return toUnits(a) < toUnits(b);
}

export function isEqual(a: string, b: string): boolean {
  return toUnits(a) === toUnits(b);
}

export function sum(...amounts: string[]): string {
  return fromUnits(amounts.reduce((total, amount) => total + toUnits(amount), 0n));
}

/** Writes an amount with the decimals of its currency; further decimals stay where they are not zero. */
export function inCurrency(amount: string, currency: string): string {
  const decimals = decimalsOf(currency);
  const [whole = '0', fraction = ''] = fromUnits(toUnits(amount)).split('.');
  const kept = fraction.slice(0, decimals) + fraction.slice(decimals).replace(/0+$/, '');
  return kept === '' ? whole : `${whole}.${kept}`;
}

function decimalsOf(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) return 2;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
