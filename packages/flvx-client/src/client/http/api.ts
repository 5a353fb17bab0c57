import type { PanelHttp } from '@sluice/panel-http';
import * as z from 'zod';
import type { FlvxCallOptions } from '../client.js';
import type { PanelClock } from './panel-clock.js';
import type { SessionKeeper } from './session-keeper.js';

/** One call of the API as the endpoints state it. */
export interface ApiCall<Data> {
  /** After `/api/v1`. */
  path: string;
  body?: Record<string, unknown>;
  /** Reads are repeated after failures that a repeat may help; writes never. */
  kind: 'read' | 'write';
  /** What `data` has to be. Left out for writes, which have none. */
  data?: z.ZodType<Data>;
  /** False for the few calls that need no token. */
  auth?: boolean;
  secrets?: string[];
}

/** Milliseconds. */
export interface ApiTimeouts {
  readMs: number;
  writeMs: number;
}

/** The transport to the panel and the time limits of its calls. */
export interface ApiTransport {
  http: PanelHttp;
  timeouts: ApiTimeouts;
}

const stamp = z.int().positive();
/** Writes say nothing in `data`, and nothing is taken from it. */
const nothing = z.unknown().optional();
const exported = z.object({
  version: z.literal('1.0'),
  exportedAt: stamp,
  userTunnels: z.array(z.unknown()).optional(),
  forwards: z.array(z.unknown()).optional(),
  tunnels: z.array(z.unknown()).optional(),
  nodes: z.array(z.unknown()).optional(),
});

/** What `backup/export` is asked for. */
type Exported = 'userTunnels' | 'forwards' | 'tunnels' | 'nodes';

/** One per kind of data for all clients: making a schema costs more than many answers. */
const envelopes = new WeakMap<z.ZodType, z.ZodType>();

function toEnvelope(data: z.ZodType): z.ZodType {
  let schema = envelopes.get(data);
  if (schema === undefined) {
    schema = z.object({ code: z.literal(0), msg: z.string(), ts: stamp, data });
    envelopes.set(data, schema);
  }
  return schema;
}

/** The panel's API: envelopes checked, tokens added, the clock followed. */
export class FlvxApi {
  readonly #http: PanelHttp;
  readonly #timeouts: ApiTimeouts;

  constructor(
    readonly panel: string,
    readonly session: SessionKeeper,
    readonly clock: PanelClock,
    { http, timeouts }: ApiTransport,
  ) {
    this.#http = http;
    this.#timeouts = timeouts;
  }

  /** The call's `data`. */
  async call<Data = undefined>(call: ApiCall<Data>, options: FlvxCallOptions = {}): Promise<Data> {
    const schema = toEnvelope(call.data ?? nothing);
    const body = (await this.#post(call, schema, options)) as { ts: number; data: Data };
    return body.data;
  }

  /** Rows of all permissions: the one call outside the envelope (docs/panels/flvx.md, 8.2). */
  exportPermissions(options: FlvxCallOptions = {}): Promise<unknown[]> {
    return this.#exportRows('userTunnels', options);
  }

  /** Rows of all forwards with what `forward/list` does not contain; the same call. */
  exportForwards(options: FlvxCallOptions = {}): Promise<unknown[]> {
    return this.#exportRows('forwards', options);
  }

  /** Rows of all forwards, tunnels and nodes, the nodes' secrets among them. */
  async exportSite(
    options: FlvxCallOptions = {},
  ): Promise<{ at: number } & Record<'forwards' | 'tunnels' | 'nodes', unknown[]>> {
    const body = await this.#export(['forwards', 'tunnels', 'nodes'], options);
    const { exportedAt: at, forwards = [], tunnels = [], nodes = [] } = body;
    return { at, forwards, tunnels, nodes };
  }

  async #exportRows(type: Exported, options: FlvxCallOptions): Promise<unknown[]> {
    // The panel leaves an empty list out.
    return (await this.#export([type], options))[type] ?? [];
  }

  async #export(types: Exported[], options: FlvxCallOptions): Promise<z.infer<typeof exported>> {
    const call: ApiCall<unknown> = { path: '/backup/export', body: { types }, kind: 'read' };
    return (await this.#post(call, exported, options)) as z.infer<typeof exported>;
  }

  /** The liveness page, as text. */
  async liveness(options: FlvxCallOptions = {}): Promise<string> {
    const answer = await this.#http.request<string>({
      method: 'GET',
      path: '/flow/test',
      endpoint: 'GET /flow/test',
      accept: 'text',
      auth: false,
      timeouts: { attemptMs: this.#timeouts.readMs },
      ...passed(options),
    });
    return answer.body;
  }

  async #post(call: ApiCall<never> | ApiCall<unknown>, schema: z.ZodType, options: FlvxCallOptions): Promise<unknown> {
    const read = call.kind === 'read';
    const withToken = call.auth !== false;
    if (withToken) await this.session.ensure(options);
    const attemptMs = read ? this.#timeouts.readMs : this.#timeouts.writeMs;
    try {
      const answer = await this.#http.request({
        method: 'POST',
        path: `/api/v1${call.path}`,
        endpoint: `POST /api/v1${call.path}`,
        json: call.body ?? {},
        idempotent: read,
        changing: !read,
        schema,
        auth: withToken,
        // A write is tried once; the room beyond that is for the one repeat with a renewed token.
        timeouts: { attemptMs, totalMs: read ? 3 * attemptMs : 2 * attemptMs },
        ...(call.secrets === undefined ? {} : { secrets: call.secrets }),
        ...passed(options),
      });
      const { ts, exportedAt } = answer.body as { ts?: number; exportedAt?: number };
      const seen = ts ?? exportedAt;
      if (seen !== undefined) this.clock.saw(seen, answer.receivedAt, answer.durationMs);
      return answer.body;
    } catch (error) {
      throw withToken ? this.session.explain(error) : error;
    }
  }
}

function passed(options: FlvxCallOptions): { tag?: string; signal?: AbortSignal } {
  return {
    ...(options.tag === undefined ? {} : { tag: options.tag }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}
