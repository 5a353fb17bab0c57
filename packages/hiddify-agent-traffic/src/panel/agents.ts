import {
  type AgentAddon,
  type AgentRename,
  type AgentUserChanges,
  type AgentUserRequest,
  type ApplyContext,
  type Clock,
  isListProblem,
  isoNow,
  type ListProblem,
  type Observation,
  type PanelAgents,
  type RaiseRequest,
  type ReservationOutcome,
  SluiceError,
  type Step,
  type StepOutcome,
  type WantedUser,
} from '@sluice/panel-kind';
import type {
  ActionRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
  ServiceRecord,
} from '@sluice/quota-core';
import { checkNewUser, MOST_BYTES } from '../client/check-user.js';
import type { HiddifyUser, HiddifyUserMode } from '../client/records.js';
import type { HiddifyClient, NewHiddifyUser } from '../client/types.js';
import { WRITE_BACK_MS } from '../account/counter.js';
import { type ObservedList, recordList } from '../account/record-list.js';
import type { AgentRules, RecordedAgents } from '@sluice/quota-core/agents';
import { findSuccessions } from '../account/successors.js';
import {
  disablingStep,
  enablingStep,
  findZeroing,
  isTouchedSince,
  type UserPrior,
  WITH_AGENT,
} from '../account/user-actions.js';
import { listNotices } from '../account/notices.js';
import type { AddonSearch } from './addon.js';
import { createUserChanges } from './agent-users.js';
import {
  type BareList,
  readLists,
  readMissing,
  readReservation,
  rereadEnabled,
  rereadHalfMade,
} from './agent-reads.js';
import { performAgentStep } from './apply.js';
import type { HiddifyState } from './lists.js';
import { resolveAction } from './resolve.js';
import { toOwner, toRaise } from './product.js';
import { USER_REF } from './settings.js';

/** Dependencies of the agents of one panel. */
interface AgentsDependencies {
  name: string;
  client: HiddifyClient;
  clock: Clock;
  rules: AgentRules;
  /** Finds the add-on; null where the config does not name it. */
  findAddon: (() => Promise<AddonSearch>) | null;
  /** Waits for its turn before a changing call. */
  turn: (work: () => Promise<StepOutcome>) => Promise<StepOutcome>;
}

/** Users and accounts that one run reads one by one. */
const MOST_LOOKUPS = 100;

/** Defaults of a new user; the panel's own are 90 days and 1000 GB. */
const USER_DEFAULTS = { packageDays: 30, mode: 'no_reset' } as const;

type Facet = Required<PanelAgents>;

/** The agents of a Hiddify panel. */
export class HiddifyAgents implements PanelAgents {
  readonly rules: AgentRules;
  readonly serviceRestriction = WITH_AGENT;
  readonly listNotices = listNotices;
  readonly disable = disablingStep;
  readonly enable = enablingStep;
  readonly users: AgentUserChanges;
  readonly hasAddon: boolean;

  constructor(private readonly deps: AgentsDependencies) {
    this.rules = deps.rules;
    this.users = createUserChanges(deps.rules);
    this.hasAddon = deps.findAddon !== null;
  }

  async addon(): Promise<AgentAddon | null> {
    const { findAddon, name } = this.deps;
    if (findAddon === null) return null;
    const found = await findAddon();
    if (found.found) return found.backend;
    const tried = found.tried.map(({ prefix, reason }) => `${prefix}: ${reason}`);
    throw new SluiceError(
      'addon_absent',
      `Panel "${name}": the add-on (panels.${name}.agents.addon) does not answer, so no limit is known (${tried.join('; ')}): set agents.addon: false so that Sluice enforces the limits, or set its prefix`,
      { kind: 'panel', details: { panel: name, tried: found.tried } },
    );
  }

  read(
    last: AgentSnapshotRecord | null,
    { acceptHalved, signal }: { acceptHalved: boolean; signal: AbortSignal },
  ): Promise<BareList | ListProblem> {
    return readLists(this.deps.client, last, { acceptHalved, call: { signal } });
  }

  async complete(
    bare: BareList,
    known: Parameters<PanelAgents['complete']>[1],
    signal: AbortSignal,
  ): Promise<ObservedList | ListProblem> {
    const { client, clock, rules } = this.deps;
    const bounds = { maxLookups: MOST_LOOKUPS, call: { signal } };
    const found = await readMissing(client, bare, known, bounds);
    if (isListProblem(found)) return found;
    const list = await rereadEnabled(client, found, known.disabled, bounds.call);
    // A row without usage matters only where limits count.
    if (rules.accounting !== 'allocated') return list;
    return rereadHalfMade(client, list, new Set(known.users.map(({ key }) => key)), { clock, ...bounds });
  }

  findRenames(list: ObservedList, known: Parameters<Facet['findRenames']>[1]): AgentRename[] {
    const names = new Map(list.admins.map(({ uuid, name }) => [uuid, name]));
    return findSuccessions(list, known).flatMap(({ from, to: [to], isSame }) =>
      isSame && to !== undefined ? [{ from: from.uuid, to, hasName: names.get(to) === from.name }] : [],
    );
  }

  recordsSince({ at }: AgentSnapshotRecord): string {
    return new Date(Date.parse(at) - WRITE_BACK_MS).toISOString();
  }

  listUnlimited({ users }: ObservedList): ReturnType<Facet['listUnlimited']> {
    const found = new Map<string, Pick<AgentUserRecord, 'limitBytes' | 'panelId'>>();
    for (const { uuid, limitBytes, id: panelId } of users)
      if (uuid !== null && limitBytes >= MOST_BYTES) found.set(uuid, { limitBytes, panelId });
    return found;
  }

  record(
    list: ObservedList,
    { records, users, actions }: Parameters<PanelAgents['record']>[1],
    at: Parameters<PanelAgents['record']>[2],
  ): RecordedAgents {
    const { name: panel, rules } = this.deps;
    const zeroings = records.snapshot === null ? [] : actions.flatMap((row) => findZeroing(row) ?? []);
    return recordList({ panel, rules, list, ...at, records, users, zeroings });
  }

  isTouched(user: HiddifyUser, prior: UserPrior): boolean {
    return isTouchedSince(user, prior);
  }

  newUser({ name, limitBytes, packageDays, mode, comment, startDate, telegramId }: AgentUserRequest): WantedUser {
    const wanted = {
      uuid: this.deps.client.newUuid(),
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

  toSoldRaise(
    { state }: Observation,
    { service, product, fromBytes, toBytes }: Parameters<Facet['toSoldRaise']>[1],
  ): RaiseRequest | null {
    const { user } = (state as HiddifyState | null) ?? { user: null };
    if (user === null || user.owner !== toOwner(service, product)) return null;
    const change = { limitBytes: toBytes ?? MOST_BYTES };
    return toRaise({ ...user, limitBytes: fromBytes }, change, { lifted: false, soldBytes: null });
  }

  readReservation(reservation: AgentReservationRecord, again: boolean): Promise<ReservationOutcome> {
    return readReservation(this.deps, reservation, again);
  }

  apply(step: Step, context: ApplyContext): Promise<StepOutcome> {
    return this.deps.turn(() => performAgentStep(this.deps.client, step, context));
  }

  async observe(uuid: string): Promise<Observation<HiddifyState>> {
    const at = isoNow(this.deps.clock);
    return { service: uuid, at, state: { user: await this.deps.client.users.get(uuid), rows: null }, error: null };
  }

  resolve(action: ActionRecord, observation: Observation): StepOutcome | null {
    return resolveAction(action, observation as Observation<HiddifyState>);
  }

  getServiceUser({ refs }: Pick<ServiceRecord, 'refs'>): string | null {
    return refs[USER_REF] ?? null;
  }
}
