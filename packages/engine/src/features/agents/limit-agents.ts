import type { AgentDetail } from '@sluice/contract/documents';
import { formatBytes, gigabytesToBytes } from '@sluice/quota-core';
import { listEndedPeriods } from '@sluice/quota-core/agents';
import {
  type AgentLimit,
  type AgentRecords,
  type AgentTraffic,
  type LedgerOpening,
  usageError,
} from '@sluice/panel-kind';
import { isPanelRemoved } from '../../base/config/find-entry.js';
import { withRun } from '../../kernel/run/bracket.js';
import type { ImportRow } from '../services/plan-rows.js';
import { readEnforcements } from '../../context/enforcement.js';
import { refuseEndedAsker } from '../../context/asker.js';
import type { Context } from '../../context/context.js';
import { addonAgent } from './addon.js';
import type { AgentRecord, StoreTables } from '@sluice/state-store';
import { agentDetails } from './agent-views.js';
import { leaveAgent } from './gone-agents.js';
import { agentPanel, type AgentsOnPanel, matches, openAgents, withAgentErrors } from './open-agents.js';
import {
  describeStored,
  readCurrentFigures,
  isProblem,
  loadStoredAgents,
  problemError,
  readAgents,
  readFigures,
} from './read-agents.js';
import { withLimits } from './new-limits.js';
import { describeAgents } from './stored.js';

/** Options of `agent limit AGENT`. */
export interface LimitRequest {
  panel?: string | undefined;
  agent: string;
  /** Null removes the limit; of an agent whose panel, stated by name, is not in the config, its holds too. */
  limitBytes: number | null;
  opening?: LedgerOpening | undefined;
  dryRun?: boolean | undefined;
  /**
   * Called before anything is stored if agents would be over their limit at once, or if users stay disabled on a panel that is not in the
   * config; throws to stop. Absent: refused (`not_confirmed`).
   */
  confirm?: ((question: string) => Promise<void>) | undefined;
}

/** Sets the limit of one agent. */
export async function limitAgent(context: Context, request: LimitRequest): Promise<AgentDetail> {
  const { agent: text, limitBytes, opening, panel } = request;
  if (panel !== undefined && limitBytes === null && isPanelRemoved(context.config, panel)) {
    const { dryRun = false, confirm = refuseUnconfirmed } = request;
    return leaveAgent(context, { panel, agent: text, dryRun, confirm });
  }
  const on = await openAgents(context, await agentPanel(context, panel));
  const { addon } = on;
  if (addon !== null) {
    if (opening !== undefined) {
      throw usageError('bad_option', 'the add-on has no ledger: leave the opening out');
    }
    if (request.dryRun !== true) {
      // The panel may have been slow to answer whether it has the add-on.
      await refuseEndedAsker(context.store, context.deps.asker, context.now());
      await withAgentErrors(text, () => addon.setTrafficLimit(text, limitBytes));
    }
    return addonAgent(context, on, addon, text);
  }
  const order: AgentLimit = { agent: text, limitBytes, ...(opening === undefined ? {} : { opening }) };
  const [detail] = await withAgentErrors(text, () => setLimits(on, [order], request));
  if (!detail) throw new Error('an agent without detail');
  return detail;
}

/** Options of `agent limit --from`: all rows are stored, or none. */
export interface LimitImport {
  panel?: string | undefined;
  rows: ImportRow[];
  file: string;
  opening?: LedgerOpening | undefined;
  dryRun?: boolean | undefined;
  confirm?: LimitRequest['confirm'];
}

/**
 * Sets the limits of a file with the columns `agent`, `limit_gb` (empty: no limit) and `opening_gb`: the usage with which the first limit
 * of an agent begins (empty: its current one). A repetition changes nothing.
 *
 * @throws SluiceError `bad_import` with every bad row and its line
 */
export async function limitAgents(context: Context, request: LimitImport): Promise<AgentDetail[]> {
  const on = await openAgents(context, await agentPanel(context, request.panel));
  if (on.addon !== null) {
    throw usageError('bad_option', "the add-on can't set several limits at once: set them one by one");
  }
  const { opening } = request;
  const { orders, problems, statesOpening } = await readOrders(on, request.rows, opening);
  if (opening !== undefined && statesOpening)
    throw usageError('bad_option', 'the file has openings (opening_gb): one for all can not be stated beside them');
  if (problems.length > 0) {
    const lines = problems.map(({ line, message }) => `line ${line ?? '?'}: ${message}`);
    throw usageError('bad_import', `${request.file}: no limit was set:`, { problems }, lines);
  }
  return withAgentErrors(null, () => setLimits(on, orders, request));
}

/** What is wrong with a row of limits. */
export interface LimitProblem {
  line: number | null;
  agent: string;
  message: string;
}

/** Returns what is wrong with the texts of rows of limits. */
export function findLimitProblems(rows: readonly ImportRow[]): LimitProblem[] {
  const problems: LimitProblem[] = [];
  for (const row of rows) readRow(row, problems);
  return problems;
}

/** Returns the limits that rows set, by the agents that the panel has, and what is wrong with them. */
export async function readOrders(
  on: AgentsOnPanel,
  rows: readonly ImportRow[],
  opening?: LedgerOpening,
): Promise<{ orders: AgentLimit[]; problems: LimitProblem[]; statesOpening: boolean }> {
  const problems: LimitProblem[] = [];
  const read = rows.map((row) => readRow(row, problems));
  const statesOpening = read.some((row) => row !== null && row.firstOpening !== null);
  const orders: AgentLimit[] = [];
  if (opening !== undefined && statesOpening) return { orders, problems, statesOpening };
  await readCurrentFigures(on);
  const agents = await describeStored(on);
  const seen = new Set<string>();
  for (const row of read) {
    if (row === null) continue;
    const [only, ...others] = matches(agents, row.agent);
    const message = findProblem(only, others.length, seen);
    if (message !== null || only === undefined)
      problems.push({ line: row.line, agent: row.agent, message: message ?? '' });
    else {
      seen.add(only.uuid);
      const { limitBytes, firstOpening } = row;
      orders.push({
        ...{ agent: only.uuid, limitBytes },
        ...(opening === undefined ? {} : { opening }),
        ...(firstOpening === null ? {} : { firstOpening: { bytes: firstOpening } }),
      });
    }
  }
  return { orders, problems, statesOpening };
}

function findProblem(only: AgentTraffic | undefined, others: number, seen: ReadonlySet<string>): string | null {
  if (only === undefined) return 'there is no agent with this uuid or name on the panel';
  if (others > 0) return `${others + 1} agents have this name: use the uuid`;
  return seen.has(only.uuid) ? `agent "${only.name}" is in the file twice` : null;
}

/** A row of the file, with its figures in bytes. */
interface LimitRow {
  line: number | null;
  agent: string;
  limitBytes: number | null;
  firstOpening: number | null;
}

function readRow({ line, values, problem }: ImportRow, problems: LimitProblem[]): LimitRow | null {
  const { agent = '', limit_gb: limit, opening_gb: opening = '', ...others } = values;
  const [unknown] = Object.keys(others);
  const say = (message: string): null => {
    problems.push({ line, agent, message });
    return null;
  };
  if (problem !== undefined) return say(problem);
  if (unknown !== undefined) return say(`unknown column "${unknown}"; known: agent, limit_gb, opening_gb`);
  if (agent === '') return say('agent is required');
  if (limit === undefined) return say('limit_gb is required; leave the value empty for no limit');
  if (limit === '' && opening !== '')
    return say('opening_gb: without a limit nothing is counted; leave the value empty');
  let column = 'limit_gb';
  try {
    const limitBytes = limit === '' ? null : gigabytesToBytes(limit);
    column = 'opening_gb';
    return { line, agent, limitBytes, firstOpening: opening === '' ? null : gigabytesToBytes(opening) };
  } catch (error) {
    return say(`${column}: ${(error as Error).message}`);
  }
}

/** Sets limits after reading the panel, so that ledgers start with the current usage. */
async function setLimits(
  on: AgentsOnPanel,
  limits: AgentLimit[],
  { dryRun = false, confirm = refuseUnconfirmed }: Pick<LimitRequest, 'dryRun' | 'confirm'>,
): Promise<AgentDetail[]> {
  const { context, name, agents } = on;
  const read = await readAgents(on, { dryRun });
  if (isProblem(read) && read.code !== 'list_superseded') throw problemError(read);
  const preview = previewLimits(on, isProblem(read) ? await loadStoredAgents(context, name) : read.records, limits);
  const enforcements = await readEnforcements(context.config, context.store);
  if (dryRun) return agentDetails(on, preview, enforcements);
  const over = preview.filter(({ exceeded }) => exceeded);
  if (over.length > 0) await confirm(questionFor(over));
  await readFigures(on);
  await withRun(context, { command: 'agent limit', dryRun: false }, (run) => {
    run.totals = { agents: preview.map((agent) => agent.name) };
    return run.store((tables) => storeLimits(on, tables, limits));
  });
  const uuids = preview.map(({ uuid }) => uuid);
  const shown = describeAgents(agents, await loadStoredAgents(context, name), uuids);
  return agentDetails(
    on,
    uuids.flatMap((uuid) => shown.find((agent) => agent.uuid === uuid) ?? []),
    enforcements,
  );
}

/**
 * Stores limits of agents; returns how many of them have another limit, or their first opening, by that. `unlessSince`: agents whose limit was
 * changed later than that keep theirs, and are returned by name.
 */
export async function storeLimits(
  { context, name, agents }: AgentsOnPanel,
  tables: StoreTables,
  limits: readonly AgentLimit[],
  unlessSince?: string,
): Promise<{ changed: number; kept: readonly string[] }> {
  const records = await loadStoredAgents(context, name, tables);
  const before = new Map(records.agents.map((agent) => [agent.uuid, agent]));
  const limited = withLimits(agents, records, limits, context.now());
  const differing = limited.filter((agent) => {
    const known = before.get(agent.uuid);
    const isFirst = (agent.account === null) !== ((known?.account ?? null) === null);
    return agent.limitBytes !== (known?.limitBytes ?? null) || isFirst;
  });
  const isNewer = ({ uuid }: AgentRecord): boolean =>
    unlessSince !== undefined && (before.get(uuid)?.limitSince ?? '') > unlessSince;
  const stored = differing.filter((agent) => !isNewer(agent));
  const changing = unlessSince === undefined ? limited : stored;
  await tables.agents.put(changing);
  await tables.agentPeriods.put(
    changing.flatMap((agent) => listEndedPeriods(before.get(agent.uuid) ?? agent, agent, agents.rules)),
  );
  return { changed: stored.length, kept: differing.filter(isNewer).map((agent) => agent.name) };
}

/** Returns what to ask before limits are stored: agents would be over them at once. Null where none would be. */
export async function askAboutLimits(on: AgentsOnPanel, limits: readonly AgentLimit[]): Promise<string | null> {
  const over = previewLimits(on, await loadStoredAgents(on.context, on.name), [...limits]).filter(
    ({ exceeded }) => exceeded,
  );
  return over.length === 0 ? null : questionFor(over);
}

/** Refuses limits that nobody has confirmed. */
export function refuseUnconfirmed(question: string): never {
  throw usageError('not_confirmed', `${question} Nothing was changed: the request does not accept it`);
}

/** Returns the agents as they would be shown with these limits. */
function previewLimits(
  { context, agents }: AgentsOnPanel,
  records: AgentRecords,
  limits: AgentLimit[],
): AgentTraffic[] {
  const changed = new Map(withLimits(agents, records, limits, context.now()).map((agent) => [agent.uuid, agent]));
  const known = records.agents.map((agent) => changed.get(agent.uuid) ?? agent);
  const shown = describeAgents(agents, { ...records, agents: known }, [...changed.keys()]);
  return [...changed.keys()].flatMap((uuid) => shown.find((agent) => agent.uuid === uuid) ?? []);
}

function questionFor(over: readonly AgentTraffic[]): string {
  const [first] = over;
  const figures = first === undefined ? '' : `${formatBytes(first.usedBytes)} of ${formatBytes(first.limitBytes ?? 0)}`;
  const who =
    over.length === 1
      ? `Agent "${first?.name ?? ''}" would immediately be over its limit (${figures})`
      : `${over.length} agents would immediately be over their limits ("${first?.name ?? ''}": ${figures})`;
  const [whose, what] = over.length === 1 ? ['its', 'limit'] : ['their', 'limits'];
  return `${who}: the next check would disable ${whose} users. Store the ${what} anyway?`;
}
