import type { QueueReport } from '@sluice/contract/documents';
import { type StaffText, staffText } from '@sluice/messages/staff';
import type { StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { addNotices, type Notice, noticeRows } from '../../kernel/run/notice.js';
import { readQueue } from '../queue/read-queue.js';
import { describeIdle, NO_WORKER, NO_WORKER_KEY } from './no-worker.js';
import { sendDue } from './send.js';

/** Workers that are replaced are away for less. */
const PATIENCE_MS = 120_000;

/**
 * Notes whether a worker begins jobs, and reports it once when none has for two minutes, and when one does again: what runs report
 * elsewhere, since without a worker there are none. Any number of processes may ask.
 */
export async function watchQueue(context: Context): Promise<QueueReport> {
  const report = await readQueue(context);
  if (report.state === 'none' || report.state === 'unreachable') return report;
  const isIdle = report.state === 'idle';
  const known = await context.store.conditions.get(NO_WORKER_KEY);
  if (isIdle || known !== null)
    await context.write([], async (tables) => {
      const notices = await noteIdle(context, tables, isIdle);
      const rows = noticeRows(context, context.id('watch'), notices).map((row) => ({ ...row, run: null }));
      await addNotices(context, tables, rows);
    });
  await sendDue(context);
  return report;
}

async function noteIdle(context: Context, { conditions }: StoreTables, isIdle: boolean): Promise<Notice[]> {
  const known = await conditions.get(NO_WORKER_KEY);
  const toNotice = (code: string, since: string, message: StaffText): Notice => ({
    ...{ code, key: `${code}:${since}`, panel: null, service: null, message },
  });
  if (!isIdle) {
    await conditions.end(NO_WORKER_KEY);
    if (known === null || known.runs === 0) return [];
    const { since } = known;
    return [toNotice('worker_again', since, staffText('staff.workerAgain', { since }))];
  }
  if (known === null) {
    await conditions.put({ key: NO_WORKER_KEY, since: context.now(), runs: 0, details: null });
    return [];
  }
  if (known.runs > 0 || context.deps.clock.now() - Date.parse(known.since) < PATIENCE_MS) return [];
  await conditions.put({ ...known, runs: 1 });
  return [toNotice(NO_WORKER, known.since, describeIdle(known.since))];
}
