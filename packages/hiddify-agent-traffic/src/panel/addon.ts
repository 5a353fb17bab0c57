import { createPanelHttp, isPanelError, type PanelHttp, type PanelRequest } from '@sluice/panel-http';
import type { AddonAgent, AgentAddon, AgentSemantics, CreationCheck } from '@sluice/panel-kind';
import * as z from 'zod';
import type { z } from 'zod';
import { remainingTraffic } from '../account/calculator.js';
import { connectionSettings } from '../client/connection.js';
import { bytesOfGigabytes, gigabytesOfBytes } from '../client/gigabytes.js';
import type { CallOptions, HiddifyClientOptions } from '../client/types.js';
import { maskUuids } from '../client/uuid.js';
import { AgentTrafficError } from '../errors.js';

/** A database's sum may come as text. */
const bytes = z
  .union([z.number(), z.string().regex(/^-?\d+(\.0*)?$/)])
  .transform((value) => Math.max(0, Number(value)))
  .pipe(z.number().int().max(Number.MAX_SAFE_INTEGER));

/** GB or null; the add-on reads 0 as no limit. */
const limit = z
  .number()
  .nullable()
  .transform((gb, context) => {
    const whole = gb === null ? 0 : bytesOfGigabytes(gb);
    if (whole !== null) return whole > 0 ? whole : null;
    context.addIssue({ code: 'custom', message: 'a finite number is due' });
    return z.NEVER;
  });

export const statsSchema = z.object({
  agent_id: z.number().int(),
  agent_name: z.string(),
  agent_uuid: z.string(),
  total_traffic_bytes: bytes,
  traffic_limit_GB: limit,
  is_limit_exceeded: z.boolean(),
  users_count: z.number().int(),
});

export const listSchema = z.object({ agents: z.array(statsSchema), count: z.number().int() });

export const setLimitSchema = z.object({ agent_id: z.number().int(), traffic_limit_GB: z.number().nullable() });

export const checkSchema = z.object({ was_exceeded: z.boolean(), stats: statsSchema });

export const checkAllSchema = z.object({ exceeded_agents_count: z.number().int() });

export const canCreateSchema = z.object({
  can_create: z.boolean(),
  error_message: z.string().nullish(),
  agent_stats: statsSchema,
});

const tail = '/api/v1/agent-traffic';

/** Options of the client, and where the add-on's API is. */
export interface AddonOptions extends HiddifyClientOptions {
  /** Where its calls begin, from the host on, e.g. `/api/v1/agent-traffic`. Default: that, and the same below the admin path. */
  prefix?: string;
}

/** Why the add-on was not found under a prefix. `prefix` is redacted. */
export interface AddonAbsence {
  prefix: string;
  reason: string;
}

/** The add-on that was found, or where it was looked for and why each place does not have it. */
export type AddonSearch = { found: true; backend: AddonBackend } | { found: false; tried: AddonAbsence[] };

/**
 * Looks for the add-on's own API (docs/panels/hiddify.md, 7.2): it counts as present only where its list answers as a list
 * should. Everything else is absent, which never means that no agent is over its limit.
 *
 * @example
 * ```ts
 * const search = await findAddon({ panel: 'vpn', baseUrl: 'https://vpn.example.com/SECRETPATH/UUID/' });
 * if (search.found) await search.backend.listAgents();
 * ```
 */
export async function findAddon(options: AddonOptions, call: CallOptions = {}): Promise<AddonSearch> {
  const { baseUrl, http: settings, clean } = connectionSettings(options);
  const address = new URL(baseUrl);
  const http = createPanelHttp({ ...settings, baseUrl: address.origin });
  const prefixes = options.prefix === undefined ? [tail, `${address.pathname}${tail}`] : [plainPrefix(options.prefix)];
  const tried: AddonAbsence[] = [];
  for (const prefix of prefixes) {
    const backend = new AddonBackend(http, options.panel, prefix);
    try {
      await backend.listAgents(call);
      return { found: true, backend };
    } catch (error) {
      if (!isPanelError(error)) throw error;
      tried.push({ prefix: clean(prefix), reason: maskUuids(error.message) });
    }
  }
  http.close();
  return { found: false, tried };
}

/** One request to the add-on. */
interface AddonRequest<T> extends Pick<PanelRequest<T>, 'method' | 'changing' | 'json'> {
  /** After the prefix. */
  path: string;
  /** The path with placeholders instead of ids, for messages. */
  template: string;
  schema: z.ZodType<T>;
}

/**
 * Limits as the add-on on the panel keeps them, behind the same interface. It counts differently, and `semantics` says how: the
 * sum of the usage shown, which falls on resets; no record and no return of who was disabled; 0 is no limit; nothing is atomic.
 */
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
  readonly #http: PanelHttp;
  readonly #panel: string;
  readonly #prefix: string;

  constructor(http: PanelHttp, panel: string, prefix: string) {
    this.#http = http;
    this.#panel = panel;
    this.#prefix = prefix;
  }

  async listAgents(call: CallOptions = {}): Promise<AddonAgent[]> {
    return (await this.#list(call)).map(({ agent }) => agent);
  }

  async getAgent(agent: string, call: CallOptions = {}): Promise<AddonAgent> {
    const id = await this.#idOf(agent, call);
    return agentOf(await this.#ask(ofAgent('GET', id, 'traffic', statsSchema), call));
  }

  async setTrafficLimit(agent: string, limitBytes: number | null, call: CallOptions = {}): Promise<AddonAgent> {
    if (limitBytes !== null && !(Number.isSafeInteger(limitBytes) && limitBytes > 0)) {
      throw new AgentTrafficError(
        limitBytes === 0 ? 'addon_unsupported' : 'invalid_limit',
        'The add-on reads a limit of 0 as no limit and cannot express any other than a whole number of bytes above 0. Give another limit, or none.',
      );
    }
    const id = await this.#idOf(agent, call);
    const traffic_limit_GB = limitBytes === null ? null : gigabytesOfBytes(limitBytes);
    await this.#ask({ ...ofAgent('PUT', id, 'traffic-limit', setLimitSchema), json: { traffic_limit_GB } }, call);
    const shown = await this.getAgent(agent, call);
    if (shown.limitBytes === limitBytes) return shown;
    throw new AgentTrafficError(
      'change_not_applied',
      `The add-on of panel "${this.#panel}" answered yes and shows another limit for agent "${shown.name}". Look at it in the panel.`,
    );
  }

  async canCreateUserWithTraffic(agent: string, newBytes: number, call: CallOptions = {}): Promise<CreationCheck> {
    const id = await this.#idOf(agent, call);
    const answer = await this.#ask(
      {
        ...ofAgent('POST', id, 'can-create-user', canCreateSchema),
        changing: false,
        json: { user_traffic_limit_GB: gigabytesOfBytes(newBytes) },
      },
      call,
    );
    const { remainingBytes, uuid, name } = agentOf(answer.agent_stats);
    const said = answer.error_message ?? '';
    return {
      allowed: answer.can_create,
      reason: answer.can_create ? null : `The add-on refuses it for agent "${name}"${said === '' ? '' : `: ${said}`}.`,
      remainingBytes,
      binding: remainingBytes === null ? null : uuid,
    };
  }

  /** Disables the agent's users when it is over. Nobody is ever given back by the add-on. */
  async checkAgent(agent: string, call: CallOptions = {}): Promise<{ exceeded: boolean; agent: AddonAgent }> {
    const id = await this.#idOf(agent, call);
    const answer = await this.#ask(ofAgent('POST', id, 'check', checkSchema), call);
    return { exceeded: answer.was_exceeded, agent: agentOf(answer.stats) };
  }

  async checkAllAgents(call: CallOptions = {}): Promise<{ exceeded: number }> {
    const answer = await this.#ask(
      { method: 'POST', path: '/agents/check-all', template: '/agents/check-all', schema: checkAllSchema },
      call,
    );
    return { exceeded: answer.exceeded_agents_count };
  }

  close(): void {
    this.#http.close();
  }

  async #list(call: CallOptions): Promise<{ id: number; agent: AddonAgent }[]> {
    const { agents } = await this.#ask(
      { method: 'GET', path: '/agents/traffic', template: '/agents/traffic', schema: listSchema },
      call,
    );
    return agents.map((stats) => ({ id: stats.agent_id, agent: agentOf(stats) }));
  }

  /** The add-on's calls want a number that only its list tells. */
  async #idOf(text: string, call: CallOptions): Promise<number> {
    const agents = await this.#list(call);
    const found = agents.filter(({ agent }) => agent.uuid === text.toLowerCase() || agent.name === text);
    const [only] = found;
    if (only !== undefined && found.length === 1) return only.id;
    throw found.length === 0
      ? new AgentTrafficError(
          'unknown_agent',
          `The add-on of panel "${this.#panel}" has no agent with this uuid or name.`,
        )
      : new AgentTrafficError('ambiguous_agent', `${found.length} agents are called "${text}". Name one by its uuid.`);
  }

  async #ask<T>({ path, template, ...request }: AddonRequest<T>, call: CallOptions): Promise<T> {
    const endpoint = `${request.method} ${tail}${template}`;
    return (await this.#http.request({ ...call, ...request, path: this.#prefix + path, endpoint })).body;
  }
}

/** A request of one agent, which the add-on knows by its number. */
function ofAgent<T>(
  method: AddonRequest<T>['method'],
  id: number,
  what: string,
  schema: z.ZodType<T>,
): AddonRequest<T> {
  return { method, path: `/agents/${id}/${what}`, template: `/agents/{id}/${what}`, schema };
}

function agentOf(stats: z.infer<typeof statsSchema>): AddonAgent {
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

function plainPrefix(prefix: string): string {
  const path = `/${prefix.replace(/^\/+|\/+$/g, '')}`;
  if (/^\/[^\s?#\\]+$/.test(path)) return path;
  throw new AgentTrafficError(
    'invalid_settings',
    'The prefix of the add-on has to be a path from the host on, such as /api/v1/agent-traffic.',
  );
}
