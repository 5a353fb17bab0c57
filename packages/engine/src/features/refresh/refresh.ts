import { type HeldService, toItemError, type Refresh, type RefreshCall } from '@sluice/panel-kind';
import type { RefreshRecord } from '@sluice/state-store';
import { readEnforcements } from '../../context/enforcement.js';
import { panelLease, serviceLease } from '../../context/leases.js';
import type { Context } from '../../context/context.js';
import { runConcurrently } from '../../base/run-concurrently.js';
import { toOwnFacts, storedFacts } from '../../kernel/subject/facts.js';
import { inForce } from '../../kernel/subject/holds.js';
import type { Applied } from '../../kernel/subject/stages.js';
import type { PanelRun } from '../../loop/run-part.js';

const AT_ONCE = 8;
/** No further call starts after this; the rest stays due. */
const LONGEST_MS = 8000;

/** A held service, with the facts of its decision. */
interface HeldWork extends HeldService {
  facts: string;
}

type RefreshRun = Pick<PanelRun, 'context' | 'panel' | 'leases' | 'run'>;

/** Returns a service to restrict again; null where it is not held, or failed in this run. */
function toHeld({ context, panel }: Pick<RefreshRun, 'context' | 'panel'>, work: Applied): HeldWork | null {
  const { service, holds, evidence, action, skipped, error, enforcement } = work;
  if (skipped !== null || error !== null || holds.length === 0 || enforcement.value === 'observe') return null;
  if (work.changedMeanwhile) return null;
  return { service, holds: inForce(context, panel, work), evidence: [...evidence], action, facts: toOwnFacts(work) };
}

/**
 * Applies the restrictions of held services again, where the panel may have undone them without showing it. Journaled as one row,
 * since no service changes by it.
 */
export async function refreshHeld(run: RefreshRun, subjects: readonly Applied[]): Promise<void> {
  const held = subjects.map((work) => toHeld(run, work)).filter((work) => work !== null);
  const { context, panel, leases } = run;
  const { refresh } = panel;
  if (!refresh || held.length === 0 || context.deps.signal.aborted) return;
  const fences = leases.toHeld([panelLease(panel.name)]);
  const row: RefreshRecord = {
    id: context.id('ref'),
    run: run.run,
    panel: panel.name,
    startedAt: context.now(),
    finishedAt: null,
    ...{ targets: 0, calls: 0, failed: 0, away: [], error: null, state: null },
  };
  const state = await context.store.refreshes.state(panel.name);
  try {
    const plan = await refresh.plan(held, {
      state,
      restrictedAt: (service) => restrictedAt(context, service),
      signal: context.deps.signal,
    });
    if (plan.calls.length === 0) return;
    row.targets = plan.calls.reduce((sum, call) => sum + countTargets(call), 0);
    row.away = plan.away;
    await context.write(fences, (tables) => tables.refreshes.start(row));
    const made = await new Refreshing(run, refresh, held).make(plan.calls);
    const { calls, failed, errors } = made;
    const change = { calls: calls.length, failed, error: errors[0] ?? null, state: plan.stateAfter(calls) };
    await context.write(fences, (tables) =>
      tables.refreshes.finish(row.id, panel.name, { ...change, finishedAt: context.now() }),
    );
  } catch (error) {
    if (row.targets > 0) throw error;
    const { code, message } = toItemError(error);
    const ended = { ...row, finishedAt: context.now(), error: `${code}: ${message}` };
    await context.write(fences, (tables) => tables.refreshes.start(ended));
  }
}

async function restrictedAt(context: Context, service: string): Promise<Map<string, string>> {
  const at = new Map<string, string>();
  const rows = await context.store.actions.list({ service, newestFirst: true, limit: 500 });
  for (const { target, type, state, endedAt } of rows) {
    const counts = state === 'applied' && endedAt !== null && !at.has(target) && type.startsWith('pause-');
    if (counts) at.set(target, endedAt);
  }
  return at;
}

interface Made {
  calls: { call: RefreshCall; at: string }[];
  failed: number;
  errors: string[];
}

/** The calls of one refresh. */
class Refreshing {
  readonly #run: RefreshRun;
  readonly #refresh: Refresh;
  readonly #held: Map<string, HeldWork>;
  readonly #until: number;
  readonly #silent = new Set<string>();
  readonly #leased = new Map<string, { users: number; taken: Promise<boolean> }>();
  readonly #made: Made = { calls: [], failed: 0, errors: [] };

  constructor(run: RefreshRun, refresh: Refresh, held: HeldWork[]) {
    this.#run = run;
    this.#refresh = refresh;
    this.#held = new Map(held.map((one) => [one.service.id, one]));
    this.#until = run.context.deps.clock.now() + LONGEST_MS;
  }

  /** Makes one call per part first, so that a part that does not answer costs one call only. */
  async make(calls: RefreshCall[]): Promise<Made> {
    const seen = new Set<string>();
    const first = calls.filter(({ part }) => !seen.has(part) && seen.add(part));
    const rest = calls.filter((call) => !first.includes(call));
    for (const some of [first, rest]) {
      await runConcurrently(some, AT_ONCE, (call) => this.#makeLeased(call), this.#isOver);
    }
    return this.#made;
  }

  readonly #isOver = (): boolean => {
    const { signal, clock } = this.#run.context.deps;
    return signal.aborted || clock.now() >= this.#until;
  };

  async #makeLeased(call: RefreshCall): Promise<void> {
    if (this.#silent.has(call.part)) return;
    const taken: string[] = [];
    try {
      for (const { service } of call.items) if (await this.#take(service)) taken.push(service);
      const due = await this.#stillDue(taken);
      const items = call.items.filter(({ service }) => due.has(service));
      if (items.length > 0) await this.#makeCall({ ...call, items });
    } finally {
      for (const service of taken) await this.#giveBack(service);
    }
  }

  async #makeCall(call: RefreshCall): Promise<void> {
    const { context } = this.#run;
    try {
      const { failed } = await this.#refresh.make(call, context.deps.signal);
      this.#made.failed += failed;
    } catch (error) {
      const { code, message } = toItemError(error);
      this.#silent.add(call.part);
      this.#made.failed += countTargets(call);
      this.#made.errors.push(`${code}: ${message}`);
    }
    this.#made.calls.push({ call, at: context.now() });
  }

  /** Returns the services that are unchanged since they were read and not under `observe`. */
  async #stillDue(services: string[]): Promise<Set<string>> {
    const { context, panel } = this.#run;
    const { store } = context;
    const facts = await storedFacts(store, services);
    const holds = await store.holds.open({ services });
    const enforcements = await readEnforcements(context.config, store);
    const due = services.filter((id) => {
      const held = this.#held.get(id);
      if (!held || facts.get(id) !== held.facts) return false;
      if (enforcements.isObserving(panel.name, held.service.product)) return false;
      const open = holds.filter((hold) => hold.service === id).map((hold) => hold.id);
      return open.length === held.holds.length && held.holds.every((hold) => open.includes(hold.id));
    });
    return new Set(due);
  }

  /** Acquires the lease of a service, shared between its calls; false where another run has it. */
  async #take(service: string): Promise<boolean> {
    const known = this.#leased.get(service);
    if (known) known.users++;
    const taken = known?.taken ?? this.#run.leases.tryTake(serviceLease(service)).then((result) => 'lease' in result);
    if (!known) this.#leased.set(service, { users: 1, taken });
    if (await taken) return true;
    this.#leased.delete(service);
    return false;
  }

  async #giveBack(service: string): Promise<void> {
    const known = this.#leased.get(service);
    if (!known || --known.users > 0) return;
    this.#leased.delete(service);
    await this.#run.leases.release(serviceLease(service));
  }
}

function countTargets({ items }: RefreshCall): number {
  return items.reduce((sum, { targets }) => sum + targets.length, 0);
}
