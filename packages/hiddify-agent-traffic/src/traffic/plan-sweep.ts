import type { HiddifyUser } from '../client/records.js';
import { countDisabled, describeAgent, isShown, ownerNameOf } from './describe.js';
import { fingerprintOf } from './fingerprint.js';
import type { Judgement } from './judge.js';
import { noticesOf } from './notices.js';
import type { AgentRecord, DisabledUserRecord, ReservationRecord } from './records.js';
import type { ObservedList, RecordedList } from './record-list.js';
import type { CheckedSettings } from './settings.js';
import type { AgentSweep, SweepBrake, SweepPlan, SweepStep, UserElsewhere } from './types.js';

export interface PlanInput {
  settings: CheckedSettings;
  list: ObservedList;
  recorded: RecordedList;
  /** Open records of users that we disabled. */
  disabled: readonly DisabledUserRecord[];
  reservations: readonly ReservationRecord[];
  now: string;
  run: string | null;
  dryRun: boolean;
  /** Steps for the users below this agent only. */
  agent: string | null;
  /** Users whose switch somebody else keeps. */
  keptElsewhere: ReadonlySet<string>;
  maxSteps: number;
}

type Plan = Pick<SweepPlan, 'steps' | 'left' | 'elsewhere' | 'dropped' | 'settled' | 'agents' | 'brake' | 'notices'>;

/**
 * From one recorded list to what should be done: users to disable because somebody above them is over, users to give back
 * because nobody above them is any more. Pure; the brake is counted here and decided by the caller.
 */
export function planSweep(input: PlanInput): Plan {
  const { recorded, agent: only } = input;
  const { steps, dropped, settled, elsewhere } = findingsIn(input);
  steps.sort(inOrder);
  const agents = [...recorded.agents.values()].filter(isShown).sort((a, b) => compareText(a.uuid, b.uuid));
  const sweeps = describeAll(agents, input);
  return {
    steps: steps.slice(0, input.maxSteps),
    left: Math.max(0, steps.length - input.maxSteps),
    elsewhere,
    dropped,
    settled,
    agents: sweeps,
    brake: brakeOf(
      only === null ? sweeps : sweeps.filter(({ uuid }) => recorded.hierarchy.chainOf(uuid).includes(only)),
      recorded,
    ),
    notices: noticesOf(input, dropped, steps, sweeps),
  };
}

/** What a list calls for, before steps are put in order and cut off. */
interface Findings extends Pick<SweepPlan, 'elsewhere' | 'dropped' | 'settled'> {
  steps: SweepStep[];
}

function findingsIn(input: PlanInput): Findings {
  const { recorded, agent: only } = input;
  const records = new Map(input.disabled.map((record) => [record.uuid, record]));
  const steps: SweepStep[] = [];
  const dropped: SweepPlan['dropped'] = [];
  const settled: DisabledUserRecord[] = [];
  const elsewhere: UserElsewhere[] = [];
  const seen = new Set<string>();
  for (const user of input.list.users) {
    if (user.uuid === null) continue;
    const record = records.get(user.uuid);
    if (record !== undefined) seen.add(user.uuid);
    const isElsewhere = input.keptElsewhere.has(user.uuid);
    if (!user.enabled && record === undefined && !isElsewhere) continue;
    const chain = recorded.hierarchy.chainOf(user.owner);
    if (only !== null && !chain.includes(only)) continue;
    if (isElsewhere) {
      elsewhere.push(userElsewhere(user, record ?? null, chain, recorded));
      if (record !== undefined) dropped.push({ record, outcome: 'handed-over' });
      continue;
    }
    const over = chain.find((agent) => forceOf(recorded, agent) === 'over');
    if (user.enabled) {
      if (over !== undefined && !recorded.exempt.has(user.owner ?? '')) {
        if (record?.reason === 'operator') dropped.push({ record, outcome: 'enabled-by-others' });
        const continued = record?.reason === 'limit' ? record.id : null;
        steps.push({ step: stepFor('disable-user', user, over), record: continued });
      } else if (record !== undefined) {
        dropped.push({ record, outcome: enabledOutcome(record) });
      }
    } else if (record?.reason === 'limit') {
      const outcome = goneAstray(user, record);
      const holder = chain.find((agent) => forceOf(recorded, agent) !== 'free');
      if (outcome !== null) dropped.push({ record, outcome });
      else if (holder === undefined) {
        steps.push({ step: stepFor('enable-user', user, record.agent), record: record.id });
      } else {
        const handed = forceOf(recorded, record.agent) === 'free' ? holder : record.agent;
        // We were cut off between a call and its record, or another one above the user holds it now.
        if (record.state !== 'disabled' || handed !== record.agent)
          settled.push({ ...record, agent: handed, state: 'disabled' });
      }
    }
  }
  return { steps, dropped: [...dropped, ...droppedUnseen(input, seen)], settled, elsewhere };
}

/** How the records end whose users are not in the list. */
function droppedUnseen({ disabled, recorded }: PlanInput, seen: ReadonlySet<string>): SweepPlan['dropped'] {
  const dropped: SweepPlan['dropped'] = [];
  for (const record of disabled) {
    if (seen.has(record.uuid)) continue;
    const entry = recorded.ledger.entries.get(record.uuid);
    // The ledger goes on under the uuid that somebody has given to the user since.
    if (entry === undefined) dropped.push({ record, outcome: 'touched' });
    // Only what the panel does not have any more is gone; what merely is not in the list stays remembered.
    else if (entry.gone) dropped.push({ record, outcome: 'gone' });
  }
  return dropped;
}

/** What the limits above a user call for, for whoever keeps its switch. */
function userElsewhere(
  user: HiddifyUser,
  record: DisabledUserRecord | null,
  chain: readonly string[],
  recorded: RecordedList,
): UserElsewhere {
  const { uuid, name, owner, enabled } = user;
  const over = recorded.exempt.has(owner ?? '')
    ? undefined
    : chain.find((agent) => forceOf(recorded, agent) === 'over');
  const keeper = over ?? chain.find((agent) => forceOf(recorded, agent) !== 'free');
  const force = over !== undefined ? 'over' : keeper !== undefined ? 'keep' : 'free';
  return { uuid: uuid ?? '', name, owner, enabled, force, agent: keeper ?? null, chain: [...chain], record };
}

/** How a record ends whose user is found enabled. */
export function enabledOutcome({ state }: DisabledUserRecord): 'not-done' | 'restored' | 'enabled-by-others' {
  if (state === 'intended') return 'not-done';
  return state === 'restoring' ? 'restored' : 'enabled-by-others';
}

/** Why a user that we disabled is not ours to give back; null when it is. */
export function goneAstray(user: HiddifyUser, record: DisabledUserRecord): 'moved' | 'touched' | null {
  if (user.owner !== record.owner) return 'moved';
  return fingerprintOf(user) === record.fingerprint ? null : 'touched';
}

export function stepFor(
  type: 'disable-user' | 'enable-user',
  user: HiddifyUser,
  agent: string,
  why = type === 'disable-user' ? 'agent-over-limit' : 'agent-within-limit',
): SweepStep['step'] {
  return { type, target: user.uuid ?? '', prior: user, agent, why };
}

function forceOf(recorded: RecordedList, agent: string): Judgement['force'] {
  // An account that is neither in the list nor remembered has no limit.
  return recorded.judgements.get(agent)?.force ?? 'free';
}

/** First who is to be disabled, and of these first who is served now; then by agent and user, so that a plan reads the same twice. */
function inOrder(a: SweepStep, b: SweepStep): number {
  const rank = ({ step }: SweepStep): number =>
    step.type === 'enable-user' ? 2 : step.prior?.active === false ? 1 : 0;
  return (
    rank(a) - rank(b) ||
    compareText(a.step.agent ?? '', b.step.agent ?? '') ||
    compareText(a.step.target, b.step.target)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function describeAll(agents: readonly AgentRecord[], input: PlanInput): AgentSweep[] {
  const { recorded, settings, reservations, disabled } = input;
  const state = {
    settings,
    agents: recorded.agents,
    reservations,
    disabledBelow: countDisabled(disabled, recorded.agents),
    exempt: recorded.exempt,
    ownerName: ownerNameOf(recorded.hierarchy),
  };
  return agents.map((agent) => ({
    ...describeAgent(agent, state),
    change: changeOf(agent, recorded.judgements.get(agent.uuid)?.force ?? 'keep'),
  }));
}

function changeOf(agent: AgentRecord, force: Judgement['force']): AgentSweep['change'] {
  if (agent.heldSince === null) return force === 'over' ? 'goes-over' : 'none';
  return force === 'free' ? 'comes-back' : 'stays-over';
}

function brakeOf(agents: readonly AgentSweep[], recorded: RecordedList): SweepBrake {
  const goingOver = agents.filter(({ change }) => change === 'goes-over').map(({ uuid }) => uuid);
  const comingBack = agents.filter(({ change }) => change === 'comes-back').map(({ uuid }) => uuid);
  const active = agents.filter(
    ({ uuid, limitBytes, rule }) =>
      limitBytes !== null && rule !== 'missing' && rule !== 'dormant' && !recorded.exempt.has(uuid),
  ).length;
  return { goingOver, comingBack, changing: goingOver.length + comingBack.length, active };
}
