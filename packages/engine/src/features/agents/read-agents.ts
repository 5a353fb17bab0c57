import { isPanelError } from '@sluice/panel-http';
import {
  type AgentList,
  type AgentRecords,
  type AgentRename,
  type AgentTraffic,
  isListProblem,
  type ListedUser,
  type ListProblem,
  type RecordedAgents,
  SluiceError,
} from '@sluice/panel-kind';
import type {
  AgentRecord,
  AgentUserRecord,
  EvidenceRecord,
  HeldLease,
  HoldRecord,
  StoreTables,
} from '@sluice/state-store';
import { foresee } from '../../context/foresee.js';
import { readOrdered } from './ordered.js';
import { bindNames, loadMeant, renameAgents } from './meant-agents.js';
import { reopenHolds } from '../../context/change-holds.js';
import { findReturned, type Returned } from './returned-users.js';
import { readSold, type SoldLimits } from './sold-limits.js';
import { type WaitingRaise, weighRaises } from './sold-raises.js';
import { TOO_SHORT } from '../../base/errors.js';
import type { Context } from '../../context/context.js';
import { trustedNow } from '../../context/panel-answers.js';
import type { AgentsOnPanel } from './open-agents.js';
import { describeAgents, findAgent } from './stored.js';

/** The panel whose lists are read. */
export type ReadFrom = Pick<AgentsOnPanel, 'context' | 'name' | 'agents'>;

/** Options of `readAgents`. */
export interface ReadOptions {
  /** Id of the run; absent outside of one. */
  run?: string | undefined;
  dryRun?: boolean;
  acceptHalved?: boolean;
  /** Whether users are enabled and disabled by the lists; absent where only figures are needed. */
  decides?: boolean;
  leases?: (() => HeldLease[]) | undefined;
  /** Called before the list is used; throws to refuse it. */
  guard?: (() => void) | undefined;
}

/** A good list, and what is stored after it. */
export interface AgentsRead {
  list: AgentList;
  recorded: RecordedAgents;
  records: AgentRecords;
  /** Services of which it is not known what they are sold while their limit is lifted. */
  unknownSold: SoldLimits['unknown'];
  /** What services are sold more while their limit is lifted, without room under the limits of their agents. */
  waiting: readonly WaitingRaise[];
  /** Evidence and holds, among those of the records, of users that were gone and are there again. */
  returned: Returned;
  /** Agents that the list shows with another uuid than the store before it. */
  renames: readonly AgentRename[];
}

/** Loads everything stored about the agents of a panel, with what clients have ordered and the panel does not show yet. */
export async function loadStoredAgents(
  context: Context,
  panel: string,
  tables: Omit<StoreTables, 'write'> = context.store,
): Promise<AgentRecords> {
  const records = await loadRecords(context, panel, tables);
  const { agents } = await context.panel(panel);
  const ordered = agents === undefined ? [] : await readOrdered({ context, name: panel, agents }, records, tables);
  return { ...records, reservations: [...records.reservations, ...ordered] };
}

async function loadRecords(context: Context, panel: string, tables: Omit<StoreTables, 'write'>): Promise<AgentRecords> {
  const own = await tables.evidence.open({ agentsOf: panel });
  const holds = await tables.holds.open({ agentsOf: panel });
  // Their users may have been disabled first for another hold, which then has the evidence.
  const held = new Set((await tables.holds.open({ panel, reason: 'agent-limit' })).map(({ service }) => service));
  const others =
    held.size === 0 ? [] : (await tables.evidence.open({ panel })).filter(({ service }) => held.has(service));
  const snapshot = await tables.agentSnapshots.get(panel);
  const since = snapshot === null ? [] : await tables.actions.list({ since: snapshot.at });
  return {
    agents: await tables.agents.list(panel),
    reservations: await tables.agentReservations.live(panel),
    snapshot,
    holds,
    evidence: [...own, ...others],
    owners: await loadOwners(panel, others, tables),
    applied: since.filter((action) => action.panel === panel && action.state === 'applied'),
    actors: await loadActors(holds, tables),
    meant: await loadMeant(tables, panel),
    periodNow: trustedNow(context, panel, await tables.clock.confirmed()),
  };
}

/** Returns the present owners of users that are disabled for services, as last read. */
async function loadOwners(
  panel: string,
  evidence: readonly EvidenceRecord[],
  { agentUsers }: Pick<StoreTables, 'agentUsers'>,
): Promise<Map<string, string | null>> {
  if (evidence.length === 0) return new Map();
  const users = await agentUsers.list({ panel, keys: evidence.map(({ target }) => target) });
  return new Map(users.map(({ key, owner }) => [key, owner]));
}

/** Returns the agents of a panel as last read. */
export async function describeStored({ context, name, agents }: ReadFrom): Promise<AgentTraffic[]> {
  return describeAgents(agents, await loadStoredAgents(context, name));
}

/** Returns who suspended agents, by hold: the actor of the run that began it. */
async function loadActors(
  holds: readonly HoldRecord[],
  { runs }: Pick<StoreTables, 'runs'>,
): Promise<Map<string, string>> {
  const actors = new Map<string, string>();
  for (const { id, since } of holds.filter(({ reason }) => reason === 'manual')) {
    const started = (await runs.list({ command: 'agent suspend', since })).find(({ startedAt }) => startedAt === since);
    if (started?.actor != null) actors.set(id, started.actor);
  }
  return actors;
}

/** Older figures are read again. */
const MOST_AGE_MS = 60_000;

/** How often a list is read when another run keeps reading a later one. */
const MOST_READS = 3;

/**
 * Reads the lists and stores them in one transaction. A list that is not newer than the stored one changes nothing, so that each
 * is charged once, by however many runs.
 */
export async function readAgents(from: ReadFrom, options: ReadOptions): Promise<AgentsRead | ListProblem> {
  let read = await readOnce(from, options);
  for (let count = 1; isProblem(read) && read.code === SUPERSEDED.code && count < MOST_READS; count++)
    read = await readOnce(from, options);
  return read;
}

/** Returns whether reading failed. */
export function isProblem(read: AgentsRead | ListProblem): read is ListProblem {
  return 'code' in read;
}

async function readOnce(from: ReadFrom, options: ReadOptions): Promise<AgentsRead | ListProblem> {
  const { context, name, agents } = from;
  const { store } = context;
  const { signal } = context.deps;
  const { run = null, dryRun = false, acceptHalved = false, decides = false } = options;
  const last = await store.agentSnapshots.get(name);
  const bare = await agents.read(last, { acceptHalved, signal });
  if (isListProblem(bare)) return bare;
  for (;;) {
    const before = await store.agentSnapshots.get(name);
    // Of two lists that overlap in time, each may be older for some rows. A stored list from the future is ignored.
    if (before !== null && before.until > bare.at && before.until <= context.now()) return SUPERSEDED;
    const users = await store.agentUsers.list({ panel: name });
    const disabled = new Set(decides ? await listDisabled(store, name) : []);
    const known = { agents: await store.agents.list(name), users, disabled };
    const list = await agents.complete(bare, known, signal);
    if (isListProblem(list)) return list;
    const renames = agents.findRenames?.(list, known) ?? [];
    options.guard?.();
    const jump = acceptHalved ? null : context.config.poll.doubt.jump;
    const renamed = async (tables: StoreTables): Promise<AgentsRead> => {
      await renameAgents(context, tables, { panel: name, renames });
      const ledger = renames.length === 0 ? users : await tables.agentUsers.list({ panel: name });
      return { ...(await compute(from, list, { users: ledger, tables, run, jump })), renames };
    };
    if (dryRun && renames.length > 0) return foresee(store, renamed);
    if (dryRun) return { ...(await compute(from, list, { users, tables: store, run, jump })), renames };
    const read = await context.write(options.leases?.() ?? [], async (tables) => {
      // If another run stored a list meanwhile, the loaded ledger is out of date.
      if ((await tables.agentSnapshots.get(name))?.at !== before?.at) return null;
      const result = await renamed(tables);
      await put(name, tables, result);
      await bindNames(context, tables, { panel: name, agents: result.recorded.agents });
      return result;
    });
    if (read !== null) return read;
  }
}

/** Returns the users that are disabled for the agents and the services of a panel. */
async function listDisabled({ evidence }: Pick<StoreTables, 'evidence'>, panel: string): Promise<string[]> {
  const open = [...(await evidence.open({ agentsOf: panel })), ...(await evidence.open({ panel }))];
  return open.map(({ target }) => target);
}

const SUPERSEDED: ListProblem = {
  code: 'list_superseded',
  message: 'Another run read the panel after this one; the older list was ignored.',
};

/** The run of a reading, and the share of a limit above which its growth is doubted. */
interface ReadIn {
  run: string | null;
  jump: number | null;
}

async function compute(
  { context, name, agents }: ReadFrom,
  list: AgentList,
  { users, tables, ...at }: { users: AgentUserRecord[]; tables: Omit<StoreTables, 'write'> } & ReadIn,
): Promise<Omit<AgentsRead, 'renames'>> {
  const records = await loadRecords(context, name, tables);
  const since = records.snapshot === null ? null : (agents.recordsSince?.(records.snapshot) ?? null);
  const actions = since === null ? [] : (await tables.actions.list({ since })).filter(({ panel }) => panel === name);
  const { sold, raised, unknown: unknownSold } = await readSold({ context, name, agents }, { list, users }, tables);
  const recordAs = async (counted: SoldLimits['sold']): Promise<Pick<AgentsRead, 'list' | 'recorded' | 'records'>> => {
    const known = { records, users, actions };
    const recorded = agents.record(asSold(list, counted), known, { now: context.now(), ...at });
    const changed = new Map(recorded.reservations.map((reservation) => [reservation.uuid, reservation]));
    const reservations = records.reservations.map((reservation) => changed.get(reservation.uuid) ?? reservation);
    const after = { ...records, agents: [...recorded.agents.values()], reservations, snapshot: recorded.snapshot };
    const ordered = await readOrdered({ context, name, agents }, after, tables, recorded.users.changed);
    return { list, recorded, records: { ...after, reservations: [...reservations, ...ordered] } };
  };
  const first = await recordAs(sold);
  const { changed } = first.recorded.users;
  const toEntries = () => new Map([...users, ...changed].map((entry) => [entry.key, entry]));
  const { fitting, waiting } =
    raised.length === 0 ? NO_RAISES : weighRaises(agents, first.records, { raised, users: toEntries() });
  const read = fitting.size === 0 ? first : await recordAs(new Map([...sold, ...fitting]));
  const returned = await findReturned({ context, name }, tables, { users, changed });
  const evidence = [...read.records.evidence, ...returned.evidence];
  const holds = [...read.records.holds, ...returned.holds];
  return { ...read, records: { ...read.records, evidence, holds }, unknownSold, waiting, returned };
}

/** Returns a list with what is sold in place of limits that are lifted: an agent sells no lift. */
function asSold(list: AgentList, sold: SoldLimits['sold']): AgentList {
  if (sold.size === 0) return list;
  const toSold = (user: ListedUser): ListedUser => ({
    ...user,
    limitBytes: sold.get(user.uuid ?? '') ?? user.limitBytes,
  });
  return { ...list, users: list.users.map(toSold) };
}

const NO_RAISES: ReturnType<typeof weighRaises> = { fitting: new Map(), waiting: [] };

/** Stores what was read. */
async function put(panel: string, tables: StoreTables, { recorded, returned }: AgentsRead): Promise<void> {
  await tables.agents.put([...recorded.agents.values()]);
  await tables.agentPeriods.put(recorded.ended);
  await tables.agentUsers.put(recorded.users.changed);
  await tables.agentUsers.remove(panel, recorded.users.removed);
  await tables.agentReservations.put(recorded.reservations);
  await tables.agentSnapshots.put(recorded.snapshot);
  await reopenHolds(
    tables,
    returned.holds.map(({ id }) => id),
  );
  for (const item of returned.evidence) await tables.evidence.add(item);
}

/** Returns a problem as an error to throw. */
export function problemError(problem: ListProblem): unknown {
  if (isPanelError(problem.cause)) return problem.cause;
  return new SluiceError(problem.code, problem.message, { kind: 'panel' });
}

/** Reads and stores the lists now; rejects where they can't be used. */
export async function readFigures(from: ReadFrom): Promise<void> {
  const read = await readOnce(from, {});
  // Another run has just stored newer figures.
  if (isProblem(read) && read.code !== SUPERSEDED.code) throw problemError(read);
}

/** Reads the lists, unless this context has read them recently. */
export async function readCurrentFigures(from: ReadFrom): Promise<void> {
  const { context, name } = from;
  const last = await context.store.agentSnapshots.get(name);
  const age = last === null ? Infinity : context.deps.clock.now() - Date.parse(last.at);
  if (last === null || age < 0 || age > MOST_AGE_MS || last.at <= context.since) await readFigures(from);
}

/**
 * Reads the lists before a creation. A list that is too short is tolerated: the stored figures are then too high rather than too
 * low.
 */
async function figuresForCreation(from: ReadFrom): Promise<void> {
  try {
    await readCurrentFigures(from);
  } catch (error) {
    if (!(error instanceof SluiceError) || !TOO_SHORT.includes(error.code)) throw error;
  }
}

/** Returns an agent with current figures; reads the panel again for an unknown one. */
export async function knownAgent(
  from: ReadFrom,
  text: string,
  { creation = false } = {},
): Promise<{ agent: AgentRecord; records: AgentRecords }> {
  const { context, name } = from;
  await (creation ? figuresForCreation(from) : readCurrentFigures(from));
  const records = await loadStoredAgents(context, name);
  try {
    return { agent: findAgent(text, records), records };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'unknown_agent') throw error;
  }
  await readFigures(from);
  const again = await loadStoredAgents(context, name);
  return { agent: findAgent(text, again), records: again };
}
