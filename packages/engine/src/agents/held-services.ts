import {
  ACTION_TYPES,
  type AgentTraffic,
  type DisabledUserRecord,
  StepsStopped,
  USER_EVIDENCE,
  USER_REF,
  type UserElsewhere,
  type UserPrior,
  WITH_AGENT,
} from '@sluice/hiddify-agent-traffic/account';
import { type ItemError, itemErrorOf } from '@sluice/panel-kind';
import { zonedMidnight } from '@sluice/quota-core';
import type { EvidenceRecord, HoldRecord, ServiceRecord, StoreTables, SwitchRecord } from '@sluice/state-store';
import { zoneOf } from '../config/zone-of.js';
import { enforcementOf } from '../enforcement.js';
import { runOrder } from '../order.js';
import type { Notice } from '../run/notices.js';
import type { Session } from '../session.js';
import type { AgentAction } from './agent-views.js';
import type { SweepSwitch } from './sweep-switch.js';

/**
 * Agents' users that are services of ours. Their switch is kept by the service's holds alone, so that the sweep and the runs
 * over services never undo each other: where a limit above such a user calls for it, the service gets a hold with the reason
 * `agent-limit`, and loses it when no limit does any more.
 */
export interface AgentServices {
  /** By the uuid of their user. */
  byUser: Map<string, ServiceRecord>;
  /** Open `agent-limit` holds, by service. */
  holds: Map<string, HoldRecord>;
  /** Users that are switched off for a service, by uuid. */
  evidence: Map<string, EvidenceRecord>;
  /** Users that are still switched off for an `agent-limit` hold that has ended: giving them back failed. */
  leftOver: Set<string>;
}

/** What became of one service in a sweep. */
export interface ServiceChange {
  service: string;
  agent: string | null;
  actions: AgentAction[];
  error: ItemError | null;
}

/** Loads the services of a panel that have users. */
export async function loadAgentServices({ store }: Session, panel: string): Promise<AgentServices> {
  const byUser = new Map<string, ServiceRecord>();
  for (const service of await store.services.list({ panel })) {
    const uuid = service.refs[USER_REF];
    if (uuid !== undefined) byUser.set(uuid, service);
  }
  const open = await store.holds.open({ panel });
  const evidence = (await store.evidence.open({ panel })).filter(({ kind }) => kind === USER_EVIDENCE);
  const isOpen = new Set(open.map(({ id }) => id));
  return {
    byUser,
    holds: new Map(open.filter(({ reason }) => reason === 'agent-limit').map((hold) => [hold.service, hold])),
    evidence: new Map(evidence.map((item) => [item.target, item])),
    leftOver: await leftOverOf(
      store,
      evidence.filter(({ hold }) => !isOpen.has(hold)),
    ),
  };
}

/** Of users whose hold has ended, those that were held for their agent: the runs over services see to the others. */
async function leftOverOf(
  store: Pick<StoreTables, 'holds'>,
  evidence: readonly EvidenceRecord[],
): Promise<Set<string>> {
  const users = new Set<string>();
  for (const { service, hold, target } of evidence) {
    const ended = (await store.holds.all({ service })).find(({ id }) => id === hold);
    if (ended?.reason === 'agent-limit') users.add(target);
  }
  return users;
}

/** Users held for their agents' limits, by every agent above them. */
export async function countHeld(
  { store }: Session,
  panel: string,
  services: AgentServices,
  agents: readonly Pick<AgentTraffic, 'uuid' | 'ancestors'>[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const uuids = [...services.byUser].flatMap(([uuid, { id }]) => {
    const hold = services.holds.get(id);
    return hold !== undefined && services.evidence.get(uuid)?.hold === hold.id ? [uuid] : [];
  });
  if (uuids.length === 0) return counts;
  const chains = new Map(agents.map(({ uuid, ancestors }) => [uuid, [uuid, ...ancestors.map((each) => each.uuid)]]));
  for (const { owner } of await store.agentUsers.list({ panel, keys: uuids })) {
    for (const agent of chains.get(owner ?? '') ?? []) {
      if (agent !== null) counts.set(agent, (counts.get(agent) ?? 0) + 1);
    }
  }
  return counts;
}

/** What a limit calls for of one service: hold it, let it go, or carry out what was left of that. */
interface Due {
  user: UserElsewhere;
  service: ServiceRecord;
  what: 'hold' | 'release' | 'finish-release';
  /** Nothing is done: a dry run, `observe`, the brake. */
  shownOnly: boolean;
}

/** How services are dealt with in one sweep. */
export interface HoldServices {
  panel: string;
  run: string;
  command: string;
  switches: SwitchRecord[];
  shownOnly: boolean;
  agents: readonly Pick<AgentTraffic, 'uuid' | 'name' | 'usedBytes' | 'limitBytes'>[];
  panelSwitch: SweepSwitch;
}

/** Holds and releases the services whose agents went over or came back; each under its own lease. */
export async function holdServices(
  session: Session,
  services: AgentServices,
  elsewhere: readonly UserElsewhere[],
  how: HoldServices,
): Promise<{ changes: ServiceChange[]; notices: Notice[] }> {
  const changes: ServiceChange[] = [];
  const notices: Notice[] = [];
  for (const user of elsewhere) {
    if (session.deps.signal.aborted) break;
    const due = dueOf(session, services, user, how);
    if (due === null) continue;
    const { service } = due;
    if (due.what === 'hold' && isProtected(session, service)) {
      notices.push(withheld(how.panel, service));
      continue;
    }
    const done = due.shownOnly ? null : await carryOut(session, due, how);
    changes.push(done ?? shown(services, due, due.shownOnly ? 'planned' : 'unneeded'));
    notices.push(...told(services, { ...due, shownOnly: done === null }, how));
  }
  return { changes, notices };
}

function dueOf(
  { config }: Session,
  { byUser, holds, leftOver }: AgentServices,
  user: UserElsewhere,
  how: HoldServices,
): Due | null {
  const service = byUser.get(user.uuid);
  if (service === undefined) return null;
  if (service.status !== 'active' && service.status !== 'suspended') return null;
  const isHeld = holds.has(service.id);
  const observing = enforcementOf(config, how.switches, how.panel, service.product).value === 'observe';
  const base = { user, service, shownOnly: how.shownOnly || observing };
  // What the sweep had disabled before the user became a service goes on as a hold, whatever follows from the limit.
  const taken = takenOver(user);
  if (user.force === 'free') {
    if (isHeld || taken !== null) return { ...base, what: 'release' };
    return leftOver.has(user.uuid) ? { ...base, what: 'finish-release' } : null;
  }
  if (user.force === 'keep') return taken === null || isHeld ? null : { ...base, what: 'hold' };
  return !isHeld || user.enabled ? { ...base, what: 'hold' } : null;
}

/** Our open record of a user that the sweep itself had switched off. */
function takenOver({ record, enabled, owner }: UserElsewhere): DisabledUserRecord | null {
  return record !== null && !enabled && record.owner === owner ? record : null;
}

function isProtected(session: Session, { protectedUntil, panel }: ServiceRecord): boolean {
  return protectedUntil !== null && session.now() < zonedMidnight(protectedUntil, zoneOf(session.config, panel));
}

function shown(
  { evidence }: AgentServices,
  { user, service, what }: Due,
  state: 'planned' | 'unneeded',
): ServiceChange {
  const type = what === 'hold' ? ACTION_TYPES.disable : ACTION_TYPES.enable;
  const changes = what === 'hold' ? user.enabled : !user.enabled && (evidence.has(user.uuid) || user.record !== null);
  const actions = changes ? [{ type, target: user.uuid, state }] : [];
  return { service: service.id, agent: agentOf(user), actions, error: null };
}

/** Null where the switch was set meanwhile: then nothing was begun. */
async function carryOut(session: Session, due: Due, how: HoldServices): Promise<ServiceChange | null> {
  const { user, service, what } = due;
  const base = { service: service.id, agent: agentOf(user) };
  try {
    const { report, work } = await runOrder(session, service.id, {
      command: how.command,
      run: how.run,
      decidedByRun: true,
      dryRun: false,
      waitMs: 1000,
      scope: 'hold',
      desire: async (_service, tables) => {
        await how.panelSwitch.mayBegin(tables, service.product);
        if (what === 'finish-release') return;
        const hold = await holdOf(session, tables, due, how);
        if (what === 'release') await tables.holds.end(hold.id, session.now());
      },
      pretend: (loaded) => loaded,
    });
    if (work.enforcement.value === 'observe') await how.panelSwitch.look(session.store);
    return { ...base, actions: report.actions, error: report.service.error };
  } catch (error) {
    if (error instanceof StepsStopped) return null;
    return { ...base, actions: [], error: itemErrorOf(error) };
  }
}

/** The open hold, begun where there is none, with what the sweep had done to the user before as its evidence. */
async function holdOf(
  session: Session,
  tables: StoreTables,
  { service, user }: Due,
  { panel, agents }: HoldServices,
): Promise<HoldRecord> {
  const [open] = await tables.holds.open({ services: [service.id], reason: 'agent-limit' });
  const agent = agents.find(({ uuid }) => uuid === user.agent);
  const at = session.now();
  const hold: HoldRecord = open ?? {
    id: session.id('hold'),
    service: service.id,
    reason: 'agent-limit',
    restriction: null,
    since: at,
    until: null,
    note: agent === undefined ? null : `agent "${agent.name}"`,
    cycle: null,
    usedBytes: agent?.usedBytes ?? null,
    allowedBytes: agent?.limitBytes ?? null,
    origin: 'run',
  };
  if (open === undefined) await tables.holds.add(hold);
  const taken = takenOver(user);
  if (taken !== null) {
    const prior: UserPrior = { name: user.name, enabled: true, owner: taken.owner, restriction: WITH_AGENT };
    await tables.evidence.add({
      id: session.id('ev'),
      hold: hold.id,
      service: service.id,
      panel,
      kind: USER_EVIDENCE,
      target: user.uuid,
      prior,
      action: null,
      adopted: true,
      since: taken.at,
      until: null,
      outcome: null,
    });
  }
  return hold;
}

/** The agent that an action is listed under: the one whose limit decides, or the owner. */
function agentOf({ agent, chain }: UserElsewhere): string | null {
  return agent ?? chain[0] ?? null;
}

function told({ holds }: AgentServices, { user, service, what, shownOnly }: Due, how: HoldServices): Notice[] {
  const hold = holds.get(service.id);
  const agent = how.agents.find(({ uuid }) => uuid === agentOf(user));
  const base = { panel: how.panel, service: service.id };
  if (what === 'finish-release') return [];
  if (what === 'release') {
    if (hold === undefined || shownOnly) return [];
    const message = `${service.id} is released (agent-limit: agent "${agent?.name ?? ''}" is within its limit)`;
    return [{ ...base, code: 'release', key: `release:${service.id}:${hold.id}`, message }];
  }
  if (hold !== undefined) return [];
  const say = shownOnly ? 'would be held' : 'is held';
  const code = shownOnly ? 'would_hold' : 'hold';
  const message = `${service.id} ${say} (agent-limit: agent "${agent?.name ?? ''}" is over its limit)`;
  const since = agent === undefined ? '' : `${agent.uuid}:${agent.limitBytes ?? ''}`;
  return [{ ...base, code, key: `${code}:${service.id}:agent-limit:${since}:${how.run}`, message }];
}

function withheld(panel: string, { id, protectedUntil }: ServiceRecord): Notice {
  return {
    code: 'hold_withheld',
    key: `hold_withheld:${id}:agent-limit:${protectedUntil ?? ''}`,
    panel,
    service: id,
    message: `${id} is due to be held (agent-limit), but protected until ${protectedUntil ?? ''}`,
  };
}
