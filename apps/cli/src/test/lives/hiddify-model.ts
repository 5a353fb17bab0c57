import { type Bounds, boundCycle, boundGrowth, boundWindow, FAIR_LIMITS, type Used, type WindowsOf } from './bounds.js';
import { dayBegin, localDate, monthOf, windowBegin } from './calendar.js';
import { GB } from './life-world.js';

/** What the products of the life make of a service; allowances in GB. */
export const VPN_PRODUCTS = {
  home: { quota: 60, agent: null, mode: 'no_reset', limits: [] },
  north: { quota: 50, agent: 'north', mode: 'no_reset', limits: [] },
  east: { quota: 40, agent: 'east', mode: 'no_reset', limits: [] },
  weekly: { quota: 70, agent: 'south', mode: 'weekly', limits: [] },
  fair: { quota: 200, agent: 'north', mode: 'no_reset', limits: FAIR_LIMITS },
} as const;
export type VpnProduct = keyof typeof VPN_PRODUCTS;
export type AgentName = 'north' | 'east' | 'south';

/** Traffic of one user, and the agents that it is charged to. */
export interface Charged extends Used {
  user: string;
  agents: readonly AgentName[];
}

/** An agent of the panel; `above` are itself and those that it belongs to. */
export interface Agent {
  name: AgentName;
  uuid: string;
  above: readonly AgentName[];
  /** In GB; only an agent with a limit is charged with what its users use. */
  limit: number;
  isSuspended: boolean;
}

/** A user of the panel. */
export interface Member {
  uuid: string;
  /** Null: the Owner. */
  agent: AgentName | null;
  /** Staff disabled it, or an agent's hold that did so has lost it. */
  isOff: boolean;
}

/** A service with its user. */
export interface Vpn {
  id: string;
  client: string;
  member: Member;
  product: VpnProduct;
  /** Day of the month on which its cycles begin. */
  day: number;
  /** Local date. */
  due: string;
  /** Whether its client pays in time. */
  isPaid: boolean;
  isManual: boolean;
  isSuspended: boolean;
  /** Local date. */
  protectedUntil: string | null;
  /** GB bought, by the first local date of the cycle. */
  bought: Map<string, number>;
  /** What the service used; a user that it took over had used more. */
  traffic: Used[];
  /** Instants at which a run is known to have read it, with its present product. */
  certain: number[];
  /** Until then limits may hold that its product no longer has. */
  formerLimitsUntil: number;
}

/** What the model knows of the agents. */
export interface Agents {
  all: Readonly<Record<AgentName, Agent>>;
  accounting: 'consumed' | 'allocated';
  period: 'none' | 'monthly';
  charges: readonly Charged[];
  certain: readonly number[];
  /** Bytes that the users below an agent have, by what the panel shows; a lifted limit counts as what was sold. */
  allocated: (agent: AgentName) => Bounds;
}

/** Yes, no, or null: not known. */
type Answer = boolean | null;

const any = (answers: readonly Answer[]): Answer =>
  answers.includes(true) ? true : answers.includes(null) ? null : false;

/** Bytes that count against the limit of an agent. */
export function boundAgent(agent: AgentName, agents: Agents, { now, zones }: WindowsOf): Bounds {
  if (agents.accounting === 'allocated') return agents.allocated(agent);
  const own = agents.charges.filter((charged) => charged.agents.includes(agent));
  const begins = agents.period === 'none' ? [0] : zones.map((zone) => windowBegin('month', now, zone));
  const all = begins.map((begin) => boundGrowth(own, agents.certain, begin));
  return { least: Math.min(...all.map(({ least }) => least)), most: Math.max(...all.map(({ most }) => most)) };
}

/** Returns whether an agent is over its limit: what was over stays so until it is below 95 %. */
function isOver(agent: Agent, agents: Agents, at: WindowsOf): Answer {
  const { least, most } = boundAgent(agent.name, agents, at);
  const limit = agent.limit * GB;
  if (agents.accounting === 'allocated' ? least > limit : least >= limit) return true;
  return most * 100 < limit * 95 ? false : null;
}

/** Returns whether a user is disabled because of the agents that it belongs to. */
export function isStopped(member: Member, agents: Agents, at: WindowsOf): Answer {
  if (member.agent === null) return false;
  const above = agents.all[member.agent].above.map((name) => agents.all[name]);
  return any(above.map((agent) => agent.isSuspended || isOver(agent, agents, at)));
}

/** Returns the GB that a service is sold for its cycle, at least and at most: zones may disagree. */
export function soldOf({ product, bought, day }: Vpn, { now, zones }: WindowsOf): Bounds {
  const { quota } = VPN_PRODUCTS[product];
  const all = zones.map((zone) => quota + (bought.get(monthOf(now, day, zone).from) ?? 0));
  return { least: Math.min(...all), most: Math.max(...all) };
}

/** Returns the GB that a service may use in its cycle; null where zones disagree. */
export function allowedOf(vpn: Vpn, at: WindowsOf): number | null {
  const { least, most } = soldOf(vpn, at);
  return least === most ? least : null;
}

/** Returns whether nothing but a manual hold may restrict a service: the zone of now decides when a protection ends. */
function isProtected({ protectedUntil }: Vpn, { now, zones }: WindowsOf): boolean {
  return protectedUntil !== null && localDate(now, zones[0]!) < protectedUntil;
}

/** The most that the panel can allow, in GB: it must not stop a protected service by itself. */
export const LIFTED_GB = 1_000_000;

/** Returns the limit of a service's user on the panel, in GB; null where zones disagree. */
export function limitOf(vpn: Vpn, at: WindowsOf): number | null {
  return isProtected(vpn, at) ? LIFTED_GB : allowedOf(vpn, at);
}

function isExceeded({ least, most }: Bounds, allowed: number): Answer {
  return least >= allowed ? true : most >= allowed ? null : false;
}

function isHeld(vpn: Vpn, at: WindowsOf): Answer {
  const { traffic, certain, product, day, due, isManual, isSuspended } = vpn;
  const { now, zones } = at;
  if (isManual) return true;
  if (isProtected(vpn, at)) return false;
  const isOverdue = zones.map((zone) => now >= dayBegin(due, zone));
  if (isSuspended || !isOverdue.includes(false)) return true;
  const allowed = allowedOf(vpn, at);
  const cycle = boundCycle(traffic, certain, { day, since: 0 }, at);
  const quota = allowed === null ? null : isExceeded(cycle, allowed * GB);
  const limits = VPN_PRODUCTS[product].limits.map(({ window, allowance }) =>
    isExceeded(boundWindow(traffic, certain, window, at), allowance * GB),
  );
  const former = now < vpn.formerLimitsUntil ? null : false;
  return any([quota, ...limits, former, isOverdue.includes(true) ? null : false]);
}

/** Returns whether the user of a service should be enabled; null where it is not known. */
export function shouldServe(vpn: Vpn, agents: Agents, at: WindowsOf): Answer {
  const reasons = [vpn.member.isOff, isHeld(vpn, at), isProtected(vpn, at) ? false : isStopped(vpn.member, agents, at)];
  const isOut = any(reasons);
  return isOut === null ? null : !isOut;
}

/** Returns whether a user that is no service should be enabled; null where it is not known. */
export function shouldBeEnabled(member: Member, agents: Agents, at: WindowsOf): Answer {
  const isOut = any([member.isOff, isStopped(member, agents, at)]);
  return isOut === null ? null : !isOut;
}
