import type { AgentDetail, AgentView, Sluice } from '@sluice/engine';
import type { AddonId } from '@sluice/engine/options';
import { isStopError } from '@sluice/engine/words';
import { type ItemError, SluiceError, usageError } from '@sluice/panel-kind';
import { BYTES_PER_GB } from '@sluice/quota-core';
import type * as z from 'zod';
import type { MadeBy } from '../access/viewer.js';
import { notFound } from '../server/failure.js';
import * as schema from './schemas.js';
import { agentKey, type AgentIds, toGigabytes, toListEntry, toStats } from './stats.js';

/** Where the calls of the add-on's API are: its own path. */
export const AGENT_TRAFFIC_PREFIX = '/api/v1/agent-traffic';

/** One request to the add-on's API. */
export interface AgentTrafficRequest {
  sluice: Pick<Sluice, 'agents' | 'panels'>;
  as: MadeBy;
  /** The text in place of `:agent`; empty for the calls about all agents. */
  agent: string;
  /** The parsed JSON body; undefined without one. */
  body: unknown;
}

/** One of the six calls. */
export interface AgentTrafficCall {
  method: 'GET' | 'PUT' | 'POST';
  /** Below the prefix, without a trailing slash. */
  path: string;
  /** The scope that the token must have. */
  needs: 'read' | 'operate';
  summary: string;
  /** What the body must have; null for a call without one. */
  body: z.ZodObject | null;
  result: z.ZodType;
  /** Returns the body of the answer. */
  answer(request: AgentTrafficRequest): Promise<object>;
}

/**
 * The six calls of the agent traffic add-on for Hiddify (docs/panels/hiddify.md#71-calls), with its names and GB, on the agents of
 * the engine. None creates anything, and each can be repeated: an idempotency key is not needed.
 */
export const AGENT_TRAFFIC_CALLS: readonly AgentTrafficCall[] = [
  {
    method: 'GET',
    path: '/agents/traffic',
    needs: 'read',
    summary: 'List agents as the Hiddify add-on does',
    body: null,
    result: schema.agentList,
    async answer({ sluice }) {
      const agents = await listAll(sluice);
      const ids = toIds(await sluice.agents.addonIds());
      return { agents: agents.map((agent) => toListEntry(agent, ids)), count: agents.length };
    },
  },
  {
    method: 'GET',
    path: '/agents/:agent/traffic',
    needs: 'read',
    summary: 'Show an agent as the add-on does, by its uuid or the id in agents.addonIds',
    body: null,
    result: schema.agentStats,
    async answer(request) {
      const { detail, ids } = await findAgent(request);
      return toStats(detail, ids);
    },
  },
  {
    method: 'PUT',
    path: '/agents/:agent/traffic-limit',
    needs: 'operate',
    summary: 'Set the limit of an agent',
    body: schema.limitRequest,
    result: schema.limitChanged,
    async answer(request) {
      const gb = readGigabytes(request.body, 'traffic_limit_GB');
      const limitBytes = gb === null ? null : Math.trunc(gb * BYTES_PER_GB);
      const { panel, uuid, ids } = await findAgent(request);
      const { sluice, as } = request;
      // The add-on stores a limit without a question, also one that is already exceeded.
      const confirm = (): Promise<void> => Promise.resolve();
      const how = { panel, limitBytes, opening: undefined, dryRun: false, confirm, ...as };
      const agent = await sluice.agents.limit(uuid, how);
      return {
        message: 'Traffic limit updated successfully',
        agent_id: ids.get(agentKey(agent)) ?? agent.uuid,
        traffic_limit_GB: toGigabytes(agent.limitBytes),
      };
    },
  },
  {
    method: 'POST',
    path: '/agents/:agent/check',
    needs: 'operate',
    summary: 'Check an agent',
    body: null,
    result: schema.checkResult,
    async answer(request) {
      const { panel, uuid, ids } = await findAgent(request);
      const { sluice, as } = request;
      const report = await sluice.agents.check({ agent: uuid, panel, ...as });
      const [agent] = report.agents;
      throwFirst([report.error, agent?.error ?? null, ...report.panels.map(({ error }) => error)]);
      const { exceeded = false } = agent ?? {};
      const stats = toStats(await sluice.agents.show(uuid, { panel }), ids);
      return { message: 'Check completed', was_exceeded: exceeded, stats };
    },
  },
  {
    method: 'POST',
    path: '/agents/check-all',
    needs: 'operate',
    summary: 'Check all agents',
    body: null,
    result: schema.allChecked,
    async answer({ sluice, as }) {
      const report = await sluice.agents.check(as);
      throwFirst([
        report.error,
        ...report.panels.map(({ error }) => error),
        ...report.agents.map(({ error }) => error),
      ]);
      return { message: 'All agents checked', exceeded_agents_count: report.totals.exceeded };
    },
  },
  {
    method: 'POST',
    path: '/agents/:agent/can-create-user',
    needs: 'read',
    summary: 'Return whether a new user of this size fits',
    body: schema.creationRequest,
    result: schema.creationResult,
    async answer(request) {
      // Without a size, the add-on answers for a user of nothing: whether the agent has anything left.
      const bytes = Math.ceil((readGigabytes(request.body, 'user_traffic_limit_GB') ?? 0) * BYTES_PER_GB);
      const { panel, uuid, detail, ids } = await findAgent(request);
      const check = await request.sluice.agents.canCreateUser(uuid, bytes, { panel });
      const isFull = detail.exceeded || detail.remainingBytes === 0;
      const fits = check.allowed && !isFull;
      const reason = fits ? null : (check.reason ?? `Agent "${detail.name}" has reached its traffic limit.`);
      return { can_create: fits, error_message: reason, agent_stats: toStats(detail, ids) };
    },
  },
];

interface FoundAgent {
  uuid: string;
  panel: string;
  detail: AgentDetail;
  ids: AgentIds;
}

const toIds = (stated: readonly AddonId[]): AgentIds => new Map(stated.map((entry) => [agentKey(entry), entry.id]));

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** Lists the agents of all panels: the add-on's answer has no place for those that can't be read. */
async function listAll(sluice: AgentTrafficRequest['sluice']): Promise<AgentView[]> {
  const { agents, panels } = await sluice.agents.list();
  const [left] = panels;
  if (left !== undefined)
    throw new SluiceError(left.error.code, `Panel "${left.panel}": ${left.error.message}`, { kind: 'panel' });
  return agents;
}

/** Returns the agent of a request, on whichever panel it is. */
async function findAgent({ sluice, agent: text }: AgentTrafficRequest): Promise<FoundAgent> {
  const isId = /^\d+$/.test(text);
  if (!isId && !UUID.test(text)) throw unknownAgent();
  const stated = await sluice.agents.addonIds();
  const { uuid, panel: on } = isId ? findById(stated, text) : { uuid: text.toLowerCase(), panel: null };
  const found = (await listAll(sluice)).find((agent) => agent.uuid === uuid && (on ?? agent.panel) === agent.panel);
  if (found === undefined) throw unknownAgent();
  const { panel } = found;
  return { uuid, panel, detail: await sluice.agents.show(uuid, { panel }), ids: toIds(stated) };
}

/** Returns the agent with an id in the config. */
function findById(stated: readonly AddonId[], text: string): Pick<AddonId, 'panel' | 'uuid'> {
  const [only, ...others] = stated.filter(({ id }) => String(id) === text);
  const use = `use the uuid (agent_uuid in GET ${AGENT_TRAFFIC_PREFIX}/agents/traffic) in place of ${text.slice(0, 20)}`;
  if (only === undefined)
    throw usageError(
      'bad_option',
      `No agent has this integer id in agents.addonIds of its panel: state it there, or ${use}`,
    );
  if (others.length > 0)
    throw usageError('bad_option', `${others.length + 1} panels have an agent with this id: ${use}`);
  const { panel, uuid } = only;
  return { panel, uuid };
}

function unknownAgent(): SluiceError {
  return notFound('unknown_agent', 'Agent not found');
}

/** Returns a figure in GB of a body; null only where the body says null. */
function readGigabytes(body: unknown, name: string): number | null {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  if (value === null) return null;
  if (typeof value === 'number' && value >= 0 && value * BYTES_PER_GB <= Number.MAX_SAFE_INTEGER) return value;
  throw usageError('bad_option', `The body needs ${name}: a number of GB from 0 up, or null for no limit`);
}

/** Throws the first error of a check: the add-on reports nothing but that it worked. */
function throwFirst(errors: readonly (ItemError | null)[]): void {
  const error = errors.find((item) => item !== null);
  if (error == null) return;
  const kind = isStopError(error) ? 'brake' : error.code === 'lease_held' ? 'busy' : 'panel';
  throw new SluiceError(error.code, error.message, { kind });
}
