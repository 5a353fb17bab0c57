import type { RunReport } from '@sluice/contract/documents';
import { type StaffText, staffText } from '@sluice/messages/staff';
import type { ApiTokenRecord, AutoBuyRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { hasEnded } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { addNotices, type Notice, noticeRows, serviceNotice, shownNotice } from '../../kernel/run/notice.js';
import { findRow } from './link-preferences.js';
import { findRule, type SortedPreferences, sortPreferences } from '../../kernel/subject/auto-buy-rule.js';

/**
 * Removes what share links have set that ended since, and in the same transaction reports the services that buy nothing
 * automatically any more.
 */
export async function endLinkPreferences(context: Context, report: RunReport): Promise<void> {
  if ((await sortPreferences(context.store, context.now())).ended.length === 0) return;
  const added = await context.write([], async (tables) => {
    const sorted = await sortPreferences(tables, context.now());
    const notices = await listEnded(context, tables, sorted);
    for (const row of sorted.ended) await remove(tables, sorted.valid, row);
    return addNotices(context, tables, noticeRows(context, report.run.id, notices));
  });
  report.notices.push(...added.map(shownNotice));
}

/** Removes what a link has set; a refusal to spend that an earlier version stored with it stays. */
async function remove(
  { autoBuy }: Pick<StoreTables, 'autoBuy'>,
  valid: readonly AutoBuyRecord[],
  { subject }: AutoBuyRecord,
): Promise<void> {
  await autoBuy.remove('link', subject);
  const own = findRow(valid, 'service', subject);
  if (own === undefined) await autoBuy.remove('service', subject);
  else await autoBuy.put(own);
}

async function listEnded(
  { config }: Context,
  { services, apiTokens }: Pick<StoreTables, 'services' | 'apiTokens'>,
  { valid, ended }: SortedPreferences,
): Promise<Notice[]> {
  const ids = ended.map(({ subject }) => subject);
  const records = new Map((await services.list({ ids })).map((service) => [service.id, service]));
  const notices: Notice[] = [];
  for (const row of ended) {
    const service = records.get(row.subject);
    if (service === undefined || hasEnded(service)) continue;
    const isOn = (stored: readonly AutoBuyRecord[]): boolean => findRule(config, stored, toSubject(service)).enabled;
    if (!isOn([...valid, row]) || isOn(valid)) continue;
    notices.push(endedNotice(service, await apiTokens.get(row.link ?? '')));
  }
  return notices;
}

const toSubject = ({ id, client, product }: ServiceRecord) => ({ service: id, client, product });

function endedNotice(service: ServiceRecord, token: ApiTokenRecord | null): Notice {
  return serviceNotice(service, 'auto_buy_ended', describeEnd(service.id, token), token?.id ?? 'link');
}

function describeEnd(service: string, token: ApiTokenRecord | null): StaffText {
  if (token === null) return staffText('staff.linkEnded', { service });
  const { id: link, revokedAt, expiresAt } = token;
  if (revokedAt === null) return staffText('staff.linkExpired', { service, link, at: expiresAt ?? '' });
  return staffText('staff.linkRevoked', { service, link, at: revokedAt });
}
