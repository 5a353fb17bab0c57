import { type StaffText, staffText } from '@sluice/messages/staff';
import type { DecisionRecord, StoreTables } from '@sluice/state-store';
import { describeService } from '../../base/describe-service.js';
import { nameFew } from '../../base/natural-order.js';
import type { Notice } from './notice.js';
import type { Applied } from '../subject/stages.js';
import type { Context } from '../../context/context.js';
import { findOpenDrift, readAcknowledged } from './alarms.js';
import { isWanted } from './channels.js';

/** More services than this with the same news are one notice. */
const MOST_SINGLE = 5;

/** Errors of the whole panel, or of nothing but this run: they are not about the service. */
const NOT_OF_SERVICE =
  /^(?!PANEL_(REJECTED|NOT_FOUND)$)PANEL_|^(lease_held|interrupted|changed_meanwhile|not_read|outcome_unknown)$/;

/**
 * Returns notices for channels about what the report of a run shows as well: drift, and errors of services. Only what the
 * decision before did not have, and only what a channel is notified of.
 */
export async function newsOfServices(
  context: Context,
  tables: Pick<StoreTables, 'decisions' | 'alarms'>,
  subjects: readonly Applied[],
  run: string,
): Promise<Notice[]> {
  const wanted = [
    ...(isWanted(context, 'drift') ? ['drift' as const] : []),
    ...(isWanted(context, 'account') ? ['account' as const] : []),
  ];
  const some = subjects.filter(
    ({ drift, error, changedMeanwhile }) => !changedMeanwhile && (drift.length > 0 || error),
  );
  if (wanted.length === 0 || some.length === 0) return [];
  const ids = some.map(({ service }) => service.id);
  const acknowledged = await readAcknowledged(tables, ids);
  const latest = await tables.decisions.latest(ids);
  const before = new Map(latest.map((decision) => [decision.service, decision]));
  return wanted.flatMap((event) =>
    toNotices(some, run, (work) => {
      const decision = before.get(work.service.id);
      return event === 'drift' ? toDriftNews(work, decision, acknowledged) : toErrorNews(work, decision);
    }),
  );
}

interface News {
  code: string;
  /** Services with the same group may share a notice; `many` says it of them. */
  group: string;
  many: (services: string, first: string) => StaffText;
  message: string;
}

function toDriftNews(
  work: Applied,
  decision: DecisionRecord | undefined,
  acknowledged: ReadonlySet<string>,
): News | null {
  const drift = findOpenDrift(work, acknowledged);
  if (drift.length === 0) return null;
  const { drift: before = [] } = (decision?.inputs ?? {}) as { drift?: string[] };
  if (drift.every((text) => before.includes(text))) return null;
  const many = (services: string, first: string): StaffText => staffText('staff.manyDrift', { services, first });
  return { code: 'drift', group: 'drift', many, message: drift.join('; ') };
}

function toErrorNews({ error, doubted, decision }: Applied, before: DecisionRecord | undefined): News | null {
  if (error === null || NOT_OF_SERVICE.test(error.code) || before?.errorCode === error.code) return null;
  // The notice of the decision says that the reading is doubted.
  if (doubted !== null && error.code === decision?.problem?.code) return null;
  const { code, message } = error;
  const many = (services: string, first: string): StaffText => staffText('staff.manyFailed', { services, code, first });
  return { code: 'service_failed', group: code, many, message: staffText('staff.failed', { code, message }) };
}

function toNotices(subjects: readonly Applied[], run: string, find: (work: Applied) => News | null): Notice[] {
  const groups = new Map<string, { news: News; work: Applied }[]>();
  for (const work of subjects) {
    const news = find(work);
    if (news !== null) groups.set(news.group, [...(groups.get(news.group) ?? []), { news, work }]);
  }
  return [...groups.values()].flatMap((group): Notice[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { code } = first.news;
    const { panel } = first.work.service;
    if (group.length <= MOST_SINGLE)
      return group.map(({ news, work: { service } }) => ({
        code,
        key: `${code}:${service.id}:${run}`,
        panel,
        service: service.id,
        message: staffText('staff.ofService', { service: describeService(service), what: news.message }),
      }));
    const ids = group.map(({ work }) => work.service.id);
    const message = first.news.many(nameFew(ids), first.news.message);
    return [{ code, key: `${code}:${ids[0] ?? ''}:${ids.length}:${run}`, panel, service: null, message }];
  });
}
