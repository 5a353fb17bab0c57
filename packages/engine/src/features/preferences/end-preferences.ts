import type { AutoBuyRule } from '@sluice/contract/documents';
import { staffText } from '@sluice/messages/staff';
import type { AutoBuyRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import type { Config } from '../../base/config/schema.js';
import type { Context } from '../../context/context.js';
import { type Notice, serviceNotice } from '../../kernel/run/notice.js';
import { findRestrictions } from './restrictions.js';
import { findRule, UNSTATED } from '../../kernel/subject/auto-buy-rule.js';

/** Services with another client. */
interface MovedServices {
  moved: readonly ServiceRecord[];
  run: string;
  /** The former client was merged into the present one: what a service refused to spend stays. */
  isMerge?: boolean;
}

/**
 * Ends automatic purchases that the former clients of services set, and returns the notices of those that bought: nobody pays for what
 * another client wished.
 */
export async function endPreferences(
  { config }: Pick<Context, 'config'>,
  tables: StoreTables,
  { moved, run, isMerge = false }: MovedServices,
): Promise<Notice[]> {
  const all = await tables.autoBuy.list();
  const notices: Notice[] = [];
  for (const service of moved) {
    const { id, client, product } = service;
    const own = all.filter(({ scope, subject }) => scope !== 'client' && subject === id);
    for (const { scope } of own) await tables.autoBuy.remove(scope, id);
    const about = { service: id, client, product };
    const others = all.filter((row) => !own.includes(row));
    const kept = isMerge ? findRefusals(config, own, findRule(config, others, about)) : null;
    if (kept !== null) await tables.autoBuy.put(kept);
    const left = kept === null ? others : [...others, kept];
    if (own.every(({ enabled }) => enabled !== true) || findRule(config, left, about).enabled) continue;
    const message = staffText('staff.autoBuyEnded', { service: id });
    notices.push(serviceNotice(service, 'auto_buy_ended', message, run));
  }
  return notices;
}

/** Returns what a service states that spends less than the rule does, without what a share link set; null for nothing. */
function findRefusals(config: Config, own: readonly AutoBuyRecord[], rule: AutoBuyRule): AutoBuyRecord | null {
  const stated = own.find(({ scope }) => scope === 'service');
  if (stated === undefined) return null;
  // Earlier versions stored what a link had set in place of what the service had: only a refusal outlives it.
  if (stated.link !== null && stated.enabled !== false) return null;
  const kept = findRestrictions(config, rule, stated);
  return Object.keys(kept).length === 0 ? null : { ...stated, ...UNSTATED, ...kept, link: null };
}
