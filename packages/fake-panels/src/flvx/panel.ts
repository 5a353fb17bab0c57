import type { CaptchaTokens } from './account.js';
import { FlvxCall, type Handler } from './call.js';
import { failure, type FlvxAnswer, type FlvxRequest, plainText } from './envelope.js';
import { isAdminOnly, isOpen, listRoutes } from './routes.js';
import { type FlvxClaims, readToken } from './token.js';
import { DatabaseLocked, FlvxWorld } from './world.js';

/** When the panel's answer is cut off, in milliseconds (docs/panels/flvx.md, 1.5). */
const writeTimeoutMs = 30_000;

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': 'GET, POST, DELETE, PUT, OPTIONS',
  'access-control-expose-headers': 'Authorization',
};

/** Options of a fake panel. */
export interface FlvxPanelOptions {
  /** The panel's clock, in Unix milliseconds. */
  readonly now: () => number;
  readonly timeZone: string;
  /** Signs the tokens. */
  readonly secret: string;
  /** Called for every wait of the panel for a node or its database, so that a test's clock can advance. */
  readonly onWait: (ms: number) => void;
}

/** The logic of the fake FLVX panel: one request in, one answer out; all state is in `world`. */
export class FlvxPanel {
  readonly world: FlvxWorld;
  readonly captchaTokens: CaptchaTokens = new Map();
  /** How long a create waits between its check of the name and its insert, in real milliseconds; see `createsRace`. */
  createGapMs = 0;
  readonly #routes: ReadonlyMap<string, Handler>;
  readonly #tokens = new Map<string, FlvxClaims | null>();

  constructor(readonly options: FlvxPanelOptions) {
    this.world = new FlvxWorld(options.now, options.timeZone, options.onWait);
    this.#routes = listRoutes({
      secret: options.secret,
      captchaTokens: this.captchaTokens,
      createGap: () => {
        const ms = this.createGapMs;
        return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;
      },
    });
  }

  /** Answers one request. */
  handle(request: FlvxRequest): FlvxAnswer | Promise<FlvxAnswer> {
    if (request.method === 'OPTIONS') return { status: 204, headers: cors, body: '' };
    this.world.waitedMs = 0;
    try {
      const answer = this.#answer(request);
      if (!(answer instanceof Promise)) return this.#finish(answer);
      return answer.then(
        (late) => this.#finish(late),
        (error: unknown) => this.#refuse(error),
      );
    } catch (error) {
      return this.#refuse(error);
    }
  }

  #refuse(error: unknown): FlvxAnswer {
    if (!(error instanceof DatabaseLocked)) throw error;
    return this.#finish(failure(this.world.now(), -2, error.message));
  }

  #finish(answer: FlvxAnswer): FlvxAnswer {
    const cut = this.world.waitedMs >= writeTimeoutMs;
    return { ...answer, headers: { ...cors, ...answer.headers }, ...(cut ? { cut } : {}) };
  }

  /** The claims of a valid token, or null. */
  #findClaims(token: string): FlvxClaims | null {
    let claims = this.#tokens.get(token);
    if (claims === undefined) {
      claims = readToken(this.options.secret, token);
      // Wrong tokens are not cached: they rarely repeat.
      if (claims !== null) this.#tokens.set(token, claims);
    }
    return claims !== null && claims.exp > Math.floor(this.world.now() / 1000) ? claims : null;
  }

  #answer(request: FlvxRequest): FlvxAnswer | Promise<FlvxAnswer> {
    const { path } = request;
    let claims: FlvxClaims | null = null;
    if (!isOpen(path)) {
      const refuse = (code: number, msg: string) => failure(this.world.now(), code, msg);
      const token = (request.headers.authorization ?? '').trim();
      if (token === '') return refuse(401, '未登录或token已过期');
      claims = this.#findClaims(token);
      if (claims === null) return refuse(401, '无效的token或token已过期');
      if (isAdminOnly(path) && claims.roleId !== 0) return refuse(403, '权限不足，仅管理员可操作');
    }
    if (path.includes('//')) {
      return { status: 307, headers: { location: path.replace(/\/{2,}/g, '/') }, body: '' };
    }
    const handler = this.#routes.get(path);
    if (handler === undefined) return plainText(404, '404 page not found\n');
    return handler(new FlvxCall(this.world, request, claims));
  }
}
