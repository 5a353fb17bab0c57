import { setImmediate as answersTaken } from 'node:timers/promises';
import type { DecisionRecord, StoreTables } from '@sluice/state-store';
import type { Session } from '../session.js';
import { noticeRows, type Notice } from './notices.js';
import { decisionOf, type Treatment } from './outcome.js';
import { shownNotice, type PassReport } from './report.js';
import type { Tally } from './tally.js';
import type { Work } from './work.js';

/** Where a run notes what became of its services. */
interface Notebook {
  session: Session;
  report: PassReport;
  tally: Tally;
}

/** Writes the decisions down and adds the services to the run's document. */
export async function record(
  run: Notebook,
  tables: StoreTables,
  works: Work[],
  treatment: (work: Work) => Treatment,
  notices: Notice[],
): Promise<void> {
  const { session, report } = run;
  await answersTaken();
  const decisions = decided(run, works, treatment);
  // What was decided on facts that have changed is not what holds: the decision before stays.
  const kept = works.some((work) => work.changedMeanwhile)
    ? decisions.filter((_, index) => works[index]?.changedMeanwhile !== true)
    : decisions;
  await tables.decisions.record(kept);
  const told = await tables.notices.add(noticeRows(session, report.run.id, notices));
  report.notices.push(...told.map(shownNotice));
}

/** The same for a run that writes nothing. */
export function showOnly(run: Notebook, works: Work[], treatment: (work: Work) => Treatment, notices: Notice[]): void {
  const { session, report } = run;
  decided(run, works, treatment);
  report.notices.push(...noticeRows(session, report.run.id, notices).map(shownNotice));
}

function decided(
  { session, report, tally }: Notebook,
  works: Work[],
  treatment: (work: Work) => Treatment,
): DecisionRecord[] {
  const run = { id: report.run.id, at: session.now() };
  return works.map((work) => {
    const how = treatment(work);
    const decision = decisionOf(session, run, work, how);
    tally.add(work, decision, how);
    return decision;
  });
}
