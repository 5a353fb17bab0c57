import { toLocalDate, zonedMidnight } from '@sluice/quota-core';
import type { NoticeRecord, RunOutcome } from '@sluice/state-store';
import { nameFew } from '../../base/natural-order.js';
import { addNotices, noticeRows } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import { toEvent } from '../../base/notice-events.js';

/** Outcomes of a run that did not do its work: by a config whose panels can't be opened, it ends as `usage`. */
const FAILED: readonly RunOutcome[] = ['failed', 'brake', 'usage'];

/** Writes the digest of the local day before, once, if anything happened on it. */
export async function writeDigest(context: Context, run: string): Promise<void> {
  const { store, config } = context;
  const until = zonedMidnight(toLocalDate(context.now(), config.timeZone), config.timeZone);
  const day = toLocalDate(new Date(Date.parse(until) - 1).toISOString(), config.timeZone);
  const key = `digest:${day}`;
  if (await store.notices.has(key)) return;
  const since = zonedMidnight(day, config.timeZone);
  const notices = (await store.notices.list({ since })).filter(({ at, code }) => at < until && code !== 'digest');
  const runs = (await store.runs.list({ since })).filter(({ startedAt }) => startedAt < until);
  const failed = runs.filter(({ outcome }) => outcome !== null && FAILED.includes(outcome)).length;
  const lines = countEvents(notices);
  if (failed > 0) lines.push(`${failed} of ${runs.length} runs failed or were stopped`);
  if (lines.length === 0) return;
  const message = `${day}: ${lines.join('; ')}`;
  const digest = noticeRows(context, run, [{ code: 'digest', key, panel: null, service: null, message }]);
  await context.write([], (tables) => addNotices(context, tables, digest));
}

function countEvents(notices: readonly NoticeRecord[]): string[] {
  const byEvent = new Map<string, NoticeRecord[]>();
  for (const notice of notices) {
    const event = toEvent(notice.code);
    if (event !== null) byEvent.set(event, [...(byEvent.get(event) ?? []), notice]);
  }
  return [...byEvent].map(([event, found]) => {
    const subjects = [...new Set(found.flatMap(({ service, panel }) => service ?? panel ?? []))];
    return `${found.length} ${event}${subjects.length === 0 ? '' : ` (${nameFew(subjects)})`}`;
  });
}
