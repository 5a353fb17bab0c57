import { failure, success, type FlvxAnswer, type FlvxRequest } from './envelope.js';
import { readMap } from './json-body.js';
import { readStrict, type StrictShape, type StrictValues } from './strict-body.js';
import type { FlvxClaims } from './token.js';
import type { FlvxWorld } from './world.js';

/** The default life of what is made without an expiry, in milliseconds. */
export const yearMs = 365 * 24 * 3_600_000;

/** What the panel says to a body that it cannot read. */
export const badBody = '请求参数错误';

/** One request in the hands of a handler. */
export class FlvxCall {
  constructor(
    readonly world: FlvxWorld,
    readonly request: FlvxRequest,
    /** What the token says; null on paths without a token. */
    readonly claims: FlvxClaims | null,
  ) {}

  get isPost(): boolean {
    return this.request.method === 'POST';
  }

  /** The role of the token; 1 without a token. */
  get roleId(): number {
    return this.claims?.roleId ?? 1;
  }

  /** The user id of the token, or null when its `sub` is no positive integer. */
  get userId(): number | null {
    const sub = this.claims?.sub ?? '';
    return /^\+?\d+$/.test(sub) && Number(sub) > 0 ? Number(sub) : null;
  }

  ok(data?: unknown): FlvxAnswer {
    return success(this.world.now(), data);
  }

  fail(msg: string, code = -1): FlvxAnswer {
    return failure(this.world.now(), code, msg);
  }

  /** The body as a free-form object, or null. */
  map(): Readonly<Record<string, unknown>> | null {
    return readMap(this.request.body);
  }

  strict<S extends StrictShape>(shape: S): StrictValues<S> | 'bad' | 'empty' {
    return readStrict(this.request.body, shape);
  }
}

/** What answers the requests of one path. */
export type Handler = (call: FlvxCall) => FlvxAnswer | Promise<FlvxAnswer>;

/** A handler that answers everything but POST with the panel's refusal. */
export function post(handler: Handler): Handler {
  return (call) => (call.isPost ? handler(call) : call.fail('请求失败'));
}
