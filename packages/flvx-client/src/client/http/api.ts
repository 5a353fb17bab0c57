import type { PanelHttp } from '@sluice/panel-http';
import * as z from 'zod';
import type { FlvxCallOptions } from '../client.js';
import type { PanelClock } from './session-keeper.js';
import type { ApiCall, Authorization } from './session-keeper.js';

/** The transport to the panel and the time limits of its calls, in milliseconds. */
export interface ApiTransport {
  http: PanelHttp;
  timeouts: { readMs: number; writeMs: number };
}

const stamp = z.int().positive();
const anything = z.unknown().optional();
// The panel leaves empty tables out.
const table = z.array(z.unknown()).default([]);
const exported = z.object({
  version: z.literal('1.0'),
  exportedAt: stamp,
  userTunnels: table,
  forwards: table,
  tunnels: table,
  nodes: table,
});
type Exported = z.infer<typeof exported>;

/** One envelope per schema, shared by all clients: building a schema costs more than parsing many answers. */
const envelopes = new WeakMap<z.ZodType, z.ZodType>();

function toEnvelope(data: z.ZodType): z.ZodType {
  let schema = envelopes.get(data);
  if (schema === undefined) {
    schema = z.object({ code: z.literal(0), msg: z.string(), ts: stamp, data });
    envelopes.set(data, schema);
  }
  return schema;
}

/** The panel's API: checks envelopes, adds tokens, follows the panel's clock. */
export class FlvxApi {
  readonly #http: PanelHttp;
  readonly #timeouts: ApiTransport['timeouts'];

  constructor(
    readonly panel: string,
    readonly session: Authorization,
    readonly clock: PanelClock,
    { http, timeouts }: ApiTransport,
  ) {
    this.#http = http;
    this.#timeouts = timeouts;
  }

  /** Returns the call's `data`. */
  async call<Data = undefined>(call: ApiCall<Data>, options: FlvxCallOptions = {}): Promise<Data> {
    const body = (await this.#post(call, toEnvelope(call.data ?? anything), options)) as { data: Data };
    return body.data;
  }

  /** Reads whole tables: the one call outside the envelope (docs/panels/flvx.md, 8.2). Rows of nodes contain their secrets. */
  async exportTables(
    types: Exclude<keyof Exported, 'version' | 'exportedAt'>[],
    options: FlvxCallOptions = {},
  ): Promise<Exported> {
    const call: ApiCall<unknown> = { path: '/backup/export', body: { types }, kind: 'read' };
    return (await this.#post(call, exported, options)) as Exported;
  }

  /** Reads the liveness page, as text. */
  async liveness(options: FlvxCallOptions = {}): Promise<string> {
    const answer = await this.#http.request<string>({
      method: 'GET',
      path: '/flow/test',
      endpoint: 'GET /flow/test',
      accept: 'text',
      auth: false,
      timeouts: { attemptMs: this.#timeouts.readMs },
      ...pickCallOptions(options),
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
        ...pickCallOptions(options),
      });
      const { ts, exportedAt } = answer.body as { ts?: number; exportedAt?: number };
      const answeredAt = ts ?? exportedAt;
      if (answeredAt !== undefined) this.clock.observe(answeredAt, answer.receivedAt, answer.durationMs);
      return answer.body;
    } catch (error) {
      throw withToken ? this.session.explain(error) : error;
    }
  }
}

function pickCallOptions({ tag, signal }: FlvxCallOptions): { tag?: string; signal?: AbortSignal } {
  return { ...(tag === undefined ? {} : { tag }), ...(signal === undefined ? {} : { signal }) };
}
