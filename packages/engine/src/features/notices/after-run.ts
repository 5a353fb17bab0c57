import { outageKey } from '../../context/reach.js';
import type { RunView } from '../../kernel/run/bracket.js';
import { noticeRows, type Notice } from '../../kernel/run/notice.js';
import type { Session } from '../../context/context.js';
import { isWanted } from '../../kernel/run/channels.js';
import { writeDigest } from './digest.js';
import { addNotices } from '../../kernel/run/outbox.js';
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
export async function afterRun(session: Session, ended: EndedRun, news: readonly Notice[] = []): Promise<void> {
  if (session.deps.signal.aborted) return;
  try {
    if (news.length > 0)
      await session.write([], (tables) => addNotices(session, tables, noticeRows(session, ended.run.id, [...news])));
    await noteConditions(session, ended);
    if (isWanted(session, 'digest')) await writeDigest(session, ended.run.id);
    await sendDue(session);
    await session.flush();
  } catch {
    // The store reports what is wrong with it on the next call.
  }
}

async function noteConditions(session: Session, { run, services }: EndedRun): Promise<void> {
  if (!services) return;
  for (const [panel, failure] of session.panelFailures()) await noteReach(session, run.id, panel, failure);
}

/** Counts the runs in which no call to a panel succeeded, and reports the panel once, and again when it answers. */
async function noteReach(session: Session, run: string, panel: string, failure: string | null): Promise<void> {
  const key = outageKey(panel);
  const known = await session.store.conditions.get(key);
  if (failure === null && known === null) return;
  const after = session.config.poll.panelUnreachableAfter;
  const runs = (known?.runs ?? 0) + 1;
  const since = known?.since ?? session.since;
  const notices: Notice[] = [];
  const add = (code: string, message: string): void => {
    notices.push({ code, key: `${code}:${panel}:${since}`, panel, service: null, message });
  };
  if (failure !== null && runs >= after)
    add('panel_unreachable', `No call to panel "${panel}" succeeded in ${runs} runs, since ${since}: ${failure}`);
  if (failure === null && (known?.runs ?? 0) >= after)
    add('panel_reachable', `Panel "${panel}" answers again; no call had succeeded since ${since}`);
  await session.write([], async (tables) => {
    if (failure === null) await tables.conditions.end(key);
    else await tables.conditions.put({ key, since, runs, details: null });
    await addNotices(session, tables, noticeRows(session, run, notices));
  });
}
