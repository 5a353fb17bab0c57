import { systemClock } from '@sluice/panel-http';
import { brakeStops } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import type { CallOptions } from '../client/types.js';
import { AgentTrafficError } from '../errors.js';
import type { StepHooks } from '../steps/step.js';
import type { AgentTrafficBackend, BackendSemantics } from './backend.js';
import { disableAllUsers, restoreAllUsers, restoreUsers, type OrderOptions } from './by-order.js';
import type { ManagerContext } from './context.js';
import { createAgentUser } from './creation.js';
import { describeAgent, isShown } from './describe.js';
import { explainAgent } from './explain.js';
import { figuresForCreation, freshFigures, knownAgent, readFigures } from './figures.js';
import { fingerprintOf } from './fingerprint.js';
import { setTrafficLimits, showAgent, type LedgerOpening, type LimitOrder } from './limits.js';
import { problemError } from './observe.js';
import { raiseUser, type RaiseOrder } from './raise.js';
import { rememberedState } from './remembered.js';
import { settleReservations, type SettledReservation } from './settle-reservations.js';
import { checkSettings } from './settings.js';
import { executeSweep, prepareSweep } from './sweep.js';
import type {
  AgentExplanation,
  AgentTraffic,
  AgentTrafficManagerOptions,
  AgentUserRequest,
  CreatedAgentUser,
  CreationCheck,
  OrderResult,
  PrepareSweepOptions,
  SweepOptions,
  SweepPlan,
  SweepResult,
} from './types.js';

/**
 * Keeps agents inside their traffic limits on a stock panel: checks before a user is created, sweeps, disables the users of an
 * agent that is over, and gives back exactly those. Needs the Owner's key.
 *
 * Agents are named by uuid or by an unambiguous name. Bytes are whole numbers, instants ISO 8601 UTC.
 *
 * @example
 * ```ts
 * const manager = new AgentTrafficManager({ client, store: new MemoryAgentTrafficStore() });
 * await manager.setTrafficLimit('north', 500 * 1024 ** 3);
 * await manager.createUser('north', { name: 'anna', limitBytes: 10 * 1024 ** 3 });
 * await manager.sweep();
 * ```
 *
 * @throws AgentTrafficError `invalid_settings`
 */
export class AgentTrafficManager implements AgentTrafficBackend {
  readonly semantics: BackendSemantics;
  readonly #context: ManagerContext;

  constructor(options: AgentTrafficManagerOptions) {
    const { client, store, clock = systemClock } = options;
    this.#context = {
      client,
      store,
      settings: checkSettings(options),
      clock,
      periodNow: options.periodNow ?? (() => new Date(clock.now()).toISOString()),
      newUuid: options.newUuid ?? (() => client.newUuid()),
      writePauseMs: options.writePauseMs ?? 50,
      maxWritesPerSweep: options.maxWritesPerSweep ?? 1000,
      maxFiguresAgeMs: options.maxFiguresAgeMs ?? 60_000,
      figuresSince: options.figuresSince ?? null,
      reservationMs: options.reservationMs ?? 600_000,
      holder: options.holder ?? null,
      isHolderAlive: options.isHolderAlive ?? (() => null),
      mayResume: options.mayResume ?? (() => false),
      recheck: options.recheck ?? true,
      maxLookups: options.maxLookups ?? 100,
      zeroings: options.zeroings ?? (() => Promise.resolve([])),
    };
    this.semantics = {
      kind: 'sluice',
      accounting: this.#context.settings.accounting,
      zeroIsNothing: true,
      atomicCreation: true,
      restores: true,
      ancestors: true,
      ledger: true,
    };
  }

  /** Reads the panel now and remembers it: two list calls. Plans nothing. */
  refresh(call: CallOptions = {}): Promise<void> {
    return readFigures(this.#context, call);
  }

  /** All agents, by uuid, with figures not older than the settings allow. */
  async listAgents(call: CallOptions = {}): Promise<AgentTraffic[]> {
    await freshFigures(this.#context, call);
    return this.rememberedAgents();
  }

  /** The same from what is remembered, without a call. */
  async rememberedAgents(): Promise<AgentTraffic[]> {
    const state = await rememberedState(this.#context);
    return [...state.agents.values()]
      .filter(isShown)
      .map((agent) => describeAgent(agent, state))
      .sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
  }

  getAgent(agent: string, call: CallOptions = {}): Promise<AgentTraffic> {
    return showAgent(this.#context, agent, call);
  }

  /** The figure of the accounting in force, sub-agents included. */
  async getTotalTraffic(agent: string, call: CallOptions = {}): Promise<number> {
    return (await this.getAgent(agent, call)).usedBytes;
  }

  /** What is left under its own limit, never negative; null without one. */
  async getRemainingTraffic(agent: string, call: CallOptions = {}): Promise<number | null> {
    return (await this.getAgent(agent, call)).remainingBytes;
  }

  async isLimitExceeded(agent: string, call: CallOptions = {}): Promise<boolean> {
    return (await this.getAgent(agent, call)).exceeded;
  }

  /** Null takes the limit away, 0 allows nothing. See `setTrafficLimits`. */
  async setTrafficLimit(
    agent: string,
    limitBytes: number | null,
    options: { opening?: LedgerOpening; dryRun?: boolean } & CallOptions = {},
  ): Promise<AgentTraffic> {
    const { opening, ...rest } = options;
    const [shown] = await this.setTrafficLimits(
      [{ agent, limitBytes, ...(opening === undefined ? {} : { opening }) }],
      rest,
    );
    if (shown === undefined) throw new AgentTrafficError('unknown_agent', 'There is no such agent.');
    return shown;
  }

  /** Several limits at once, all or none. With `dryRun` the agents as they would be: look at `exceeded` before going on. */
  setTrafficLimits(
    orders: readonly LimitOrder[],
    options: { dryRun?: boolean } & CallOptions = {},
  ): Promise<AgentTraffic[]> {
    return setTrafficLimits(this.#context, orders, options);
  }

  /** May the agent have one more user of `newBytes`? The same rule as `createUser`, at this moment; only that one keeps it. */
  async canCreateUserWithTraffic(agent: string, newBytes: number, call: CallOptions = {}): Promise<CreationCheck> {
    const known = await knownAgent(this.#context, agent, call, figuresForCreation);
    return known.state.checker.canCreateUserWithTraffic(known.state.chainOf(known.agent.uuid), newBytes);
  }

  /** Creates a user within the limits, also when fifty do so at once. Rejects with `agent_limit` when it does not fit. */
  createUser(
    agent: string,
    user: AgentUserRequest,
    options: { hooks?: StepHooks } & CallOptions = {},
  ): Promise<CreatedAgentUser> {
    return createAgentUser(this.#context, agent, user, options);
  }

  /**
   * Raises a user's limit, or gives the user to another agent, within the limits: the difference is promised before `work`
   * calls the panel, and confirmed or given back after it. Rejects with `agent_limit` when it does not fit.
   */
  raiseUser<T>(order: RaiseOrder, work: () => Promise<T>, call: CallOptions = {}): Promise<T> {
    return raiseUser(this.#context, order, work, call);
  }

  /** Settles promises of creations and raises that were broken off, by looking up their uuids. Part of `sweep`. */
  settleReservations(
    options: { hooks?: StepHooks; dryRun?: boolean } & CallOptions = {},
  ): Promise<SettledReservation[]> {
    return settleReservations(this.#context, options);
  }

  /** Reads the panel, remembers it and plans; changes nothing there. Look at `problem` and `brake`, then `executeSweep`. */
  prepareSweep(options: PrepareSweepOptions = {}): Promise<SweepPlan> {
    return prepareSweep(this.#context, options);
  }

  /** Does what a plan says. A dry run's plan and one with a problem do nothing. */
  executeSweep(plan: SweepPlan, options: { hooks?: StepHooks } & CallOptions = {}): Promise<SweepResult> {
    return executeSweep(this.#context, plan, options);
  }

  /**
   * `settleReservations`, `prepareSweep`, the brake, `executeSweep`.
   *
   * @throws AgentTrafficError `mass_change` when the brake stops it, or what made the list unusable
   */
  async sweep(options: SweepOptions = {}): Promise<SweepResult> {
    const { hooks = {}, brake = { share: 0.2, atLeast: 10 }, ...prepare } = options;
    const { dryRun = false, run: _run, acceptHalved: _halved, agent: _agent, keptElsewhere: _kept, ...call } = prepare;
    await this.settleReservations({ hooks, dryRun, ...call });
    const plan = await this.prepareSweep(prepare);
    if (plan.problem !== null) throw problemError(plan.problem);
    const { changing, active } = plan.brake;
    if (brake !== false && brakeStops({ changing, active, ...brake })) {
      throw new AgentTrafficError(
        'mass_change',
        `${changing} of ${active} agents with a limit would go over it or come back at once; nobody was disabled or given back.`,
        { details: { ...plan.brake } },
      );
    }
    return this.executeSweep(plan, { hooks, ...call });
  }

  async checkAgent(agent: string, call: CallOptions = {}): Promise<{ exceeded: boolean; agent: AgentTraffic }> {
    const known = await knownAgent(this.#context, agent, call);
    await this.sweep({ agent: known.agent.uuid, ...call });
    const shown = await this.getAgent(known.agent.uuid, call);
    return { exceeded: shown.exceeded, agent: shown };
  }

  async checkAllAgents(call: CallOptions = {}): Promise<{ exceeded: number }> {
    const { totals } = await this.sweep(call);
    return { exceeded: totals.exceeded };
  }

  /** Disables every enabled user below an agent, with a record; only `restoreUsers` gives them back. */
  disableAllUsers(agent: string, options: OrderOptions = {}): Promise<OrderResult> {
    return disableAllUsers(this.#context, agent, options);
  }

  /** Gives back what we disabled below an agent: still disabled, still its own, touched by nobody. */
  restoreUsers(agent: string, options: OrderOptions & { force?: boolean } = {}): Promise<OrderResult> {
    return restoreUsers(this.#context, agent, options);
  }

  /** Gives back everybody whom we disabled, whatever the limits say. */
  restoreAllUsers(options: OrderOptions = {}): Promise<Omit<OrderResult, 'agent'>> {
    return restoreAllUsers(this.#context, options);
  }

  /** Why an agent is in its state, from what is remembered alone. */
  explain(agent: string): Promise<AgentExplanation> {
    return explainAgent(this.#context, agent);
  }

  /**
   * Tells that a user which may be disabled by us was changed by the caller itself (another limit, other days), so that the
   * change is not taken for somebody else's hand.
   */
  async noteOwnChange(user: HiddifyUser): Promise<void> {
    await this.#context.store.write(async (tables) => {
      const record = (await tables.disabled.open()).find(({ uuid }) => uuid === user.uuid);
      if (record === undefined) return;
      await tables.disabled.put([{ ...record, name: user.name, owner: user.owner, fingerprint: fingerprintOf(user) }]);
    });
  }
}
