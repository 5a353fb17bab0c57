import { printable } from '@sluice/panel-http/printable';
import type { ItemError } from '@sluice/panel-kind';
import type { NoticeRecord, RunOutcome, StoreTables } from '@sluice/state-store';
import { confirmClock } from './clock-guard.js';
import type { CarriedOut, OrderOutcome, OrderReport, OrderRun, ServiceOrder } from './order-types.js';
import { noticeRows, planNotices } from './run/notices.js';
import { decisionOf, shownNotice } from './run/report.js';
import type { Applied } from './run/stages.js';
import { serviceDetail } from './services/show.js';
import type { Session } from './session.js';

/** The last run's decision stays; what was seen of the panel is the order's. */
async function noteSeen(session: Session, run: string, work: Applied, tables: StoreTables): Promise<void> {
  const { seen } = work.remembered;
  if (seen === null) return;
  const [latest] = await tables.decisions.latest([work.service.id]);
  const treatment = { shownOnly: false, observing: false };
  const decision = latest ?? decisionOf(session, { id: run, at: session.now() }, { ...work, error: null }, treatment);
  await tables.decisions.record([{ ...decision, inputs: { ...(decision.inputs as object | null), reading: seen } }]);
}

/** The panel was seen, and the order does not fit what it shows, or what an agent may sell; nothing was changed. */
function isRefused(work: Applied): work is Applied & { error: ItemError } {
  const { error, observation, actions } = work;
  if (error === null || error.code === 'outcome_unknown' || observation?.state == null) return false;
  return actions.length === 0 || (error.code === 'agent_limit' && actions.every(({ state }) => state === 'failed'));
}

/** How an order ended, before it is written down. */
interface OrderEnd {
  outcome: RunOutcome;
  /** All of it is done. */
  complete: boolean;
  finishedAt: string;
}

/** Writes down how an order ended, and returns its report. */
export async function finishOrder(orderRun: OrderRun, { work: carriedOut, told }: CarriedOut): Promise<OrderOutcome> {
  const { session, order, run } = orderRun;
  const end = endOf(session, order, carriedOut);
  const notices = noticeRows(session, run.id, planNotices(carriedOut, { notices: told }));
  const work = order.dryRun ? carriedOut : await noteEnd(orderRun, carriedOut, end, notices);
  const report = { ...(await reportOf(orderRun, work, end)), notices: notices.map(shownNotice) };
  const aboutHolds = told.flatMap(({ hold }, index) => {
    const notice = report.notices[index];
    return hold === undefined || notice === undefined ? [] : [{ hold, notice }];
  });
  return { report, work, aboutHolds };
}

function endOf(session: Session, order: ServiceOrder, work: Applied): OrderEnd {
  const finishedAt = session.now();
  const stopped = order.decidedByRun === true && work.enforcement.value === 'observe';
  const complete = work.error === null && !session.deps.signal.aborted && !stopped;
  const someDone = work.actions.some((action) => action.state === 'applied');
  // A termination that was tried is finished by a run.
  const goesOn = order.account?.verb === 'terminate' && work.actions.length > 0;
  const begun =
    goesOn || someDone || work.holds.length > 0 || work.actions.some((action) => action.state === 'in-doubt');
  return { outcome: complete ? 'done' : begun ? 'partial' : 'failed', complete, finishedAt };
}

/** Writes down how an order ended; returns the service as it is then. */
async function noteEnd(
  { session, order, run, leases }: OrderRun,
  work: Applied,
  { outcome, complete, finishedAt }: OrderEnd,
  notices: NoticeRecord[],
): Promise<Applied> {
  return session.write(leases.held, async (tables) => {
    if (complete) await order.done?.(work.service, tables);
    else if (isRefused(work)) await order.refused?.(work.error, tables);
    await noteSeen(session, run.id, work, tables);
    const error = work.error === null ? null : printable(`${work.error.code}: ${work.error.message}`);
    // What nobody ordered by name is told by the run that decided on it.
    if (order.decidedByRun !== true) await tables.notices.add(notices);
    if (order.run === undefined) {
      await confirmClock(session, tables);
      await tables.runs.finish(run.id, { finishedAt, outcome, totals: null, error, observing: [] });
    }
    return { ...work, service: (await tables.services.get(work.service.id)) ?? work.service };
  });
}

/** The report without its notices. */
async function reportOf(
  { session, order, run }: OrderRun,
  work: Applied,
  { outcome, complete, finishedAt }: OrderEnd,
): Promise<Omit<OrderReport, 'notices'>> {
  const detail = await serviceDetail(session, work.service);
  const staying = work.holds.filter((hold) => !work.closes.includes(hold));
  const holds = order.dryRun ? staying : await session.store.holds.open({ services: [work.service.id] });
  const actions = work.actions.map(({ type, target, state }) => ({ type, target, state }));
  // What an earlier run failed of is over where the order is done.
  const over = detail.status === 'held' || (complete && detail.status === 'failed');
  const status = holds.length > 0 ? 'held' : over ? 'ok' : detail.status;
  return {
    run: {
      id: run.id,
      command: run.command,
      dryRun: run.dryRun,
      startedAt: run.startedAt,
      finishedAt,
      outcome,
      changes: actions.length > 0,
    },
    service: {
      ...detail,
      status: work.error ? 'failed' : status,
      holds: holds.map(({ reason, since }) => ({ reason, since })),
      actions,
      error: work.error,
    },
    actions,
    credentials: null,
    stillHeld: holds.map((hold) => hold.reason),
  };
}
