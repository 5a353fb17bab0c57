/**
 * What is stored of the agents of a panel (resellers) and of their users. Instants are ISO 8601 UTC with milliseconds, bytes
 * whole numbers. Agents and users are named by the panel's uuids, the panel's own account by the word of its client.
 */

/** How an agent's traffic is counted: real traffic, what its users' limits promise, or the usage that the panel shows. */
export type AccountingMode = 'allocated' | 'consumed' | 'panel';

/** What an agent has consumed in its period. Opened when its first limit is set; never falls within a period. */
export interface AgentAccount {
  openedAt: string;
  /** The period `[start, end)`; `periodEnd` is null without periods. */
  periodStart: string;
  periodEnd: string | null;
  /** What the period began with; contained in `consumedBytes`. */
  openingBytes: number;
  /** Of its users and those of all its sub-agents, charged to the owner at each reading. */
  consumedBytes: number;
  /** When a list first showed more than the limit in this period; absent where none did. */
  exceededAt?: string;
  /** The period before; it continues when the clock was ahead. */
  previous: Pick<AgentAccount, 'periodStart' | 'periodEnd' | 'openingBytes' | 'consumedBytes' | 'exceededAt'> | null;
}

/** A period of an agent that has ended, as it was last read. */
export interface AgentPeriodRecord {
  panel: string;
  /** Uuid of the agent. */
  agent: string;
  /** The period `[startedAt, endedAt)`. */
  startedAt: string;
  endedAt: string;
  accounting: AccountingMode;
  /** Limit at its end; null without one. */
  limitBytes: number | null;
  /** What was compared with the limit, as last read in the period; null where nothing was read in it. */
  usedBytes: number | null;
  /** Whether the limit was exceeded in it; null where nothing was read in it. */
  exceeded: boolean | null;
  /** When a list first showed that; null where it was not exceeded, or it is not known when. */
  exceededAt: string | null;
  /** When it was last read; null where nothing was read in it. What was used after that counts in the next period that was read. */
  readAt: string | null;
}

/** Figures of an agent, sub-agents included, from the last good list. */
export interface AgentFigures {
  at: string;
  /** Sum of max(limit, usage) over the users in the list. */
  allocatedBytes: number;
  /** Sum of the usage shown. Falls on resets. */
  currentBytes: number;
  users: number;
  enabledUsers: number;
}

/** Usage of an agent that is over its limit by one jump: the next list confirms it or not. */
export interface AgentDoubt {
  at: string;
  run: string | null;
  usedBytes: number;
}

/**
 * A fall of a user's counter that no known reset explains: a second reading confirms it, or shows that it was wrong. One to the same
 * figure is a counter that stood still although the user was online.
 */
export interface AgentFall {
  /** Key of the user in the ledger. */
  key: string;
  name: string;
  at: string;
  run: string | null;
  fromBytes: number;
  toBytes: number;
  /** Null while it waits; then when a second reading confirmed it, and what was charged. */
  confirmed: { at: string; chargedBytes: number } | null;
}

/** The last verdict about an agent, with its figures. */
export interface AgentVerdict {
  at: string;
  run: string | null;
  accounting: AccountingMode;
  limitBytes: number | null;
  usedBytes: number | null;
  exceeded: boolean;
  /** Why the agent is in its state. Stable. */
  rule: string;
  /** What its users' figures would make of it; absent where they are not doubted. */
  doubted?: AgentDoubt;
  /** Falls of its own users' counters that wait, or were confirmed not long ago; absent where there are none. */
  falls?: AgentFall[];
  /** Uuids of missing agents that it may be with another one, and below which it counts; absent where there are none. */
  former?: readonly string[];
}

/** One agent of one panel: its limit, its account and the last verdict. */
export interface AgentRecord {
  panel: string;
  uuid: string;
  name: string;
  /** The panel's word for what the account may do. */
  role: string;
  parent: string | null;
  /** Null: no limit. 0: nothing allowed. */
  limitBytes: number | null;
  limitSince: string | null;
  /** Null before the first limit. */
  account: AgentAccount | null;
  figures: AgentFigures | null;
  verdict: AgentVerdict | null;
  /** Percent thresholds reported in this period. */
  thresholds: number[];
  /** First list without the agent; null while it is listed. */
  missingSince: string | null;
  /** The panel does not have the account any more. One that is missing and not gone is only hidden. */
  gone: boolean;
}

/** An entry of the ledger: what is stored of a user to compute its growth, also of users that are gone. */
export interface AgentUserRecord {
  panel: string;
  /** Unique on its panel: the uuid, or `#` and the panel's number for a user without one. */
  key: string;
  uuid: string | null;
  /** Number in the panel's own database. */
  panelId: number;
  owner: string | null;
  /** Usage at the last reading; negative where the panel stores a negative figure. */
  lastBytes: number;
  /** Limit at the last reading; never negative. */
  limitBytes: number;
  /** Used since the first reading, over all resets and owners. Never falls. */
  totalBytes: number;
  firstSeenAt: string;
  /** Local day of the panel's own last reset, `YYYY-MM-DD`, at the last reading; null where it is not known. */
  resetDate: string | null;
  /** First list without the user; null while it is listed. */
  missingSince: string | null;
  /** The panel does not have the user any more. One that is missing and not gone still counts. */
  gone: boolean;
}

/** A raise of a user's limit, an extension of a user, or a move of a user to another agent. */
export interface RaisedLimit {
  /** Uuid of the user. */
  raises: string;
  limitBytes: number;
  /** Days that the user has after an extension; absent where they stay. */
  packageDays?: number;
  /** What was asked of an extension, by which a repeated command is known; absent for other raises. */
  asked?: { bytes: number; days: number };
  /** The reference of an extension; absent without one. */
  ref?: string;
  /** Total usage (`AgentUserRecord.totalBytes`) at which the new limit is used up. */
  untilBytes: number;
}

/** Returns the key of a user's raise. A user has one at a time, apart from the reservation of its creation. */
export function raiseKey(user: string): string {
  return `raise:${user}`;
}

/**
 * Budget of an agent, and of those above it, reserved for a user that is created or raised. It is `open` until reading the
 * panel shows whether the user exists. Then what the user has not used yet (`leftBytes`) stays reserved until it is `closed`.
 */
export interface AgentReservationRecord {
  panel: string;
  /** The uuid of the user; of a raise a separate key. */
  uuid: string;
  agent: string;
  /** The agent and those above it at the time: it counts against each. */
  chain: string[];
  bytes: number;
  leftBytes: number;
  state: 'open' | 'settled' | 'closed';
  /** The user to be created, for the repair after a crash; or the raise. */
  wanted: unknown;
  createdAt: string;
  /** From this instant on an open one is resolved by reading. */
  expiresAt: string;
  /** The process that created it. */
  holder: string | null;
  /** When a list first had the user in the agent's sum. */
  seenAt: string | null;
  confirmedAt: string | null;
  closedAt: string | null;
  /** Why it was closed; before that `found`, where another process found the user after its holder was gone. */
  outcome: string | null;
}

/** The last list of a panel's users that was accepted. */
export interface AgentSnapshotRecord {
  panel: string;
  /** When the list was requested. */
  at: string;
  /** When all of it had been read. A list requested before that is not newer. */
  until: string;
  users: number;
  admins: number;
  /** Name of the key's account. */
  ownerName: string;
}

/** Types of the steps on agents' users. */
export const AGENT_STEPS = {
  create: 'create-user',
  delete: 'delete-user',
  disable: 'disable-user',
  enable: 'enable-user',
} as const;

const AGENT = 'agent:';
const OF_USER = '/';

/** Returns the key of an agent as a subject of holds and evidence; no service has such an id. */
export function toAgentSubject(panel: string, uuid: string): string {
  return `${AGENT}${panel}:${uuid}`;
}

/** Returns the key of one user of an agent as a subject of holds: what concerns that user alone. */
export function toUserSubject(panel: string, agent: string, user: string): string {
  return `${toAgentSubject(panel, agent)}${OF_USER}${user}`;
}

/** Returns the uuid of the agent that a subject's key names, also of one of its users; null where the subject is a service. */
export function findSubjectAgent(key: string): string | null {
  return key.startsWith(AGENT) ? (key.slice(key.lastIndexOf(':') + 1).split(OF_USER)[0] ?? '') : null;
}

/** Returns the uuid of the user that a subject's key names; null where the subject is a service, or an agent with all its users. */
export function findSubjectUser(key: string): string | null {
  return key.startsWith(AGENT) ? (key.slice(key.lastIndexOf(':') + 1).split(OF_USER)[1] ?? null) : null;
}

/** Returns the panel that a subject's key names; null where the subject is a service. */
export function findSubjectPanel(key: string): string | null {
  return key.startsWith(AGENT) ? key.slice(AGENT.length, key.lastIndexOf(':')) : null;
}
