import { toLocalDate, zonedMidnight } from '@sluice/quota-core';
import { nameFew } from '../../base/natural-order.js';
import { addNotices, noticeRows } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import { readDay } from './read-day.js';

/** Writes the digest of the local day before, once, if anything happened on it. */
export async function writeDigest(context: Context, run: string): Promise<void> {
  const { store, config } = context;
  const until = zonedMidnight(toLocalDate(context.now(), config.timeZone), config.timeZone);
  const day = toLocalDate(new Date(Date.parse(until) - 1).toISOString(), config.timeZone);
  const key = `digest:${day}`;
  if (await store.notices.has(key)) return;
  const { events, runs, failedRuns } = await readDay(context, day);
  const lines = events.map(
    ({ event, notices, subjects }) =>
      `${notices.length} ${event}${subjects.length === 0 ? '' : ` (${nameFew(subjects)})`}`,
  );
  if (failedRuns > 0) lines.push(`${failedRuns} of ${runs} runs failed or were stopped`);
  if (lines.length === 0) return;
  const message = `${day}: ${lines.join('; ')}`;
  const digest = noticeRows(context, run, [{ code: 'digest', key, panel: null, service: null, message }]);
  await context.write([], (tables) => addNotices(context, tables, digest));
}
