import type { AutoBuyRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { isValid } from '../../base/token-status.js';
import type { Config } from '../../base/config/schema.js';
import { findRule, splitEarlier, type Stated, UNSTATED } from '../../kernel/subject/auto-buy-rule.js';
import { findRestrictions } from '../preferences/restrictions.js';

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
  const rule = findRule(config, withoutLinks, { service: id, client, product });
  const kept = rule.enabled || change.enabled === false ? findRestrictions(config, rule, change) : {};
  const isKept = Object.keys(kept).length > 0;
  if (!isKept && own === undefined) await tables.autoBuy.remove('service', id);
  else await tables.autoBuy.put({ ...wanted, ...UNSTATED, ...own, ...kept, scope: 'service', link: null });
  await tables.autoBuy.put(wanted);
}
