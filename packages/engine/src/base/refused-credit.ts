import { staffText } from '@sluice/messages/staff';
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
  const credit = formatMoney(left, currency);
  const said = describeCost({ packages, cost, currency });
  return staffText('staff.notBought.noCredit', { client, credit, cost: said });
}

/** Says what the fewest packages cost that are of use. */
export function describeCost({ packages: count, cost, currency }: Omit<RefusedCredit, 'left'>): string {
  return staffText('staff.notBought.cost', { count, price: formatMoney(cost, currency) });
}
