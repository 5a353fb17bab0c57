import { toLocalDate, zonedMidnight } from '@sluice/quota-core';
import type { NoticeRecord, RunOutcome } from '@sluice/state-store';
import { type NoticeEvent, toEvent } from '../../base/notice-events.js';
import type { Context } from '../../context/context.js';

/** Outcomes of a run that did not do its work: by a config whose panels can't be opened, it ends as `usage`. */
const FAILED: readonly RunOutcome[] = ['failed', 'brake', 'usage'];

/** What happened on a local day. */
export interface Day {
  /** In the order in which they were first reported. */
  events: { event: NoticeEvent; notices: NoticeRecord[]; subjects: string[] }[];
  runs: number;
  failedRuns: number;
}

/** Returns the first instant of a local day (`YYYY-MM-DD`), and that of the day after it. */
export function toDay(day: string, timeZone: string): Record<'start' | 'end', string> {
  const start = zonedMidnight(day, timeZone);
  // The day after, whatever the clocks do: no day has 36 hours.
  const next = new Date(Date.parse(start) + 36 * 3_600_000).toISOString();
  return { start, end: zonedMidnight(toLocalDate(next, timeZone), timeZone) };
}

/** Reads what happened on a local day (`YYYY-MM-DD`) of the config's time zone, from what is stored of its runs and notices. */
export async function readDay({ store, config }: Pick<Context, 'store' | 'config'>, day: string): Promise<Day> {
  const { timeZone } = config;
  const { start: since, end: until } = toDay(day, timeZone);
  const notices = (await store.notices.list({ since })).filter(({ at, code }) => at < until && code !== 'digest');
  const runs = (await store.runs.list({ since })).filter(({ startedAt }) => startedAt < until);
  const failed = runs.filter(({ outcome }) => outcome !== null && FAILED.includes(outcome));
  return { events: groupEvents(notices), runs: runs.length, failedRuns: failed.length };
}

function groupEvents(notices: readonly NoticeRecord[]): Day['events'] {
  const byEvent = new Map<NoticeEvent, NoticeRecord[]>();
  for (const notice of notices) {
    const event = toEvent(notice.code);
    if (event !== null) byEvent.set(event, [...(byEvent.get(event) ?? []), notice]);
  }
  return [...byEvent].map(([event, found]) => ({
    event,
    notices: found,
    subjects: [...new Set(found.flatMap(({ service, panel }) => service ?? panel ?? []))],
  }));
}
