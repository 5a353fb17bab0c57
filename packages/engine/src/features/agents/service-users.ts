import { beginHolds, endHolds, endHoldsWithNews } from '../../context/change-holds.js';
import type { RunCommand } from '../../kernel/run/bracket.js';
import { AGENT_STEPS, type AgentTraffic, toItemError } from '@sluice/panel-kind';
import type { HoldRecord, NoticeRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { isProtected, listReleasedHolds, newHold } from '../../kernel/subject/holds.js';
import type { Enforcements } from '../../context/enforcement.js';
import { toSuspendedNote } from '../../kernel/subject/agent-hold.js';
import { runCommand } from '../command/run-command.js';
import { addNotices, type Notice, noticeRows } from '../../kernel/run/notice.js';
import { toReleaseNotices } from '../../kernel/run/release-notices.js';
import type { Context } from '../../context/context.js';
import type { AgentsOnPanel } from './open-agents.js';
import { type DueUser, findListedAgent, type ServiceChange, toLeftAsIs, toListedAction } from './due-user.js';
import { type PanelSwitch, Stopped } from './panel-switch.js';
import { type Cause, findReleaseReason, nameAgent, toCause, toHeld, withheld } from './service-user-notices.js';
import { isLiving } from '../../base/lifecycle.js';
import type { RestorePlan, ServiceUser } from './agent-plan.js';

/**
 * Agents' users that belong to services. Only the holds of its service disable such a user, so that runs over agents and over
 * services never undo each other: an exceeded limit or a suspension above the user starts a hold `agent-limit` on the service.
 */
export interface ServiceUsers {
  /** Living services, by the uuid of their user. */
  byUser: Map<string, ServiceRecord>;
  /** Users of no living service that are restricted for another one: they stay as they are. */
  ofEnded: Set<string>;
  /** Open `agent-limit` holds, by service. */
  holds: Map<string, HoldRecord>;
  /** Users that are disabled for a service. */
  disabled: Set<string>;
  /** Holds whose restriction a run has begun, without storing what became of it. */
  unfinished: Set<string>;
  /** Users that are still disabled for an ended `agent-limit` hold: enabling them failed. */
  leftOver: Set<string>;
}

/** Loads the services of a panel that have users. */
export async function loadServiceUsers({
  context: { store },
  name: panel,
  agents,
}: Pick<AgentsOnPanel, 'context' | 'name' | 'agents'>): Promise<ServiceUsers> {
  const byUser = new Map<string, ServiceRecord>();
  const others = new Map<string, string>();
  for (const service of await store.services.list({ panel })) {
    const uuid = agents.getServiceUser(service);
    if (uuid === null) continue;
    if (isLiving(service)) byUser.set(uuid, service);
    else others.set(service.id, uuid);
  }
  const open = await store.holds.open({ panel });
  const isOpen = new Set(open.map(({ id }) => id));
  const all = await store.evidence.open({ panel });
  const ended = all.filter(({ service, target }) => !byUser.has(target) && others.get(service) === target);
  const ofEnded = new Set(ended.map(({ target }) => target));
  const evidence = all.filter(({ target }) => byUser.has(target) || ofEnded.has(target));
  const leftOver = new Set<string>();
  for (const { service, hold, target } of evidence.filter((item) => !isOpen.has(item.hold))) {
    const ended = (await store.holds.all({ service })).find(({ id }) => id === hold);
    if (ended?.reason === 'agent-limit') leftOver.add(target);
  }
  const unresolved = await store.actions.unresolved({ panel });
  return {
    byUser,
    ofEnded,
    unfinished: new Set(unresolved.flatMap(({ type, hold }) => (type === AGENT_STEPS.disable ? (hold ?? []) : []))),
    holds: new Map(open.filter(({ reason }) => reason === 'agent-limit').map((hold) => [hold.service, hold])),
    disabled: new Set(evidence.map(({ target }) => target)),
    leftOver,
  };
}

/** How a run treats services. */
export interface HoldServices {
  name: string;
  run: string;
  command: RunCommand;
  enforcements: Enforcements;
  previewOnly: boolean;
  traffic: readonly Pick<AgentTraffic, 'uuid' | 'name' | 'usedBytes' | 'limitBytes' | 'heldSince'>[];
  panelSwitch: PanelSwitch;
  /** An operator's command, which `observe` does not stop. */
  byName?: boolean;
}

/** Returns why a service is to be held; the cause of its open hold stays while it lasts. */
function findCause({ force, suspended }: ServiceUser, open: HoldRecord | undefined): Cause {
  if (suspended === null) return 'limit';
  if (force === 'free') return 'suspension';
  if (open !== undefined) return toCause(open);
  return force === 'over' ? 'limit' : 'suspension';
}

/** Holds and releases services as the limits of their agents require, each under its own lease. */
export async function holdServices(
  { context }: { context: Context },
  services: ServiceUsers,
  users: readonly ServiceUser[],
  how: HoldServices,
): Promise<{
  changes: ServiceChange[];
  /** Notices of holds that have begun, stored with them. */
  reported: NoticeRecord[];
  notices: Notice[];
  decided: string[];
  wouldHold: Set<string>;
  undone: HoldRecord[];
}> {
  const decided: string[] = [];
  const wouldHold = new Set<string>();
  const changes: ServiceChange[] = [];
  const reported: NoticeRecord[] = [];
  const notices: Notice[] = [];
  const undone: HoldRecord[] = [];
  for (const user of users) {
    if (context.deps.signal.aborted) break;
    const due = decideDue(services, user, how);
    const left = due === null || how.byName === true ? null : toLeftAsIs(context.config, due);
    if (left !== null) {
      changes.push(left);
      continue;
    }
    const subject = services.byUser.get(user.uuid);
    if (subject !== undefined) decided.push(subject.id);
    if (due === null) continue;
    const { service } = due;
    if (due.what === 'hold' && isProtected(context.config, service, context.now())) {
      notices.push(withheld(service));
      continue;
    }
    const done = due.previewOnly ? null : await carryOut(context, due, how);
    if (done === null && due.what === 'hold' && !services.holds.has(service.id)) {
      wouldHold.add(service.id);
      notices.push(toHeldNotice(context, due, how, 'would be'));
    }
    changes.push(done?.change ?? shown(services, due, due.previewOnly ? 'planned' : 'unneeded'));
    undone.push(...(done?.undone ?? []));
    reported.push(...(done?.reported ?? []));
    notices.push(...(done?.released ?? []));
  }
  return { changes, reported, notices, decided, wouldHold, undone };
}

function decideDue(services: ServiceUsers, user: ServiceUser, how: HoldServices): DueUser | null {
  const { byUser, holds, leftOver } = services;
  const service = byUser.get(user.uuid);
  if (service === undefined) return null;
  const hold = holds.get(service.id);
  const observing = how.byName !== true && how.enforcements.isObserving(how.name, service.product);
  const base = { user, service, previewOnly: how.previewOnly || observing };
  // A user that was disabled before it belonged to a service becomes part of that service's hold, regardless of the limit.
  const taken = takenOver(user);
  if (isFree(user, hold, how)) {
    if (hold !== undefined || taken !== null) return { ...base, what: 'release' };
    return leftOver.has(user.uuid) ? { ...base, what: 'finish-release' } : null;
  }
  const isReplaced = hold !== undefined && toCause(hold) !== findCause(user, hold);
  const mustHold = user.force === 'over' || user.suspended !== null;
  const isLeft = hold === undefined || user.enabled || services.unfinished.has(hold.id);
  const isDue = mustHold ? isLeft : taken !== null && hold === undefined;
  return isDue || isReplaced ? { ...base, what: 'hold' } : null;
}

/** Returns the users that their agent neither disables nor enables by itself. */
export function listServiceUsers({ byUser, ofEnded }: Pick<ServiceUsers, 'byUser' | 'ofEnded'>): Set<string> {
  return new Set([...byUser.keys(), ...ofEnded.keys()]);
}

/** Returns the users that a suspension (`suspended`), or the end of one, leaves as they are for a service that has ended. */
export function listLeftForEnded(
  { ofEnded }: Pick<ServiceUsers, 'ofEnded'>,
  users: readonly ServiceUser[],
  suspended: boolean,
): RestorePlan['left'] {
  return users.flatMap(({ uuid, name, enabled, suspended: by }) => {
    const isLeft = suspended ? enabled : !enabled && by === null;
    return isLeft && ofEnded.has(uuid) ? [{ uuid, name, outcome: 'service-ended' }] : [];
  });
}

/** Returns whether no agent above a user restricts its service. */
function isFree({ force, agent, suspended }: ServiceUser, hold: HoldRecord | undefined, how: HoldServices): boolean {
  if (suspended !== null) return false;
  if (force !== 'keep' || hold === undefined || toCause(hold) === 'limit') return force === 'free';
  // After a suspension, only a limit that is already held keeps the service.
  return (how.traffic.find(({ uuid }) => uuid === agent)?.heldSince ?? null) === null;
}

/**
 * Returns the open evidence of a user that was disabled before it belonged to a service. What commands about the service have
 * changed since does not matter.
 */
function takenOver({ evidence, enabled }: ServiceUser): ServiceUser['evidence'] {
  return enabled ? null : evidence;
}

function shown({ disabled }: ServiceUsers, due: DueUser, state: 'planned' | 'unneeded'): ServiceChange {
  const { user, service, what } = due;
  const changes = what === 'hold' ? user.enabled : !user.enabled && (disabled.has(user.uuid) || user.evidence !== null);
  const actions = changes ? [toListedAction(due, state)] : [];
  return { service: service.id, agent: findListedAgent(user), actions, error: null };
}

/** What became of a change. */
interface CarriedOut {
  change: ServiceChange;
  /** The notice of the hold that began, stored with it. */
  reported: readonly NoticeRecord[];
  /** The notices of the holds that ended, and those of them of which nothing is left on the panel. */
  released: Notice[];
  undone: readonly HoldRecord[];
}

/** Makes the change; returns null if the switch was set meanwhile and nothing was changed. */
async function carryOut(context: Context, due: DueUser, how: HoldServices): Promise<CarriedOut | null> {
  const { user, service, what } = due;
  const base = { service: service.id, agent: findListedAgent(user) };
  let reported: readonly NoticeRecord[] = [];
  try {
    const { report, work } = await runCommand(context, service.id, {
      command: how.command,
      run: how.run,
      decidedByRun: how.byName !== true,
      dryRun: false,
      waitMs: 1000,
      scope: 'hold',
      storeTarget: async (_service, tables) => {
        if (how.byName !== true && (await how.panelSwitch.read(tables, service.product)) !== null) throw new Stopped();
        if (what === 'finish-release') return;
        const { hold, isFirst } = await findHold(context, tables, due, how);
        if (what === 'release') await endHoldsWithNews(tables, [hold], context.now());
        else if (isFirst)
          reported = await addNotices(
            context,
            tables,
            noticeRows(context, how.run, [toHeldNotice(context, due, how, 'is')]),
          );
      },
      preview: (loaded) => loaded,
    });
    if (how.byName !== true && work.enforcement.value === 'observe') await how.panelSwitch.read(context.store);
    const ended = what === 'hold' ? [] : work.ended.filter(({ reason }) => reason === 'agent-limit');
    return {
      change: { ...base, actions: report.actions, error: report.service.error },
      reported,
      released: toReleaseNotices(work, ended, (hold) => findReleaseReason(user, hold, how.traffic)),
      undone: listReleasedHolds({ ...work, ended }),
    };
  } catch (error) {
    if (error instanceof Stopped) return null;
    return { change: { ...base, actions: [], error: toItemError(error) }, reported, released: [], undone: [] };
  }
}

/**
 * Returns the open hold, or starts one (`isFirst`: where there was none); a hold with another cause is replaced. Evidence from before the user belonged to the
 * service moves to it.
 */
async function findHold(
  context: Context,
  tables: StoreTables,
  { service, user, what }: DueUser,
  { traffic }: HoldServices,
): Promise<{ hold: HoldRecord; isFirst: boolean }> {
  const [open] = await tables.holds.open({ services: [service.id], reason: 'agent-limit' });
  const cause = findCause(user, open);
  const isReplaced = open !== undefined && what === 'hold' && toCause(open) !== cause;
  if (isReplaced) await endHolds(tables, [open], context.now());
  const isKept = open !== undefined && !isReplaced;
  const hold = isKept ? open : startHold(context, service.id, { user, cause, traffic });
  if (!isKept) await beginHolds(tables, [hold], context.now());
  const taken = takenOver(user);
  if (taken !== null) await tables.evidence.move(taken.id, hold.id);
  return { hold, isFirst: open === undefined };
}

/** Returns the agent that a hold is for; undefined where it is not known. */
function findAgent(traffic: HoldServices['traffic'], { suspended, agent }: ServiceUser, cause: Cause) {
  return traffic.find(({ uuid }) => uuid === (cause === 'suspension' ? suspended : agent));
}

function startHold(
  context: Context,
  service: string,
  { user, cause, traffic }: Pick<HoldServices, 'traffic'> & { user: ServiceUser; cause: Cause },
): HoldRecord {
  const isSuspension = cause === 'suspension';
  const agent = findAgent(traffic, user, cause);
  const figures = isSuspension ? {} : { usedBytes: agent?.usedBytes ?? null, allowedBytes: agent?.limitBytes ?? null };
  const name = agent === undefined ? null : nameAgent(agent);
  const note = isSuspension && name !== null ? toSuspendedNote(name) : name;
  return newHold(context, { service, reason: 'agent-limit', note, ...figures, origin: 'run' });
}

/** Returns the notice of a hold that begins, or would begin. */
function toHeldNotice(
  context: Context,
  { user, service }: DueUser,
  { traffic, run }: HoldServices,
  verb: 'is' | 'would be',
): Notice {
  const cause = findCause(user, undefined);
  // What stays undone is found by each check again.
  const time = verb === 'is' ? run : context.now().slice(0, 10);
  return toHeld(service, { agent: findAgent(traffic, user, cause), cause, time }, verb);
}
