import { outageKey } from '../panels/reach.js';
import type { RunView } from '../run/bracket.js';
import { noticeRows, type Notice } from '../run/notices.js';
import type { Session } from '../session.js';
import { isWanted } from './channels.js';
import { writeDigest } from './digest.js';
import { addNotices, brakeKey, isOfAgents } from './outbox.js';
import { sendDue } from './send.js';

/** A run that ended, and what it was over. */
export interface EndedRun {
  run: Pick<RunView, 'id'>;
  /** All services of its panels. */
  services: boolean;
  /** The agents of its panels. */
  agents: boolean;
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

async function noteConditions(session: Session, { run, services, agents }: EndedRun): Promise<void> {
  if (!services && !agents) return;
  const braked = (await session.store.notices.list({ run: run.id })).filter(({ code }) => code === 'mass_change');
  for (const [panel, failure] of session.panelFailures()) {
    if (services) await noteReach(session, run.id, panel, failure);
    for (const ofAgents of [...(services ? [false] : []), ...(agents ? [true] : [])]) {
      const stays = braked.some((notice) => notice.panel === panel && isOfAgents(notice) === ofAgents);
      const key = brakeKey(panel, ofAgents);
      if (!stays && (await session.store.conditions.get(key)) !== null) await session.store.conditions.end(key);
    }
  }
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
    else await tables.conditions.put({ key, since, runs });
    await addNotices(session, tables, noticeRows(session, run, notices));
  });
}
