import type { RunView } from '@sluice/contract/documents';
import { type StaffText, staffText } from '@sluice/messages/staff';
import { isClockBelieved } from '../../context/clock-guard.js';
import { outageKey } from '../../context/panel-answers.js';
import { addNotices, type Notice, noticeRows } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import type { ConditionRecord } from '@sluice/state-store';
import { isWanted } from '../../kernel/run/channels.js';
import { writeDigest } from './digest.js';
import { sendDue } from './send.js';

/** A run that ended, and what it was over. */
export interface EndedRun {
  run: Pick<RunView, 'id'>;
  /** All services of its panels. */
  services: boolean;
}

/**
 * Ends a run: notes which panels did not answer, writes the digest of the day before, and sends what is due. Nothing in it fails
 * the run; what is left is done after the next one.
 */
export async function afterRun(context: Context, ended: EndedRun, news: readonly Notice[] = []): Promise<void> {
  if (context.deps.signal.aborted) return;
  try {
    if (news.length > 0)
      await context.write([], (tables) => addNotices(context, tables, noticeRows(context, ended.run.id, [...news])));
    await noteConditions(context, ended);
    if (isWanted(context, 'digest') && (await isClockBelieved(context))) await writeDigest(context, ended.run.id);
    await sendDue(context);
    await context.flush();
  } catch {
    // The store reports what is wrong with it on the next call.
  }
}

async function noteConditions(context: Context, { run, services }: EndedRun): Promise<void> {
  if (!services) return;
  for (const [panel, failure] of context.panelFailures()) await noteReach(context, run.id, panel, failure);
}

/** Returns the number of failed runs with this one. Runs that read what is due are more frequent: those of one interval count as one. */
function countRuns({ config, deps }: Context, known: ConditionRecord | null): number {
  const { interval, maxOvershoot } = config.poll;
  const { runs, since } = known ?? { runs: 0, since: '' };
  const isOfInterval = runs > 0 && maxOvershoot !== undefined && deps.clock.now() - Date.parse(since) < runs * interval;
  return isOfInterval ? runs : runs + 1;
}

/** Counts the runs in which no call to a panel succeeded, and reports the panel once, and again when it answers. */
async function noteReach(context: Context, run: string, panel: string, failure: string | null): Promise<void> {
  const key = outageKey(panel);
  const known = await context.store.conditions.get(key);
  if (failure === null && known === null) return;
  const after = context.config.poll.panelUnreachableAfter;
  const since = known?.since ?? context.since;
  const runs = countRuns(context, known);
  const notices: Notice[] = [];
  const add = (code: string, message: StaffText): void => {
    const facts = { answers: failure === null, since };
    notices.push({ code, key: `${code}:${panel}:${since}`, panel, service: null, message, facts });
  };
  if (failure !== null && runs >= after)
    add('panel_unreachable', staffText('staff.unreachable', { panel, runs, since, why: failure }));
  if (failure === null && (known?.runs ?? 0) >= after)
    add('panel_reachable', staffText('staff.reachable', { panel, since }));
  await context.write([], async (tables) => {
    if (failure === null) await tables.conditions.end(key);
    else await tables.conditions.put({ key, since, runs, details: null });
    await addNotices(context, tables, noticeRows(context, run, notices));
  });
}
