import { type AccountOrder, type ItemError, itemErrorOf, type Panel, type Plan } from '@sluice/panel-kind';
import type { RunRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { trustedNow } from './clock-guard.js';
import { finishOrder } from './finish-order.js';
import type { Leases } from './leases.js';
import { refuseUnfinished } from './provision/termination.js';
import { outcomeOfError, runRow, type RunView } from './run-row.js';
import { enforceService } from './run/apply.js';
import { keep } from './run/checkpoint.js';
import { endedHolds } from './run/decide.js';
import { failForDoubt } from './run/doubt.js';
import { elsewhereError } from './run/elsewhere.js';
import { actionRow } from './run/journal.js';
import { prepare } from './run/load.js';
import { planWork } from './run/plan.js';
import { findSharers, planWithSharers } from './run/sharing.js';
import { fail, type Work } from './run/work.js';
import { withServiceLease } from './services/change-services.js';
import type { ServiceDetail } from './services/show.js';
import type { Session } from './session.js';

/** `provision … --json`, `hold add --json` and `hold release --json` (docs/json.md). */
export interface OrderReport {
  run: RunView;
  service: ServiceDetail;
  actions: { type: string; target: string; state: string }[];
  credentials: Credentials | null;
  /** Reasons that still hold the service. */
  stillHeld: string[];
  /** What the operator should hear of beside it; said again at each repeat. */
  notices: { code: string; service: string | null; message: string }[];
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
  /** A run decided on it, nobody ordered it by name: `observe` stops it before each change. */
  decidedByRun?: boolean;
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
  /** What has to be there before the panel is called, once the order is stored; throws to refuse. */
  begin?: () => void;
  /** Takes the order back that `begin` has refused. */
  withdraw?: (tables: StoreTables) => Promise<void>;
  /** Writes down the end of the order, when all of it is done. */
  done?: (service: ServiceRecord, tables: StoreTables) => Promise<void>;
  /** Writes down that the order can't be carried out on what the panel shows, and that nothing was tried. */
  refused?: (error: ItemError, tables: StoreTables) => Promise<void>;
}

/** The command that finishes a termination; no other one is taken meanwhile. */
export const TERMINATE = 'provision terminate';

/** An order about one service; by name unless a run decided on it, and then carried out under `observe` too. */
export interface ServiceOrder extends OrderFrame, OrderContent {}

/** How an order ended. */
export interface OrderOutcome {
  report: OrderReport;
  work: Work;
  /** Notices about open holds of other services, with these. */
  aboutHolds: { hold: string; notice: OrderReport['notices'][number] }[];
}

/** An order that is under way. */
export interface OrderRun {
  session: Session;
  order: ServiceOrder;
  run: RunRecord;
  leases: Leases;
}

/** A service that an order has worked on, and what its plans say. */
export interface CarriedOut {
  work: Work;
  told: NonNullable<Plan['notices']>;
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
    if (frame.command !== TERMINATE) await refuseUnfinished(session, id);
    const panel = await session.panel(service.panel);
    const content = await decide(service, panel);
    const order = { ...content, ...frame };
    const run = runRow(session, { id: runId, command: order.command, dryRun: order.dryRun, startedAt });
    if (!order.dryRun) {
      await session.write(leases.held, async (tables) => {
        if (order.run === undefined) await tables.runs.start(run);
        await order.desire(service, tables, runId);
      });
      await begin({ session, order, run, leases });
    }
    const done = await carryOut({ session, order, run, leases }, panel, service);
    return { ...(await finishOrder({ session, order, run, leases }, done)), content };
  });
}

async function begin({ session, order, run, leases }: OrderRun): Promise<void> {
  try {
    order.begin?.();
  } catch (error) {
    const { code, message } = itemErrorOf(error);
    const outcome = outcomeOfError(error);
    await session.write(leases.held, async (tables) => {
      await order.withdraw?.(tables);
      const end = { finishedAt: session.now(), outcome, totals: null, error: `${code}: ${message}`, observing: [] };
      if (order.run === undefined) await tables.runs.finish(run.id, end);
    });
    throw error;
  }
}

async function carryOut(orderRun: OrderRun, panel: Panel, service: ServiceRecord): Promise<CarriedOut> {
  const { session, order, run, leases } = orderRun;
  const scope = order.scope ?? 'order';
  const on = { session, panel, run: run.id, scope };
  // First the panel: its answer says whether our clock is right, and with it which cycle the service is in.
  const seen = await panel.observe([service], session.deps.signal, { scope, fresh: true });
  const now = trustedNow(session, panel.name, await session.store.clock.confirmed());
  const switches = await session.store.switches.list();
  const [work] = await prepare(session, panel, [service], { switches, ordered: true, now });
  if (!work) throw new Error(`no work for ${service.id}`);
  // What keeps a service from being metered (no cycle, say) is no reason not to carry out an order.
  work.error = null;
  if (order.dryRun) order.pretend(work);
  const told = new Map<string, CarriedOut['told'][number]>();
  const mayRelease = order.decidedByRun !== true || work.enforcement.value === 'on';
  if (mayRelease && order.account?.verb !== 'terminate') {
    for (const notice of await endHolds(orderRun, panel, work)) told.set(notice.key, notice);
  }
  work.observation = seen.get(service.id) ?? null;
  await findSharers(session, panel, [work]);
  const onPlan = (plan: Plan): void => {
    for (const notice of plan.notices ?? []) told.set(notice.key, notice);
  };
  if (order.dryRun) {
    const plan = await planWithSharers(session, panel, work, () => planWork(on, work, order.account ?? null));
    work.actions = plan.steps.map((step) => actionRow(session, run.id, work, step));
    onPlan(plan);
    failForDoubt(panel, work);
  } else {
    await enforceService({ ...on, fences: leases.held }, work, {
      byName: order.decidedByRun !== true,
      order: order.account ?? null,
      password: order.password?.() ?? null,
      onPlan,
    });
  }
  // What lies on another panel is not given back by this order: then it is not done.
  const elsewhere = work.evidence.filter((item) => item.panel !== service.panel);
  if (scope === 'hold' && work.holds.length === 0 && elsewhere.length > 0)
    fail(work, elsewhereError(service, elsewhere));
  keep(on, work);
  return { work, told: [...told.values()] };
}

/**
 * Ends holds whose reason a command has ended since the last run: the order would else restrict a service for what is no
 * longer so. Their notices are returned.
 */
async function endHolds({ session, order, leases }: OrderRun, panel: Panel, work: Work): Promise<CarriedOut['told']> {
  const { dryRun } = order;
  const { id } = work.service;
  const service = dryRun ? work.service : ((await session.store.services.get(id)) ?? work.service);
  const ended = endedHolds(session, panel, { ...work, service }, session.now());
  work.closes = ended;
  if (!dryRun && ended.length > 0) {
    await session.write(leases.held, async (tables) => {
      for (const hold of ended) await tables.holds.end(hold.id, session.now());
    });
  }
  return ended.map((hold) => ({
    code: 'release',
    key: `release:${id}:${hold.id}`,
    message: `${id} is released (${hold.reason}: no longer due)`,
  }));
}
