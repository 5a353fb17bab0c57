import { createPanelError, isPanelError, type PanelError, type Clock } from '@sluice/panel-http';
import * as z from 'zod';
import type { FlvxCallOptions, FlvxSession, FlvxClockDifference } from '../client.js';
import { toEpochMs, epochSeconds, type EpochSeconds, epochMs, type EpochMs } from '../records.js';

/** One call of the API. */
export interface ApiCall<Data> {
  /** After `/api/v1`. */
  path: string;
  body?: Record<string, unknown>;
  /** Reads are repeated after failures that a repeat may help; writes never. */
  kind: 'read' | 'write';
  /** Schema of `data`. Absent for writes, which return none. */
  data?: z.ZodType<Data>;
  /** False for calls that need no token. */
  auth?: boolean;
  secrets?: string[];
}

/** Tokens are renewed this long before they expire. */
const marginMs = 10 * 60_000;

const endpoint = 'POST /api/v1/user/login';
const loginData = z.object({
  token: z.string().min(1),
  name: z.string(),
  role_id: z.int(),
  requirePasswordChange: z.boolean(),
});
type LoginData = z.infer<typeof loginData>;

/** What the calls of a client are authorized with. */
export interface Authorization {
  /** The header of every call: the raw token, without `Bearer` (docs/panels/flvx.md, 2.1). */
  headers(): Record<string, string>;
  /** Returns the session; logs in where there is no valid token. */
  ensure(options?: FlvxCallOptions): Promise<FlvxSession>;
  /** Replaces a refused token; false where that fails. */
  replace(): Promise<boolean>;
  /** Returns why a refused token could not be replaced, instead of the refusal. */
  explain(error: unknown): unknown;
}

/** The token of a client: logs in when there is none, when it expires, and once more when the panel refuses it. */
export class SessionKeeper implements Authorization {
  #token = '';
  #session: FlvxSession | null = null;
  #login: Promise<FlvxSession> | null = null;
  #failure: PanelError | null = null;

  constructor(
    private readonly panel: string,
    private readonly credentials: { username: string; password: string },
    private readonly clock: PanelClock,
    /** Each new token is added, so that it is never logged. */
    private readonly secrets: string[],
  ) {}

  /** Calls the panel; set once the transport exists. */
  post: (call: ApiCall<LoginData>, options: FlvxCallOptions) => Promise<LoginData> = () =>
    Promise.reject(new Error('The client is not ready yet.'));

  headers(): Record<string, string> {
    return { authorization: this.#token };
  }

  async ensure(options: FlvxCallOptions = {}): Promise<FlvxSession> {
    const session = this.#session;
    if (session !== null && session.expiresAt - this.clock.now() > marginMs) return session;
    return await this.renew(options);
  }

  /** Logs in again. Concurrent calls share one login. */
  renew(options: FlvxCallOptions = {}): Promise<FlvxSession> {
    this.#login ??= this.#logIn(options).finally(() => {
      this.#login = null;
    });
    return this.#login;
  }

  async replace(): Promise<boolean> {
    try {
      await this.renew();
      return true;
    } catch (error) {
      this.#failure = isPanelError(error) ? error : null;
      return false;
    }
  }

  explain(error: unknown): unknown {
    return isPanelError(error) && error.code === 'PANEL_AUTH' ? (this.#failure ?? error) : error;
  }

  async #logIn(options: FlvxCallOptions): Promise<FlvxSession> {
    const { username, password } = this.credentials;
    const call: ApiCall<LoginData> = {
      path: '/user/login',
      body: { username, password },
      kind: 'read',
      data: loginData,
      auth: false,
      secrets: [password],
    };
    let data: LoginData;
    try {
      data = await this.post(call, options);
    } catch (error) {
      throw this.#refused(error);
    }
    if (data.role_id !== 0) {
      throw createPanelError(
        'PANEL_FORBIDDEN',
        `Panel "${this.panel}": the account "${username}" is not an administrator. Configure an administrator's account.`,
        { panel: this.panel, endpoint, status: 200, panelCode: 'not_admin' },
      );
    }
    const claims = parseToken(data.token);
    if (claims === null) {
      throw createPanelError(
        'PANEL_UNREADABLE',
        `Panel "${this.panel}" sent a token that cannot be parsed (${endpoint}). Check that Sluice supports this version of the panel.`,
        { panel: this.panel, endpoint, status: 200 },
      );
    }
    this.#failure = null;
    this.secrets.push(data.token);
    this.#token = data.token;
    this.#session = {
      name: data.name,
      expiresAt: toEpochMs(claims.expiresAt),
      mustChangePassword: data.requirePasswordChange,
    };
    return this.#session;
  }

  #refused(error: unknown): unknown {
    if (!isPanelError(error)) return error;
    const reason = {
      captcha: "requires a captcha at login, which Sluice can't solve. Turn off the captcha on the panel",
      bad_credentials: 'did not accept the username and password. Correct them in the configuration',
      account_disabled: 'has disabled the configured account. Enable it or configure another account',
    }[String(error.panelCode)];
    if (reason === undefined) return error;
    return createPanelError('PANEL_AUTH', `Panel "${this.panel}" ${reason}.`, {
      panel: this.panel,
      endpoint,
      status: error.status,
      panelCode: error.panelCode,
      cause: error,
    });
  }
}

/** Three base64url parts. */
const TOKEN = /^[\w-]+\.([\w-]+)\.[\w-]+$/;

const claims = z.object({ exp: z.int().positive(), role_id: z.int(), name: z.string() });

/** The claims of a token. */
export interface FlvxClaims {
  expiresAt: EpochSeconds;
  /** 0 is an administrator. */
  role: number;
  name: string;
}

/**
 * Parses the payload of the panel's token; null when it can't be parsed. JWT libraries refuse the algorithm that its header
 * names (docs/panels/flvx.md, 2.1).
 */
export function parseToken(token: string): FlvxClaims | null {
  const [, payload] = TOKEN.exec(token) ?? [];
  if (payload === undefined) return null;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  const checked = claims.safeParse(json);
  if (!checked.success) return null;
  return { expiresAt: epochSeconds(checked.data.exp), role: checked.data.role_id, name: checked.data.name };
}

/** The panel may have stamped a slower answer long before it arrived. */
const promptMs = 2_000;

/** The panel's clock, from the `ts` of its answers: accounts and tokens expire by it. */
export class PanelClock {
  #difference: FlvxClockDifference | null = null;

  constructor(readonly local: Clock) {}

  get difference(): FlvxClockDifference | null {
    return this.#difference;
  }

  /** How far the panel's clock is ahead of the local one (ms); 0 before the first answer. */
  get ahead(): number {
    return this.#difference?.ms ?? 0;
  }

  /** Measures the difference by an answer's stamp. */
  observe(stamp: number, receivedAt: number, durationMs: number): void {
    if (durationMs > promptMs && this.#difference !== null) return;
    this.#difference = { ms: Math.round(stamp - receivedAt), measuredAt: epochMs(Math.round(receivedAt)) };
  }

  /** Returns the panel's present time; the local time before the first answer. */
  now(): EpochMs {
    return this.toPanel(this.local.now());
  }

  /** Returns a local instant by the panel's clock. */
  toPanel(local: number): EpochMs {
    return epochMs(Math.round(local) + this.ahead);
  }
}
