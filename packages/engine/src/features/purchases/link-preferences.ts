import type { AutoBuyRule } from '@sluice/contract/documents';
import { compareMoney } from '@sluice/quota-core';
import type { AutoBuyRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { isValid } from '../access/grants.js';
import type { Config } from '../../base/config/schema.js';
import { findRule } from '../preferences/preferences.js';
import { findPackage } from './packages.js';

/** What a preference states; null for what it leaves to the next level. */
export type Stated = Pick<AutoBuyRecord, 'enabled' | 'package' | 'thresholdBytes' | 'thresholdPercent' | 'maxPerCycle'>;

export const UNSTATED: Stated = {
  enabled: null,
  package: null,
  thresholdBytes: null,
  thresholdPercent: null,
  maxPerCycle: null,
};

/** Lists the preferences in force: what a share link has set ends with the link. */
export async function readPreferences(
  tables: Pick<StoreTables, 'autoBuy' | 'apiTokens'>,
  at: string,
): Promise<AutoBuyRecord[]> {
  return (await sortPreferences(tables, at)).valid;
}

/** Preferences in force, and those of share links that have ended. */
export interface SortedPreferences {
  valid: AutoBuyRecord[];
  ended: AutoBuyRecord[];
}

/** Lists the preferences in force apart from those that share links have set which ended since. */
export async function sortPreferences(
  tables: Pick<StoreTables, 'autoBuy' | 'apiTokens'>,
  at: string,
): Promise<SortedPreferences> {
  const all = (await tables.autoBuy.list()).flatMap(splitEarlier);
  if (all.every(({ link }) => link === null)) return { valid: all, ended: [] };
  const tokens = new Set((await tables.apiTokens.list()).filter((token) => isValid(token, at)).map(({ id }) => id));
  const isInForce = ({ link }: AutoBuyRecord): boolean => link === null || tokens.has(link);
  return { valid: all.filter(isInForce), ended: all.filter((row) => !isInForce(row)) };
}

/** Earlier versions stored what a link had set in place of what the service had. A refusal to spend outlives the link. */
function splitEarlier(row: AutoBuyRecord): AutoBuyRecord[] {
  if (row.scope !== 'service' || row.link === null) return [row];
  const ofLink: AutoBuyRecord = { ...row, scope: 'link' };
  return row.enabled === false ? [{ ...row, ...UNSTATED, enabled: false, link: null }, ofLink] : [ofLink];
}

/** Returns the share link whose preference for a service is in force; null where there is none. */
export async function findLink(
  tables: Pick<StoreTables, 'autoBuy' | 'apiTokens'>,
  service: string,
  at: string,
): Promise<string | null> {
  const own = await tables.autoBuy.list({ scope: 'link', subject: service });
  const rows = [...own, ...(await tables.autoBuy.list({ scope: 'service', subject: service }))].flatMap(splitEarlier);
  for (const { scope, link } of rows) {
    if (scope !== 'link' || link === null) continue;
    const token = await tables.apiTokens.get(link);
    if (token !== null && isValid(token, at)) return link;
  }
  return null;
}

/** Returns the preference that a service, a client, or a link for a service has. */
export function findRow(
  stored: readonly AutoBuyRecord[],
  scope: AutoBuyRecord['scope'],
  subject: string,
): AutoBuyRecord | undefined {
  return stored.find((row) => row.scope === scope && row.subject === subject);
}

/** Stores what somebody without a link sets for a service or client: for a service it wins over what a link has set before. */
export async function putOwn(
  tables: StoreTables,
  stored: readonly AutoBuyRecord[],
  wanted: AutoBuyRecord,
  change: Partial<Stated>,
): Promise<void> {
  const { scope, subject, updatedAt } = wanted;
  await tables.autoBuy.put(wanted);
  if (scope !== 'service') return;
  const ofLink = findRow(stored, 'link', subject);
  // What a link has set that ended meanwhile is left to the next run, which reports that it is over.
  if (ofLink === undefined && change.enabled === undefined) return;
  await tables.autoBuy.remove('link', subject);
  if (ofLink === undefined || change.enabled !== undefined) return;
  const left = Object.fromEntries(Object.keys(change).map((key) => [key, null]));
  await tables.autoBuy.put({ ...ofLink, ...left, updatedAt });
}

/**
 * Stores what a share link sets for a service. What it adds ends with the link; where it spends less than what is set without a link,
 * that stays.
 */
export async function putOfLink(
  tables: StoreTables,
  stored: readonly AutoBuyRecord[],
  wanted: AutoBuyRecord,
  { config, service, change }: { config: Config; service: ServiceRecord; change: Partial<Stated> },
): Promise<void> {
  const { id, client, product } = service;
  const own = findRow(stored, 'service', id);
  const withoutLinks = stored.filter((row) => row.scope !== 'link' || row.subject !== id);
  const kept = findRestrictions(config, findRule(config, withoutLinks, { service: id, client, product }), change);
  const isKept = Object.keys(kept).length > 0;
  if (!isKept && own === undefined) await tables.autoBuy.remove('service', id);
  else await tables.autoBuy.put({ ...wanted, ...UNSTATED, ...own, ...kept, scope: 'service', link: null });
  await tables.autoBuy.put(wanted);
}

/** Returns what of a change spends less than the rule does. */
function findRestrictions(config: Config, rule: AutoBuyRule, change: Partial<Stated>): Partial<Stated> {
  if (change.enabled === false) return { enabled: false };
  if (!rule.enabled) return {};
  const { maxPerCycle, package: name } = change;
  const { thresholdBytes = null, thresholdPercent = null } = change;
  const isPercent = rule.threshold.endsWith('%');
  const isLater = isPercent
    ? thresholdPercent !== null && Number(thresholdPercent) < Number(rule.threshold.slice(0, -1))
    : thresholdBytes !== null && thresholdBytes < Number(rule.threshold);
  return {
    ...(maxPerCycle != null && maxPerCycle < rule.maxPerCycle && { maxPerCycle }),
    ...(isLater && { thresholdBytes, thresholdPercent }),
    ...(name != null && isCheaper(config, name, rule.package) && { package: name }),
  };
}

function isCheaper(config: Config, name: string, than: string | null): boolean {
  const [wanted, other] = [findPackage(config, name), than === null ? undefined : findPackage(config, than)];
  if (wanted === undefined || wanted.currency !== other?.currency) return false;
  return compareMoney(wanted.price, other.price) < 0;
}
