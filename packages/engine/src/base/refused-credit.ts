import { formatMoney } from '@sluice/quota-core';

/** What a client had, and what the fewest packages cost that would have been of use. Decimal text, in the currency of the package. */
export interface RefusedCredit {
  left: string;
  packages: number;
  cost: string;
  currency: string | null;
}

/** Returns why a client's credit was not enough, as the message of a notice says it. */
export function describeCredit(client: string, { left, packages, cost, currency }: RefusedCredit): string {
  return `client ${client} has ${formatMoney(left, currency)} of credit, and ${describeCost({ packages, cost, currency })}`;
}

/** Says what the fewest packages cost that are of use. */
export function describeCost({ packages, cost, currency }: Omit<RefusedCredit, 'left'>): string {
  const price = formatMoney(cost, currency);
  return packages === 1 ? `the package costs ${price}` : `the ${packages} packages that are needed cost ${price}`;
}
