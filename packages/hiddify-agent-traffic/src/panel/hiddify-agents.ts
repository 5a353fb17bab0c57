import {
  type AgentAddon,
  type AgentLimit,
  type AgentMemory,
  type AgentPlan,
  type AgentPlanInput,
  type AgentSemantics,
  type AgentTraffic,
  type AgentUserRequest,
  type ApplyContext,
  type Clock,
  type CreationCheck,
  isListProblem,
  type ListProblem,
  type Observation,
  type PanelAgents,
  type RaiseOrder,
  type RecordedAgents,
  type ReservationLook,
  type RestorePlan,
  SluiceError,
  type Step,
  type StepOutcome,
  type WantedUser,
  isoNow,
} from '@sluice/panel-kind';
import type {
  ActionRecord,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
  HoldRecord,
  ServiceRecord,
} from '@sluice/quota-core';
import type { AddonSearch } from '../addon/addon-backend.js';
import { checkNewUser } from '../client/check-user.js';
import type { HiddifyUserMode } from '../client/records.js';
import type { HiddifyClient, NewHiddifyUser } from '../client/types.js';
import { USER_REF, WITH_AGENT } from '../steps/user-actions.js';
import { ownerNameOf } from '../traffic/describe.js';
import { explainAgent } from '../traffic/explain.js';
import { withLimits } from '../traffic/limits.js';
import { lookUp } from '../traffic/look.js';
import { chainOf, describeAll, findAgent, heldSince, knownAgents } from '../traffic/memory.js';
import { type BareList, lookUpMissing, readLists, rereadHalfMade } from '../traffic/observe.js';
import { planDisabling, planRestore, planUsers, type PlanInput } from '../traffic/plan-users.js';
import { checkRaise } from '../traffic/raise.js';
import { raiseKey } from '../traffic/raised-limit.js';
import { type ObservedList, recordList, type RecordedList } from '../traffic/record-list.js';
import type { AgentRules } from '../traffic/settings.js';
import { WRITE_BACK_MS } from '../traffic/zeroings.js';
import { performAgentStep } from './agent-steps.js';
import { resolveHiddify } from './hiddify-resolve.js';
import type { HiddifyState } from './hiddify-state.js';
import { zeroingIn } from './journaled-zeroings.js';

/** What the agents of a panel are opened with. */
interface AgentsInput {
  name: string;
  client: HiddifyClient;
  clock: Clock;
  rules: AgentRules;
  /** Looks for the add-on; null where the config does not name it. */
  findAddon: (() => Promise<AddonSearch>) | null;
  /** Runs a changing call in its turn. */
  turn: (work: () => Promise<StepOutcome>) => Promise<StepOutcome>;
}

/** Users and accounts that are asked about one by one in a run. */
const MOST_LOOKUPS = 100;

/** Defaults of a user that says nothing else; the panel's own are 90 days and 1000 GB. */
const USER_DEFAULTS = { packageDays: 30, mode: 'no_reset' } as const;

/** A recorded list with what the planner needs of it. */
type Recorded = RecordedAgents & { own: RecordedList };

/** The agents of a Hiddify panel. */
export class HiddifyAgents implements PanelAgents {
  readonly semantics: AgentSemantics;
  readonly serviceRestriction = WITH_AGENT;
  readonly #in: AgentsInput;

  constructor(input: AgentsInput) {
    this.#in = input;
    const { accounting } = input.rules;
    const yes = { zeroIsNothing: true, atomicCreation: true, restores: true, ancestors: true, ledger: true };
    this.semantics = { kind: 'sluice', accounting, ...yes };
  }

  async addon(): Promise<AgentAddon | null> {
    const { findAddon, name } = this.#in;
    if (findAddon === null) return null;
    const found = await findAddon();
    if (found.found) return found.backend;
    const tried = found.tried.map(({ prefix, reason }) => `${prefix}: ${reason}`);
    throw new SluiceError(
      'addon_absent',
      `Panel "${name}": the add-on (panels.${name}.agents.addon) does not answer, so nothing is known of any limit (${tried.join('; ')}): set agents.addon: false to have Sluice keep the limits itself, or name its prefix`,
      { kind: 'panel', details: { panel: name, tried: found.tried } },
    );
  }

  read(
    last: AgentSnapshotRecord | null,
    { acceptHalved, signal }: { acceptHalved: boolean; signal: AbortSignal },
  ): Promise<BareList | ListProblem> {
    return readLists(this.#in.client, last, { acceptHalved, call: { signal } });
  }

  async complete(
    bare: BareList,
    known: { agents: readonly AgentRecord[]; users: readonly AgentUserRecord[] },
    signal: AbortSignal,
  ): Promise<ObservedList | ListProblem> {
    const { client, clock, rules } = this.#in;
    const bound = { maxLookups: MOST_LOOKUPS, call: { signal } };
    const list = await lookUpMissing(client, bare, { agents: known.agents, ledger: known.users, ...bound });
    // Where only real traffic counts, a row without usage is nothing yet.
    if (isListProblem(list) || rules.accounting !== 'allocated') return list;
    return rereadHalfMade(client, list, new Set(known.users.map(({ key }) => key)), { clock, ...bound });
  }

  recordsSince({ at }: AgentSnapshotRecord): string {
    return new Date(Date.parse(at) - WRITE_BACK_MS).toISOString();
  }

  record(
    list: ObservedList,
    { memory, users, actions }: Parameters<PanelAgents['record']>[1],
    { now, run }: { now: string; run: string | null },
  ): Recorded {
    const { name: panel, rules } = this.#in;
    const { snapshot: before, periodNow } = memory;
    const zeroings = before === null ? [] : actions.flatMap((row) => zeroingIn(row) ?? []);
    const own = recordList({
      settings: rules,
      list,
      now,
      periodNow,
      run,
      agents: memory.agents,
      ledger: users,
      reservations: memory.reservations,
      held: new Set(heldSince(memory).keys()),
      since: { before, zeroings },
    });
    const inPanel = <T extends object>(rows: Iterable<T>): (T & { panel: string })[] =>
      [...rows].map((row) => ({ ...row, panel }));
    const agents = inPanel(own.agents.values());
    return {
      own,
      agents: new Map(agents.map((agent) => [agent.uuid, agent])),
      users: { changed: inPanel(own.ledger.changed), removed: own.ledger.removed },
      reservations: inPanel(own.reservations),
      snapshot: {
        panel,
        at: list.at,
        until: now,
        users: list.users.length,
        admins: list.admins.length,
        ownerName: ownerNameOf(own.hierarchy),
      },
      crossed: own.crossed,
      standing: new Map(
        agents.map(({ uuid, limitBytes, role, missingSince }) => {
          const counts = limitBytes !== null && missingSince === null && role === 'agent' && !own.exempt.has(uuid);
          return [uuid, { force: own.judgements.get(uuid)?.force ?? 'free', counts }];
        }),
      ),
    };
  }

  plan(input: AgentPlanInput): AgentPlan {
    return planUsers(this.#planInput(input));
  }

  planRestore(input: AgentPlanInput, force: boolean): RestorePlan {
    return planRestore(this.#planInput(input), force);
  }

  planDisabling(input: AgentPlanInput, hold: HoldRecord): Step[] {
    return planDisabling(this.#planInput(input), hold);
  }

  #planInput(input: AgentPlanInput): PlanInput {
    const { own, standing } = input.recorded as Recorded;
    const list = input.list as ObservedList;
    return { ...input, list, recorded: { ...own, standing }, agents: this.describe(input.memory) };
  }

  describe(memory: AgentMemory): AgentTraffic[] {
    return describeAll(knownAgents(memory, this.#in.rules));
  }

  explain(agent: AgentTraffic, now: string): string {
    return explainAgent(agent, now);
  }

  find(text: string, memory: AgentMemory): AgentRecord {
    const found = findAgent(text, new Map(memory.agents.map((agent) => [agent.uuid, agent])));
    return { ...found, panel: this.#in.name };
  }

  chainOf(agent: string, memory: AgentMemory): string[] {
    return chainOf(agent, memory);
  }

  check(memory: AgentMemory, chain: readonly string[], bytes: number): CreationCheck {
    return knownAgents(memory, this.#in.rules).checker.canCreateUserWithTraffic(chain, bytes);
  }

  withLimits(memory: AgentMemory, limits: readonly AgentLimit[], now: string): AgentRecord[] {
    const { name: panel, rules: settings } = this.#in;
    const { agents } = knownAgents(memory, settings);
    const { periodNow } = memory;
    return withLimits(agents, limits, { settings, now, periodNow }).map((agent) => ({ ...agent, panel }));
  }

  newUser({ name, limitBytes, packageDays, mode, comment, startDate, telegramId }: AgentUserRequest): WantedUser {
    const wanted = {
      uuid: this.#in.client.newUuid(),
      name,
      limitBytes,
      packageDays: packageDays ?? USER_DEFAULTS.packageDays,
      mode: (mode ?? USER_DEFAULTS.mode) as HiddifyUserMode,
      comment: comment ?? '',
      ...(startDate === undefined ? {} : { startDate }),
      ...(telegramId === undefined ? {} : { telegramId }),
    } satisfies NewHiddifyUser;
    checkNewUser(wanted);
    return wanted;
  }

  raise(
    memory: AgentMemory,
    order: RaiseOrder,
    known: { earlier: AgentReservationRecord | null; user: AgentUserRecord | null },
  ): ReturnType<PanelAgents['raise']> {
    return checkRaise(memory, this.#in.rules, order, known);
  }

  raiseKey(user: string): string {
    return raiseKey(user);
  }

  look(reservation: AgentReservationRecord, again: boolean): Promise<ReservationLook> {
    return lookUp(this.#in, reservation, again);
  }

  apply(step: Step, context: ApplyContext): Promise<StepOutcome> {
    return this.#in.turn(() => performAgentStep(this.#in.client, step, context));
  }

  async observe(uuid: string): Promise<Observation<HiddifyState>> {
    const at = isoNow(this.#in.clock);
    return { service: uuid, at, state: { user: await this.#in.client.users.get(uuid), rows: null }, error: null };
  }

  resolve(action: ActionRecord, observation: Observation): StepOutcome | null {
    return resolveHiddify(action, observation as Observation<HiddifyState>);
  }

  userOf({ refs }: Pick<ServiceRecord, 'refs'>): string | null {
    return refs[USER_REF] ?? null;
  }
}
