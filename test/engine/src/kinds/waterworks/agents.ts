import {
  AGENT_STEPS,
  type AgentList,
  type AgentUserRequest,
  type ApplyContext,
  type BareAgentList,
  isoNow,
  type KnownListedUser,
  type ListedUser,
  type ListProblem,
  newStep,
  notDone,
  type Observation,
  type PanelAgents,
  type PanelDependencies,
  type ReservationOutcome,
  type Step,
  type StepOutcome,
  toItemError,
  toOutcome,
  type UserRestriction,
  type WantedUser,
} from '@sluice/panel-kind';
import type {
  ActionRecord,
  AgentReservationRecord,
  AgentUserRecord,
  EvidenceRecord,
  ServiceRecord,
} from '@sluice/quota-core';
import {
  AgentHierarchy,
  type AgentRules,
  type ListedAccount,
  OWN_ACCOUNT,
  recordAgents,
  type RecordedAgents,
  stepLedger,
} from '@sluice/quota-core/agents';
import type { MeterRow, WaterworksClient } from './client.js';

/** A meter of the list, as a user of its wholesaler. */
interface Customer extends ListedUser {
  pipe: string;
}

interface Lists extends AgentList {
  accounts: readonly ListedAccount[];
  users: readonly Customer[];
}

/** What is stored of a customer whose water was shut. */
interface Prior {
  name: string;
  owner: string | null;
  pipe: string;
}

const VALVES = ['hot', 'cold'] as const;

/** Wholesalers of a waterworks: a reader, the steps and a new meter. All else is the engine's. */
export class WaterworksAgents implements PanelAgents {
  readonly serviceRestriction = 'shut';
  readonly rules: AgentRules = {
    ...{ accounting: 'consumed', period: 'monthly', timeZone: 'UTC' },
    ...{ exempt: [], releaseBelowPercent: 95, thresholds: [80] },
  };

  constructor(
    private readonly client: WaterworksClient,
    private readonly on: Pick<PanelDependencies, 'clock' | 'randomBytes'> & { name: string },
  ) {}

  async read(_last: unknown, { signal }: { signal: AbortSignal }): Promise<BareAgentList | ListProblem> {
    const at = isoNow(this.on.clock);
    try {
      const wholesalers = await this.client.listWholesalers(signal);
      const meters = await this.client.list(signal);
      const own = { uuid: OWN_ACCOUNT, name: 'Waterworks', role: 'owner', parent: OWN_ACCOUNT };
      const accounts = wholesalers.map(({ id, name, above }): ListedAccount => {
        return { uuid: id, name, role: 'agent', parent: above ?? OWN_ACCOUNT };
      });
      const users = meters.map(toCustomer);
      const lists: Lists = { at, accounts: [own, ...accounts], users, unread: new Set() };
      return lists;
    } catch (error) {
      return { ...toItemError(error), cause: error };
    }
  }

  complete(list: BareAgentList): Promise<AgentList> {
    return Promise.resolve(list as Lists);
  }

  record(
    { at, accounts, users }: Lists,
    { records, users: entries }: Parameters<PanelAgents['record']>[1],
    how: Parameters<PanelAgents['record']>[2],
  ): RecordedAgents {
    const { name: panel } = this.on;
    const listed = new Set(users.map(({ uuid }) => uuid));
    const gone = new Set(entries.flatMap(({ key }) => (listed.has(key) ? [] : [key])));
    const grown = new Map(entries.map(({ key, lastBytes }) => [key, lastBytes]));
    return recordAgents({
      ...{ panel, rules: this.rules, records, ...how, links: [] },
      list: { at, accounts, users, goneAccounts: new Set() },
      hierarchy: new AgentHierarchy(accounts),
      charge: (left) => stepLedger(entries, { panel, at, users, gone, left }),
      listGrowth: () => new Map(users.flatMap((user) => toGrowth(user, grown))),
    });
  }

  disable({ uuid, name, owner, pipe }: KnownListedUser & Customer, due: UserRestriction): Step {
    const prior: Prior = { name, owner, pipe };
    const begins = { kind: 'meter', target: uuid, prior: { ...prior, ...due.figures } };
    const payload = { agent: due.agent, why: due.why };
    return newStep(AGENT_STEPS.disable, uuid, { hold: due.hold, prior, begins, payload });
  }

  enable({ uuid, name, owner, pipe }: KnownListedUser & Customer, { id, hold }: EvidenceRecord, why: string): Step {
    const payload = { agent: owner ?? '', why };
    return newStep(AGENT_STEPS.enable, uuid, { hold, prior: { name, owner, pipe }, payload, ends: [id] });
  }

  isTouched({ name, pipe }: Customer, prior: Prior): boolean {
    return name !== prior.name || pipe !== prior.pipe;
  }

  newUser({ name, limitBytes }: AgentUserRequest): WantedUser {
    const number = Buffer.from(this.on.randomBytes(4)).readUInt32BE();
    return { uuid: `m-${number}`, name, limitBytes };
  }

  async readReservation({ uuid }: AgentReservationRecord): Promise<ReservationOutcome> {
    const nothing = { repair: null, error: null };
    try {
      return { state: (await this.client.get(uuid)) === null ? 'not-created' : 'settled', ...nothing };
    } catch (error) {
      return { state: 'unknown', repair: null, error: toItemError(error) };
    }
  }

  /** Reads the meter, changes it, and reads it again. */
  async apply(step: Step, { calling }: ApplyContext): Promise<StepOutcome> {
    const { type, target } = step;
    const before = await this.client.get(target).catch(toItemError);
    if (before !== null && 'code' in before) return { state: 'failed', observed: null, error: before };
    if (outcomeOf(step, before).state === 'applied') return { ...outcomeOf(step, before), state: 'unneeded' };
    await calling();
    const refused = await this.#call(type, target, step.payload).then(() => null, toItemError);
    const after = await this.client.get(target).catch(toItemError);
    if (after !== null && 'code' in after) return { state: 'in-doubt', observed: null, error: refused ?? after };
    const outcome = outcomeOf(step, after);
    return outcome.state === 'applied' || refused === null
      ? outcome
      : { ...outcome, state: 'in-doubt', error: refused };
  }

  async #call(type: string, target: string, payload: unknown): Promise<void> {
    if (type === AGENT_STEPS.create) {
      const { wanted } = payload as { wanted: WantedUser & { owner: string } };
      const { uuid: id, name, limitBytes: cap, owner: seller } = wanted;
      return this.client.create({ id, name, pipe: 'narrow', cap, seller });
    }
    if (type === AGENT_STEPS.delete) return this.client.change('DELETE', target);
    const to = type === AGENT_STEPS.disable ? 'shut' : 'open';
    for (const valve of VALVES) await this.client.change('POST', `${target}/valves/${valve}/${to}`);
  }

  async observe(user: string): Promise<Observation> {
    const at = isoNow(this.on.clock);
    return { service: user, at, state: { meter: await this.client.get(user) }, error: null };
  }

  resolve(action: ActionRecord, { state }: Observation): StepOutcome | null {
    return outcomeOf(action, (state as { meter: MeterRow | null }).meter);
  }

  getServiceUser({ refs }: Pick<ServiceRecord, 'refs'>): string | null {
    return refs['meter_id'] ?? null;
  }
}

function toCustomer({ id, name, seller, cap = 0, valves, litres, pipe }: MeterRow): Customer {
  const enabled = VALVES.some((valve) => valves[valve] === 'open');
  return {
    uuid: id,
    id: Number(id.slice(2)),
    name,
    owner: seller ?? null,
    enabled,
    limitBytes: cap,
    usedBytes: litres,
    pipe,
  };
}

function toGrowth(
  { uuid, usedBytes }: Customer,
  before: ReadonlyMap<AgentUserRecord['key'], number>,
): [string, number][] {
  const last = before.get(uuid ?? '');
  return last === undefined || usedBytes <= last ? [] : [[uuid ?? '', usedBytes - last]];
}

function outcomeOf({ type, target }: Pick<Step, 'type' | 'target'>, meter: MeterRow | null): StepOutcome {
  const isShut = meter !== null && VALVES.every((valve) => meter.valves[valve] === 'shut');
  const isOpen = meter !== null && VALVES.every((valve) => meter.valves[valve] === 'open');
  const done = {
    [AGENT_STEPS.create]: meter !== null,
    [AGENT_STEPS.delete]: meter === null,
    [AGENT_STEPS.disable]: isShut,
    [AGENT_STEPS.enable]: isOpen,
  }[type];
  if (done === true) return toOutcome('applied', { observed: meter });
  return notDone(`${type} ${target} was not done`, meter);
}
