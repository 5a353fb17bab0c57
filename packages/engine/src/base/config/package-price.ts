import { formatMoney } from '@sluice/quota-core';

/** Returns a price as people read it before it is charged: `10.00 EUR plus tax`. */
export function describePrice({
  price,
  currency,
  taxed,
}: {
  price: string;
  currency: string;
  /** Whether the billing system adds tax. */
  taxed: boolean;
}): string {
  return `${formatMoney(price, currency)}${taxed ? ' plus tax' : ''}`;
}
