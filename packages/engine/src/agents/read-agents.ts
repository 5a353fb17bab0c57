import { isPanelError } from '@sluice/panel-http';
import {
  type AgentList,
  type AgentMemory,
  isListProblem,
  type ListProblem,
  type PanelAgents,
  type RecordedAgents,
  SluiceError,
} from '@sluice/panel-kind';
import type { AgentRecord, AgentUserRecord, HeldLease, StoreTables } from '@sluice/state-store';
import type { Session } from '../session.js';
import { trustedNow } from '../trusted-clock.js';

/** Whose lists are read. */
export interface ReadFrom {
  session: Session;
  name: string;
  agents: PanelAgents;
}

/** How a list is read and stored. */
export interface ReadOptions {
  run: string | null;
  dryRun: boolean;
  acceptHalved: boolean;
  /** Marks the crossed thresholds as announced. */
  announce: boolean;
  leases?: (() => HeldLease[]) | undefined;
  /** Called before anything is concluded from the list; throws where nothing may be. */
  guard?: (() => void) | undefined;
}

/** A list that was good, and what is stored since. */
export interface AgentsRead {
  list: AgentList;
  recorded: RecordedAgents;
  /** After the list. */
  memory: AgentMemory;
}

/** Loads all that is stored of a panel's agents. */
export async function loadMemory(
  session: Session,
  panel: string,
  tables: Omit<StoreTables, 'write'> = session.store,
): Promise<AgentMemory> {
  const own = await tables.evidence.open({ agentsOf: panel });
  const ofServices = new Set((await tables.holds.open({ panel, reason: 'agent-limit' })).map(({ id }) => id));
  const others =
    ofServices.size === 0 ? [] : (await tables.evidence.open({ panel })).filter(({ hold }) => ofServices.has(hold));
  return {
    agents: await tables.agents.list(panel),
    reservations: await tables.agentReservations.live(panel),
    snapshot: await tables.agentSnapshots.get(panel),
    holds: await tables.holds.open({ agentsOf: panel }),
    evidence: [...own, ...others],
    periodNow: trustedNow(session, panel, await tables.clock.confirmed()),
  };
}

/** A figure is read again when it is older than this. */
const MOST_AGE_MS = 60_000;

/** A list that another run has read later is read again so often. */
const MOST_READS = 3;

/**
 * Reads the panel and, in one transaction, stores what it showed. The same list twice, or an older one after a newer one,
 * changes nothing: each list is charged once, by however many runs on the same store.
 */
export async function readAgents(from: ReadFrom, options: ReadOptions): Promise<AgentsRead | ListProblem> {
  let read = await readOnce(from, options);
  for (let count = 1; isProblem(read) && read.code === SUPERSEDED.code && count < MOST_READS; count++)
    read = await readOnce(from, options);
  return read;
}

/** Whether reading has failed. */
export function isProblem(read: AgentsRead | ListProblem): read is ListProblem {
  return 'code' in read;
}

async function readOnce(from: ReadFrom, options: ReadOptions): Promise<AgentsRead | ListProblem> {
  const { session, name, agents } = from;
  const { store } = session;
  const { signal } = session.deps;
  const last = await store.agentSnapshots.get(name);
  const bare = await agents.read(last, { acceptHalved: options.acceptHalved, signal });
  if (isListProblem(bare)) return bare;
  for (;;) {
    const before = await store.agentSnapshots.get(name);
    // Two lists that overlap in time may each be the older one for some rows. A record from the future stops nothing.
    if (before !== null && before.until > bare.at && before.until <= session.now()) return SUPERSEDED;
    const users = await store.agentUsers.list({ panel: name });
    const list = await agents.complete(bare, { agents: await store.agents.list(name), users }, signal);
    if (isListProblem(list)) return list;
    options.guard?.();
    if (options.dryRun) return compute(from, list, { users, tables: store, run: options.run });
    const read = await session.write(options.leases?.() ?? [], async (tables) => {
      // Another run may have stored a list meanwhile; then the ledger at hand is not the newest.
      if ((await tables.agentSnapshots.get(name))?.at !== before?.at) return null;
      const result = await compute(from, list, { users, tables, run: options.run });
      await put(name, tables, result.recorded, options.announce);
      return result;
    });
    if (read !== null) return read;
  }
}

const SUPERSEDED: ListProblem = {
  code: 'list_superseded',
  message: 'Another run has read the panel later than this one; nothing was concluded from the older list.',
};

async function compute(
  { session, name, agents }: ReadFrom,
  list: AgentList,
  { users, tables, run }: { users: AgentUserRecord[]; tables: Omit<StoreTables, 'write'>; run: string | null },
): Promise<AgentsRead> {
  const memory = await loadMemory(session, name, tables);
  const since = memory.snapshot === null ? null : agents.recordsSince(memory.snapshot);
  const actions = since === null ? [] : (await tables.actions.list({ since })).filter(({ panel }) => panel === name);
  const recorded = agents.record(list, { memory, users, actions }, { now: session.now(), run });
  const changed = new Map(recorded.reservations.map((reservation) => [reservation.uuid, reservation]));
  const reservations = memory.reservations.map((reservation) => changed.get(reservation.uuid) ?? reservation);
  const known = [...recorded.agents.values()];
  return { list, recorded, memory: { ...memory, agents: known, reservations, snapshot: recorded.snapshot } };
}

async function put(panel: string, tables: StoreTables, recorded: RecordedAgents, announce: boolean): Promise<void> {
  const silent = announce ? [] : recorded.crossed;
  const agents = [...recorded.agents.values()].map((agent): AgentRecord => {
    const unsaid = silent.filter((crossing) => crossing.agent === agent.uuid).map(({ percent }) => percent);
    return { ...agent, thresholds: agent.thresholds.filter((percent) => !unsaid.includes(percent)) };
  });
  await tables.agents.put(agents);
  await tables.agentUsers.put(recorded.users.changed);
  await tables.agentUsers.remove(panel, recorded.users.removed);
  await tables.agentReservations.put(recorded.reservations);
  await tables.agentSnapshots.put(recorded.snapshot);
}

/** Returns a problem as an error, for callers that need the figures. */
export function problemError(problem: ListProblem): unknown {
  if (isPanelError(problem.cause)) return problem.cause;
  return new SluiceError(problem.code, problem.message, { kind: 'panel' });
}

const LOOK = { run: null, dryRun: false, acceptHalved: false, announce: false };

/** Reads the panel now and stores it; rejects when nothing could be concluded. */
export async function readFigures(from: ReadFrom): Promise<void> {
  const read = await readOnce(from, LOOK);
  // Another run has just read the panel: those figures are as good.
  if (isProblem(read) && read.code !== SUPERSEDED.code) throw problemError(read);
}

/** Reads the panel, unless what this call has read is new enough to decide by. */
export async function freshFigures(from: ReadFrom): Promise<void> {
  const { session, name } = from;
  const last = await session.store.agentSnapshots.get(name);
  const age = last === null ? Infinity : session.deps.clock.now() - Date.parse(last.at);
  if (last === null || age < 0 || age > MOST_AGE_MS || last.at <= session.since) await readFigures(from);
}

/**
 * The same before a creation: a list that is too short to believe takes nothing from what is stored, so deciding by that
 * reserves too much rather than too little.
 */
async function figuresForCreation(from: ReadFrom): Promise<void> {
  try {
    await freshFigures(from);
  } catch (error) {
    if (!(error instanceof SluiceError) || !TOO_SHORT.includes(error.code)) throw error;
  }
}

const TOO_SHORT: readonly string[] = ['list_halved', 'list_empty'];

/** Returns the agent with fresh figures; one that is not known yet may have been made since the last look. */
export async function knownAgent(
  from: ReadFrom,
  text: string,
  { creation = false } = {},
): Promise<{ agent: AgentRecord; memory: AgentMemory }> {
  const { session, name, agents } = from;
  await (creation ? figuresForCreation(from) : freshFigures(from));
  const memory = await loadMemory(session, name);
  try {
    return { agent: agents.find(text, memory), memory };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'unknown_agent') throw error;
  }
  await readFigures(from);
  const again = await loadMemory(session, name);
  return { agent: agents.find(text, again), memory: again };
}
