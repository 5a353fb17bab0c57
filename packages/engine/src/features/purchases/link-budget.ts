import { SluiceError } from '@sluice/panel-kind';
import { addMoney, compareMoney, multiplyMoney } from '@sluice/quota-core';
import type { AutoBuyRecord, PurchaseRecord, StoreTables } from '@sluice/state-store';
import type { Config } from '../../base/config/schema.js';
import { refKey, refsOfLink } from '../../base/purchase-keys.js';
import { findLink } from './link-preferences.js';
import { fitsBudget, type PurchaseBudget } from './budget-left.js';
import { findPackage } from './packages.js';

/** The share link that sets a preference, with the most that may be spent with it in total (null: any). */
export interface LinkBudget {
  link: string;
  amount: string | null;
}

/** Returns what keys of automatic purchases begin with; those of a preference that a link set count in what was spent with it. */
export function autoKeyPrefix(link: string | null): string {
  return `${link === null ? '' : refKey(refsOfLink(link))}auto:`;
}

/** Whether automatic purchases have such references, also those of a link: one of a person would take the key of the next one. */
export function isAutoRef(ref: string): boolean {
  return /^(?:[^:]*:)?auto:/.test(ref);
}

/** Returns what may be spent with a link in total; null without a maximum. */
export async function findBudget(
  { apiTokens }: Pick<StoreTables, 'apiTokens'>,
  link: string,
): Promise<PurchaseBudget | null> {
  const amount = (await apiTokens.get(link))?.rights?.maxAmount ?? null;
  return amount === null ? null : { refs: refsOfLink(link), amount };
}

/** Returns whether a drafted purchase is still for the preference of its service, and within what is left of the link that set it. */
export async function isStillWithinLink(
  tables: Pick<StoreTables, 'autoBuy' | 'apiTokens' | 'purchases'>,
  row: PurchaseRecord,
  at: string,
): Promise<boolean> {
  const link = await findLink(tables, row.service, at);
  if (!row.key.startsWith(autoKeyPrefix(link))) return false;
  const budget = link === null ? null : await findBudget(tables, link);
  return budget === null || fitsBudget(tables, row, budget);
}

/**
 * Refuses a preference with which the link's automatic purchases of one period, for all services, could cost more than its maximum; runs buy no more than is left of it.
 *
 * @throws SluiceError `over_budget`
 */
export async function refuseOverLink(
  tables: Pick<StoreTables, 'autoBuy'>,
  config: Config,
  wanted: AutoBuyRecord,
  { link, amount }: LinkBudget,
): Promise<void> {
  if (amount === null || wanted.enabled !== true) return;
  const others = (await tables.autoBuy.list()).filter((row) => row.link === link && row.subject !== wanted.subject);
  const costs = [...others, wanted].filter(({ enabled }) => enabled === true).map((row) => toCost(config, row));
  const sum = costs.reduce((total, cost) => addMoney(total, cost), '0');
  if (compareMoney(sum, amount) <= 0) return;
  throw new SluiceError(
    'over_budget',
    `The automatic purchases of this link, for all services, can cost ${sum} in a period, which is more than its ${amount}; nothing was changed`,
    { kind: 'conflict' },
  );
}

function toCost(config: Config, { package: name, maxPerCycle }: AutoBuyRecord): string {
  const found = name === null ? undefined : findPackage(config, name);
  return found === undefined ? '0' : multiplyMoney(found.price, maxPerCycle ?? 0);
}
