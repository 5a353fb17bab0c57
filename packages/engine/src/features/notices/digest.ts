import type { EventData, NoticeData } from '@sluice/contract/documents';
import { toLocalDate, zonedMidnight } from '@sluice/quota-core';
import { nameFew } from '../../base/natural-order.js';
import { addNotices, noticeRows } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import { describeDigest, readNeeds, toDigestLines } from './digest-lines.js';
import { type Day, readDay } from './read-day.js';

/** Writes the digest of the local day before, once, if anything happened on it: first what needs somebody now, else what happened. */
export async function writeDigest(context: Context, run: string): Promise<void> {
  const { store, config } = context;
  const until = zonedMidnight(toLocalDate(context.now(), config.timeZone), config.timeZone);
  const day = toLocalDate(new Date(Date.parse(until) - 1).toISOString(), config.timeZone);
  const key = `digest:${day}`;
  if (await store.notices.has(key)) return;
  const found = await readDay(context, day);
  const happened = found.events.map(
    ({ event, notices, subjects }) =>
      `${notices.length} ${event}${subjects.length === 0 ? '' : ` (${nameFew(subjects)})`}`,
  );
  if (happened.length === 0 && found.failedRuns === 0) return;
  const facts = await toFacts(context, day, found);
  const message = describeDigest(day, toDigestLines(facts, config.timeZone), happened.join(', '));
  const digest = noticeRows(context, run, [{ code: 'digest', key, panel: null, service: null, message, facts }]);
  await context.write([], (tables) => addNotices(context, tables, digest));
}

async function toFacts(
  context: Context,
  day: string,
  found: Day,
): Promise<Omit<EventData<'digest'>, keyof NoticeData>> {
  const { events, runs, failedRuns } = found;
  const counted = events.map(({ event, notices, subjects }) => {
    return { event, notices: notices.length, subjects: subjects.length };
  });
  return { day, events: counted, runs, failedRuns, needs: await readNeeds(context, found) };
}
