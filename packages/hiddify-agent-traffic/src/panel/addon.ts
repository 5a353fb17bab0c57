import { maskUuids } from '@sluice/panel-http/printable';
import { createPanelHttp, isPanelError, type PanelHttp, type PanelRequest } from '@sluice/panel-http';
import type { AddonAgent, AgentAddon, AgentSemantics, CreationCheck } from '@sluice/panel-kind';
import * as z from 'zod';
import { remainingTraffic } from '@sluice/quota-core/agents';
import { toConnectionSettings } from '../client/connection.js';
import { toBytes, toGigabytes } from '../client/gigabytes.js';
import type { CallOptions, HiddifyClientOptions } from '../client/types.js';
import { AgentTrafficError } from '../errors.js';

/** A database's sum may come as text. */
const bytes = z
  .union([z.number(), z.string().regex(/^-?\d+(\.0*)?$/)])
  .transform((value) => Math.max(0, Number(value)))
  .pipe(z.number().int().max(Number.MAX_SAFE_INTEGER));

/** GB or null; 0 means no limit too. */
const limit = z
  .number()
  .nullable()
  .transform((gb, context) => {
    const whole = gb === null ? 0 : toBytes(gb);
    if (whole !== null) return whole > 0 ? whole : null;
    context.addIssue({ code: 'custom', message: 'expected a finite number' });
    return z.NEVER;
  });

const statsSchema = z.object({
  agent_id: z.number().int(),
  agent_name: z.string(),
  agent_uuid: z.string(),
  total_traffic_bytes: bytes,
  traffic_limit_GB: limit,
  is_limit_exceeded: z.boolean(),
  users_count: z.number().int(),
});

const listSchema = z.object({ agents: z.array(statsSchema), count: z.number().int() });

const setLimitSchema = z.object({ agent_id: z.number().int(), traffic_limit_GB: z.number().nullable() });

const checkSchema = z.object({ was_exceeded: z.boolean(), stats: statsSchema });

const checkAllSchema = z.object({ exceeded_agents_count: z.number().int() });

const canCreateSchema = z.object({
  can_create: z.boolean(),
  error_message: z.string().nullish(),
  agent_stats: statsSchema,
});

const PREFIX = '/api/v1/agent-traffic';

/** Options of the client, and the prefix of the add-on's API. */
export interface AddonOptions extends HiddifyClientOptions {
  /** Path from the host on. Default: `/api/v1/agent-traffic`, there and below the admin path. */
  prefix?: string;
}

/** Why the add-on was not found under a prefix, which is redacted. */
interface AddonAbsence {
  prefix: string;
  reason: string;
}

/** The add-on, or why it was not found under each prefix. */
export type AddonSearch = { found: true; backend: AddonBackend } | { found: false; tried: AddonAbsence[] };

/** Finds the add-on's API (docs/panels/hiddify.md, 7.2). It counts as present only where it returns a valid list of agents. */
export async function findAddon({ prefix, ...options }: AddonOptions, call: CallOptions = {}): Promise<AddonSearch> {
  const { baseUrl, http: settings, clean } = toConnectionSettings(options);
  const address = new URL(baseUrl);
  const http = createPanelHttp({ ...settings, baseUrl: address.origin });
  const prefixes = prefix === undefined ? [PREFIX, `${address.pathname}${PREFIX}`] : [checkPrefix(prefix)];
  const tried: AddonAbsence[] = [];
  for (const each of prefixes) {
    const backend = new AddonBackend(http, options.panel, each);
    try {
      await backend.listAgents(call);
      return { found: true, backend };
    } catch (error) {
      if (!isPanelError(error)) throw error;
      tried.push({ prefix: clean(each), reason: maskUuids(error.message) });
    }
  }
  http.close();
  return { found: false, tried };
}

/** One request to the add-on. */
interface AddonRequest<T> extends Pick<PanelRequest<T>, 'method' | 'changing' | 'json'> {
  /** After the prefix. */
  path: string;
  schema: z.ZodType<T>;
}

/** Limits as the add-on on the panel keeps them; `semantics` states how they differ from Sluice's. */
export class AddonBackend implements AgentAddon {
  readonly semantics: AgentSemantics = {
    kind: 'addon',
    accounting: 'panel',
    zeroIsNothing: false,
    atomicCreation: false,
    restores: false,
    ancestors: false,
    ledger: false,
  };

  constructor(
    private readonly http: PanelHttp,
    private readonly panel: string,
    private readonly prefix: string,
  ) {}

  async listAgents(call: CallOptions = {}): Promise<AddonAgent[]> {
    return (await this.#list(call)).map(({ agent }) => agent);
  }

  async getAgent(agent: string, call: CallOptions = {}): Promise<AddonAgent> {
    const id = await this.#findId(agent, call);
    return toAgent(await this.#ask({ method: 'GET', path: `/agents/${id}/traffic`, schema: statsSchema }, call));
  }

  async setTrafficLimit(agent: string, limitBytes: number | null, call: CallOptions = {}): Promise<AddonAgent> {
    if (limitBytes !== null && !(Number.isSafeInteger(limitBytes) && limitBytes > 0)) {
      throw new AgentTrafficError(
        limitBytes === 0 ? 'addon_unsupported' : 'invalid_limit',
        'The add-on treats 0 as unlimited; a limit must be a whole number of bytes above 0. Set another limit, or none.',
      );
    }
    const id = await this.#findId(agent, call);
    const json = { traffic_limit_GB: limitBytes === null ? null : toGigabytes(limitBytes) };
    await this.#ask({ method: 'PUT', path: `/agents/${id}/traffic-limit`, schema: setLimitSchema, json }, call);
    const shown = await this.getAgent(agent, call);
    if (shown.limitBytes === limitBytes) return shown;
    throw new AgentTrafficError(
      'change_not_applied',
      `The add-on of panel "${this.panel}" accepted a limit of agent "${shown.name}" but shows another one. Check it on the panel.`,
    );
  }

  async canCreateUserWithTraffic(agent: string, newBytes: number, call: CallOptions = {}): Promise<CreationCheck> {
    const id = await this.#findId(agent, call);
    const path = `/agents/${id}/can-create-user`;
    const json = { user_traffic_limit_GB: toGigabytes(newBytes) };
    const answer = await this.#ask({ method: 'POST', path, schema: canCreateSchema, changing: false, json }, call);
    const { remainingBytes, uuid, name } = toAgent(answer.agent_stats);
    const refusal = answer.error_message ? `: ${answer.error_message}` : '';
    return {
      allowed: answer.can_create,
      reason: answer.can_create ? null : `The add-on refuses a new user for agent "${name}"${refusal}.`,
      remainingBytes,
      binding: remainingBytes === null ? null : uuid,
    };
  }

  /** Disables the agent's users when it is over. The add-on never enables a user again. */
  async checkAgent(agent: string, call: CallOptions = {}): Promise<{ exceeded: boolean; agent: AddonAgent }> {
    const id = await this.#findId(agent, call);
    const answer = await this.#ask({ method: 'POST', path: `/agents/${id}/check`, schema: checkSchema }, call);
    return { exceeded: answer.was_exceeded, agent: toAgent(answer.stats) };
  }

  async checkAllAgents(call: CallOptions = {}): Promise<{ exceeded: number }> {
    const answer = await this.#ask({ method: 'POST', path: '/agents/check-all', schema: checkAllSchema }, call);
    return { exceeded: answer.exceeded_agents_count };
  }

  close(): void {
    this.http.close();
  }

  async #list(call: CallOptions): Promise<{ id: number; agent: AddonAgent }[]> {
    const { agents } = await this.#ask({ method: 'GET', path: '/agents/traffic', schema: listSchema }, call);
    return agents.map((stats) => ({ id: stats.agent_id, agent: toAgent(stats) }));
  }

  /** Returns the agent's number, which the add-on's calls need. */
  async #findId(text: string, call: CallOptions): Promise<number> {
    const agents = await this.#list(call);
    const found = agents.filter(({ agent }) => agent.uuid === text.toLowerCase() || agent.name === text);
    const [only] = found;
    if (only !== undefined && found.length === 1) return only.id;
    throw found.length === 0
      ? new AgentTrafficError(
          'unknown_agent',
          `The add-on of panel "${this.panel}" has no agent with this uuid or name.`,
        )
      : new AgentTrafficError('ambiguous_agent', `${found.length} agents are called "${text}". Name one by its uuid.`);
  }

  async #ask<T>({ path, ...request }: AddonRequest<T>, call: CallOptions): Promise<T> {
    // Messages name the call, not the agent.
    const endpoint = `${request.method} ${PREFIX}${path.replace(/\d+/, '{id}')}`;
    return (await this.http.request({ ...call, ...request, path: this.prefix + path, endpoint })).body;
  }
}

function toAgent(stats: z.infer<typeof statsSchema>): AddonAgent {
  const { agent_uuid: uuid, agent_name: name, total_traffic_bytes: usedBytes, traffic_limit_GB: limitBytes } = stats;
  return {
    uuid,
    name,
    limitBytes,
    usedBytes,
    remainingBytes: remainingTraffic(limitBytes, usedBytes),
    exceeded: stats.is_limit_exceeded,
    users: stats.users_count,
  };
}

function checkPrefix(prefix: string): string {
  const path = `/${prefix.replace(/^\/+|\/+$/g, '')}`;
  if (/^\/[^\s?#\\]+$/.test(path)) return path;
  throw new AgentTrafficError(
    'invalid_settings',
    'The prefix of the add-on must be a path without the host and without spaces, ? or #, such as /api/v1/agent-traffic.',
  );
}
