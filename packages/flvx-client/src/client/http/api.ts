import * as z from 'zod';
import type { PanelErrorCode, PanelFailure, PanelHttp } from '@sluice/panel-http';
import type { FlvxCallOptions } from '../client.js';
import type { ApiCall, Authorization, PanelClock } from './session-keeper.js';

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
  speedLimits: table,
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

type Known = readonly [code: PanelErrorCode, panelCode: string, meaning: string];

/** Messages that decisions depend on (docs/panels/flvx.md, H9). All others are passed on unchanged. */
const known: Readonly<Record<string, Known>> = {
  用户名已存在: ['PANEL_REJECTED', 'name_taken', 'the username is taken, possibly by an administrator'],
  用户不存在: ['PANEL_NOT_FOUND', 'user_missing', 'the user does not exist'],
  请不要作死: ['PANEL_REJECTED', 'admin_protected', 'the account is an administrator and cannot be changed'],
  账号或密码错误: ['PANEL_REJECTED', 'bad_credentials', 'the username or password is wrong'],
  账号被停用: ['PANEL_REJECTED', 'account_disabled', 'the account is disabled'],
  验证码校验失败: ['PANEL_REJECTED', 'captcha', 'the panel requires a captcha at login'],
  转发不存在: ['PANEL_NOT_FOUND', 'forward_missing', 'the forward does not exist'],
  隧道不存在: ['PANEL_NOT_FOUND', 'tunnel_missing', 'the tunnel does not exist'],
  配置不存在: ['PANEL_NOT_FOUND', 'setting_missing', 'the setting does not exist'],
  节点不在线: ['PANEL_REJECTED', 'node_offline', 'the node is offline'],
  等待节点响应超时: ['PANEL_REJECTED', 'node_timeout', 'the node did not answer in time'],
  节点连接已断开: ['PANEL_REJECTED', 'node_gone', 'the connection to the node was interrupted'],
  命令通道已关闭: ['PANEL_REJECTED', 'node_gone', 'the connection to the node is closed'],
  命令执行失败: ['PANEL_REJECTED', 'node_failed', 'the command failed on the node'],
  '隧道已禁用，无法更新转发': ['PANEL_REJECTED', 'tunnel_disabled', 'the tunnel is disabled'],
};

/** Failures of a node: the usual remedy for a refusal would be wrong. */
const nodeTrouble = new Set(['node_offline', 'node_timeout', 'node_gone', 'node_failed']);
const NODE_REMEDY = 'Repeat it when the node is online again.';

const serviceMissing = /^service .* not found$/;
const pushFailed = /^节点 (.*) 下发失败: (.*)$/s;

/** The node does not have the service of the forward: nothing was done. */
export const serviceMissingCode = 'service_missing';

/**
 * Returns the failure that an envelope's `code` means; null for 0 and for answers outside the envelope, which their schemas
 * check. The panel answers HTTP 200 to nearly everything (docs/panels/flvx.md, 1.2).
 */
export function parseFailure({ json }: { json: unknown }): PanelFailure | null {
  if (typeof json !== 'object' || json === null || !('code' in json)) return null;
  const { code, msg } = json as { code: unknown; msg?: unknown };
  if (code === 0 || typeof code !== 'number') return null;
  const text = typeof msg === 'string' ? msg.trim() : '';
  if (code === 401) return { code: 'PANEL_AUTH', message: 'the token is missing, wrong or expired', panelCode: 401 };
  if (code === 403) {
    return { code: 'PANEL_FORBIDDEN', message: 'the account is not an administrator', panelCode: 'not_admin' };
  }
  if (code === -2) {
    // The text is the database driver's and may contain internals of the panel.
    return {
      code: 'PANEL_SERVER_ERROR',
      message: "the panel's database reported an error",
      panelCode: -2,
      retry: true,
    };
  }
  return code === -1 ? toRefusal(text) : { code: 'PANEL_REJECTED', message: text, panelCode: code };
}

function toRefusal(text: string): PanelFailure {
  const push = pushFailed.exec(text);
  if (push !== null) {
    const cause = toRefusal(push[2] ?? '');
    return { ...cause, message: `node ${push[1] ?? ''}: ${cause.message}` };
  }
  if (serviceMissing.test(text)) {
    return {
      code: 'PANEL_REJECTED',
      message: `the node does not have the service: ${text}`,
      panelCode: serviceMissingCode,
    };
  }
  const entry = Object.hasOwn(known, text) ? known[text] : undefined;
  if (entry === undefined) return { code: 'PANEL_REJECTED', message: text, panelCode: -1 };
  const [code, panelCode, meaning] = entry;
  return {
    code,
    panelCode,
    message: `${meaning} (${text})`,
    ...(nodeTrouble.has(panelCode) ? { remedy: NODE_REMEDY } : {}),
  };
}
