import type { RunRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { ExitCode } from '../errors.js';
import type { AccountOrder, Panel } from '../panels/panel.js';
import type { Leases } from './leases.js';
import { enforceService } from './pass/carry-out.js';
import { actionRow, planWork } from './pass/enforce.js';
import { keep } from './pass/keep.js';
import { decisionOf } from './pass/outcome.js';
import { prepare } from './pass/prepare.js';
import { findSharing } from './pass/sharing.js';
import type { Work } from './pass/work.js';
import { runRow } from './run-row.js';
import { withServiceLease } from './services/change-services.js';
import { serviceDetail, type ServiceDetail } from './services/show.js';
import type { Session } from './session.js';

/** `provision … --json`, `hold add --json` and `hold release --json` (cli.md). */
export interface OrderReport {
  run: { id: string; command: string; dryRun: boolean; startedAt: string; finishedAt: string };
  service: ServiceDetail;
  actions: { type: string; target: string; state: string }[];
  credentials: Credentials | null;
  /** Reasons that still hold the service. */
  stillHeld: string[];
}

/** Given once, where the operator asked for it; nowhere else. */
export interface Credentials {
  username: string | null;
  password: string | null;
  passwordFile: string | null;
}

/** How an order is run, whatever it is about. */
export interface OrderFrame {
  command: string;
  dryRun: boolean;
  waitMs: number;
  /** The run that it is a part of; absent: a run of its own. */
  run?: string;
}

/** What an order does. */
export interface OrderContent {
  /** Changes what is desired, in the store; not called in a dry run. */
  desire: (service: ServiceRecord, tables: StoreTables, run: string) => Promise<void>;
  /** The same on the work alone, for a dry run. */
  pretend: (work: Work) => void;
  account?: AccountOrder | null;
  /** What of the panel may be brought in line; default everything of the service. */
  scope?: 'hold' | 'order';
  password?: () => string | null;
  /** Writes down the end of the order, when all of it is done. */
  done?: (service: ServiceRecord, tables: StoreTables) => Promise<void>;
}

/** An order by name about one service, carried out under `observe` too. */
export interface ServiceOrder extends OrderFrame, OrderContent {}

/** How an order ended. */
export interface OrderOutcome {
  report: OrderReport;
  exitCode: number;
  work: Work;
}

/** Runs an order: changes what is desired, then observes, plans and applies it for this one service. */
export function runOrder(session: Session, id: string, order: ServiceOrder): Promise<OrderOutcome> {
  return runDecided(session, id, order, () => order);
}

/**
 * The same for an order that depends on what the service is: `decide` looks at it under its lease, so that it sees what
 * whoever had the lease before has done, and throws to refuse. Nothing was stored or changed by then.
 */
export async function runDecided<Content extends OrderContent>(
  session: Session,
  id: string,
  frame: OrderFrame,
  decide: (service: ServiceRecord, panel: Panel) => Promise<Content> | Content,
): Promise<OrderOutcome & { content: Content }> {
  const startedAt = session.now();
  const runId = frame.run ?? session.id('run');
  session.runId = runId;
  return withServiceLease(session, id, frame.waitMs, async (service, leases) => {
    const panel = await session.panel(service.panel);
    const content = await decide(service, panel);
    const order = { ...content, ...frame };
    const run = runRow(session, { id: runId, command: order.command, dryRun: order.dryRun, startedAt });
    if (!order.dryRun) {
      await session.write(leases.held, async (tables) => {
        if (order.run === undefined) await tables.runs.start(run);
        await order.desire(service, tables, runId);
      });
    }
    const work = await carryOut(session, panel, service, order, run, leases);
    return { ...(await finish(session, run, work, order, leases)), content };
  });
}

async function carryOut(
  session: Session,
  panel: Panel,
  service: ServiceRecord,
  order: ServiceOrder,
  run: RunRecord,
  leases: Leases,
): Promise<Work> {
  const [work] = await prepare(session, panel, [service], await session.store.switches.list(), { ordered: true });
  if (!work) throw new Error(`no work for ${service.id}`);
  // What keeps a service from being metered (no cycle, say) is no reason not to carry out an order.
  work.error = null;
  if (order.dryRun) order.pretend(work);
  const scope = order.scope ?? 'order';
  const seen = await panel.observe([service], session.deps.signal, { scope, fresh: true });
  work.observation = seen.get(service.id) ?? null;
  await findSharing(session, panel, [work]);
  if (order.dryRun) {
    const plan = planWork(session, panel, work, scope, order.account ?? null);
    work.actions = plan.steps.map((step) => actionRow(session, run.id, work, step));
  } else {
    await enforceService(session, panel, run.id, work, leases.held, {
      scope,
      byName: true,
      order: order.account ?? null,
      password: order.password?.() ?? null,
    });
  }
  keep(session, panel, work, scope);
  return work;
}

/** The last run's decision stays; what was seen of the panel is the order's. */
async function noteSeen(session: Session, run: string, work: Work, tables: StoreTables): Promise<void> {
  const { seen } = work.remembered;
  if (seen === null) return;
  const [latest] = await tables.decisions.latest([work.service.id]);
  const treatment = { shownOnly: false, observing: false };
  const decision = latest ?? decisionOf(session, { id: run, at: session.now() }, { ...work, error: null }, treatment);
  await tables.decisions.record([{ ...decision, inputs: { ...(decision.inputs as object | null), reading: seen } }]);
}

async function finish(
  session: Session,
  run: RunRecord,
  work: Work,
  order: ServiceOrder,
  leases: Leases,
): Promise<OrderOutcome> {
  const finishedAt = session.now();
  const complete = work.error === null && !session.deps.signal.aborted;
  const someDone = work.actions.some((action) => action.state === 'applied');
  const begun = someDone || work.holds.length > 0 || work.actions.some((action) => action.state === 'in-doubt');
  const exitCode = complete ? ExitCode.done : begun ? ExitCode.partial : ExitCode.failed;
  if (!order.dryRun) {
    await session.write(leases.held, async (tables) => {
      if (complete) await order.done?.(work.service, tables);
      await noteSeen(session, run.id, work, tables);
      const error = work.error === null ? null : `${work.error.code}: ${work.error.message}`;
      if (order.run === undefined) {
        await tables.runs.finish(run.id, { finishedAt, exitCode, totals: null, error, observing: [] });
      }
    });
  }
  const detail = await serviceDetail(session, work.service);
  const holds = order.dryRun ? work.holds : await session.store.holds.open({ services: [work.service.id] });
  const actions = work.actions.map(({ type, target, state }) => ({ type, target, state }));
  // What an earlier run failed of is over where the order is done.
  const over = detail.status === 'held' || (complete && detail.status === 'failed');
  const status = holds.length > 0 ? 'held' : over ? 'ok' : detail.status;
  const report: OrderReport = {
    run: { id: run.id, command: run.command, dryRun: run.dryRun, startedAt: run.startedAt, finishedAt },
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
  return { report, exitCode, work };
}
