import { AGENT_STEPS, type AgentTraffic, type ItemError, itemErrorOf, type ServiceUser } from '@sluice/panel-kind';
import { zonedMidnight } from '@sluice/quota-core';
import type { HoldRecord, ServiceRecord, StoreTables, SwitchRecord } from '@sluice/state-store';
import { findTimeZone } from '../config/find-entry.js';
import { enforcementOf } from '../enforcement.js';
import { runOrder } from '../order.js';
import type { Notice } from '../run/notices.js';
import type { Session } from '../session.js';
import type { AgentAction } from './agent-views.js';
import type { AgentsOnPanel } from './open-agents.js';
import { type PanelSwitch, Stopped } from './panel-switch.js';

/**
 * Agents' users that are services of ours. Their switch is kept by the services' holds alone, so that runs over agents and
 * over services never undo each other: where a limit above such a user asks for it, the service gets a hold with the reason
 * `agent-limit`, and loses it when no limit does any more.
 */
export interface ServiceUsers {
  /** By the uuid of their user. */
  byUser: Map<string, ServiceRecord>;
  /** Open `agent-limit` holds, by service. */
  holds: Map<string, HoldRecord>;
  /** Users that are disabled for a service. */
  disabled: Set<string>;
  /** Users that are still disabled for an `agent-limit` hold that has ended: giving them back failed. */
  leftOver: Set<string>;
}

/** What became of one service in a run. */
export interface ServiceChange {
  service: string;
  agent: string | null;
  actions: AgentAction[];
  error: ItemError | null;
}

/** Loads the services of a panel that have users. */
export async function loadServiceUsers({
  session: { store },
  name: panel,
  agents,
}: Pick<AgentsOnPanel, 'session' | 'name' | 'agents'>): Promise<ServiceUsers> {
  const byUser = new Map<string, ServiceRecord>();
  for (const service of await store.services.list({ panel })) {
    const uuid = agents.userOf(service);
    if (uuid !== null) byUser.set(uuid, service);
  }
  const open = await store.holds.open({ panel });
  const isOpen = new Set(open.map(({ id }) => id));
  const evidence = (await store.evidence.open({ panel })).filter(({ target }) => byUser.has(target));
  const leftOver = new Set<string>();
  for (const { service, hold, target } of evidence.filter((item) => !isOpen.has(item.hold))) {
    const ended = (await store.holds.all({ service })).find(({ id }) => id === hold);
    if (ended?.reason === 'agent-limit') leftOver.add(target);
  }
  return {
    byUser,
    holds: new Map(open.filter(({ reason }) => reason === 'agent-limit').map((hold) => [hold.service, hold])),
    disabled: new Set(evidence.map(({ target }) => target)),
    leftOver,
  };
}

/** What a limit calls for of one service: hold it, let it go, or carry out what was left of that. */
interface Due {
  user: ServiceUser;
  service: ServiceRecord;
  what: 'hold' | 'release' | 'finish-release';
  /** Nothing is done: a dry run, `observe`, the brake. */
  shownOnly: boolean;
}

/** How services are dealt with in one sweep. */
export interface HoldServices {
  name: string;
  run: string;
  command: string;
  switches: SwitchRecord[];
  shownOnly: boolean;
  traffic: readonly Pick<AgentTraffic, 'uuid' | 'name' | 'usedBytes' | 'limitBytes'>[];
  panelSwitch: PanelSwitch;
}

/** Holds and releases the services whose agents went over or came back; each under its own lease. */
export async function holdServices(
  { session }: { session: Session },
  services: ServiceUsers,
  users: readonly ServiceUser[],
  how: HoldServices,
): Promise<{ changes: ServiceChange[]; notices: Notice[] }> {
  const changes: ServiceChange[] = [];
  const notices: Notice[] = [];
  for (const user of users) {
    if (session.deps.signal.aborted) break;
    const due = dueOf(session, services, user, how);
    if (due === null) continue;
    const { service } = due;
    if (due.what === 'hold' && isProtected(session, service)) {
      notices.push(withheld(how.name, service));
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
  { byUser, holds, leftOver }: ServiceUsers,
  user: ServiceUser,
  how: HoldServices,
): Due | null {
  const service = byUser.get(user.uuid);
  if (service === undefined) return null;
  if (service.status !== 'active' && service.status !== 'suspended') return null;
  const isHeld = holds.has(service.id);
  const observing = enforcementOf(config, how.switches, how.name, service.product).value === 'observe';
  const base = { user, service, shownOnly: how.shownOnly || observing };
  // What was disabled before the user belonged to a service goes on as its hold, whatever follows from the limit.
  const taken = takenOver(user);
  if (user.force === 'free') {
    if (isHeld || taken !== null) return { ...base, what: 'release' };
    return leftOver.has(user.uuid) ? { ...base, what: 'finish-release' } : null;
  }
  if (user.force === 'keep') return taken === null || isHeld ? null : { ...base, what: 'hold' };
  return !isHeld || user.enabled ? { ...base, what: 'hold' } : null;
}

/** Our open evidence of a user that was disabled before it belonged to a service. */
function takenOver({ evidence, enabled, owner }: ServiceUser): ServiceUser['evidence'] {
  const before = (evidence?.prior ?? {}) as { owner?: string | null };
  return !enabled && before.owner === owner ? evidence : null;
}

function isProtected(session: Session, { protectedUntil, panel }: ServiceRecord): boolean {
  return protectedUntil !== null && session.now() < zonedMidnight(protectedUntil, findTimeZone(session.config, panel));
}

function shown({ disabled }: ServiceUsers, { user, service, what }: Due, state: 'planned' | 'unneeded'): ServiceChange {
  const type = what === 'hold' ? AGENT_STEPS.disable : AGENT_STEPS.enable;
  const changes = what === 'hold' ? user.enabled : !user.enabled && (disabled.has(user.uuid) || user.evidence !== null);
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
        if (await how.panelSwitch.read(tables, service.product)) throw new Stopped();
        if (what === 'finish-release') return;
        const hold = await holdOf(session, tables, due, how);
        if (what === 'release') await tables.holds.end(hold.id, session.now());
      },
      pretend: (loaded) => loaded,
    });
    if (work.enforcement.value === 'observe') await how.panelSwitch.read(session.store);
    return { ...base, actions: report.actions, error: report.service.error };
  } catch (error) {
    if (error instanceof Stopped) return null;
    return { ...base, actions: [], error: itemErrorOf(error) };
  }
}

/** The open hold, begun where there is none; what was done to the user before it belonged to the service passes to it. */
async function holdOf(
  session: Session,
  tables: StoreTables,
  { service, user }: Due,
  { traffic }: HoldServices,
): Promise<HoldRecord> {
  const [open] = await tables.holds.open({ services: [service.id], reason: 'agent-limit' });
  const agent = traffic.find(({ uuid }) => uuid === user.agent);
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
  if (taken !== null) await tables.evidence.move(taken.id, hold.id);
  return hold;
}

/** The agent that an action is listed under: the one whose limit decides, or the owner. */
function agentOf({ agent, chain }: ServiceUser): string | null {
  return agent ?? chain[0] ?? null;
}

function told({ holds }: ServiceUsers, { user, service, what, shownOnly }: Due, how: HoldServices): Notice[] {
  const hold = holds.get(service.id);
  const agent = how.traffic.find(({ uuid }) => uuid === agentOf(user));
  const base = { panel: how.name, service: service.id };
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
