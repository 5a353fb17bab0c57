import { formatMoney } from '@sluice/quota-core';

/** What a client had, and what the fewest packages cost that would have been of use. Decimal text, in the currency of the package. */
export interface RefusedCredit {
  left: string;
  packages: number;
  cost: string;
  currency: string | null;
}

/** At the end, after what is from outside. */
const SAID =
  / has (?<left>-?[\d.]+)(?<of> [A-Z]{3})? of credit, and the (?:package costs|(?<packages>\d+) packages that are needed cost) (?<cost>[\d.]+)\k<of>$/;

/** Returns why a client's credit was not enough, as the message of a notice says it. */
export function describeCredit(client: string, { left, packages, cost, currency }: RefusedCredit): string {
  return `client ${client} has ${formatMoney(left, currency)} of credit, and ${describeCost({ packages, cost, currency })}`;
}

/** Says what the fewest packages cost that are of use. */
export function describeCost({ packages, cost, currency }: Omit<RefusedCredit, 'left'>): string {
  const price = formatMoney(cost, currency);
  return packages === 1 ? `the package costs ${price}` : `the ${packages} packages that are needed cost ${price}`;
}

/** Reads what {@link describeCredit} said in the message of a notice; null where it says nothing of credit. */
export function readCredit(message: string): RefusedCredit | null {
  const { left, of, packages, cost } = SAID.exec(message)?.groups ?? {};
  if (left === undefined || cost === undefined) return null;
  return { left, packages: Number(packages ?? 1), cost, currency: of?.trim() ?? null };
}
