import { createHmac } from 'node:crypto';
import { SluiceError } from '@sluice/panel-kind';
import type { FastifyRequest } from 'fastify';
import { setNewest } from './newest.js';
import { OnceByKey } from './once.js';
import { toHash } from '../access/sessions.js';
import type { Context } from '../server/options.js';

/** An answer, and whether it is that of an earlier request with the key. */
export interface Answered {
  status: number;
  answer: unknown;
  replayed: boolean;
}

/** Outcomes of runs after which the same request may be sent again. */
const UNFINISHED = ['failed', 'busy', 'brake', 'interrupted', 'terminated'];

/**
 * Returns the `Idempotency-Key` of a request.
 *
 * @throws SluiceError `no_key`
 */
export function parseKey(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new SluiceError(
    'no_key',
    'A request that changes something needs the header Idempotency-Key: up to 200 printable characters, new for each request',
    { kind: 'usage' },
  );
}

/** Returns an answer as it is stored for repeats: null, or an empty list, in place of what is shown once (`access.links`). */
export function withoutOnce(answer: unknown, once: readonly string[]): unknown {
  return once.reduce((left, path) => without(left, path.split('.')), answer);
}

function without(value: unknown, [key = '', ...rest]: string[]): unknown {
  if (typeof value !== 'object' || value === null || !(key in value)) return value;
  const own: unknown = Reflect.get(value, key);
  const left = rest.length > 0 ? without(own, rest) : Array.isArray(own) ? [] : null;
  return { ...value, [key]: left };
}

/** Returns a short text that is unique for a sender and key. */
export function toRef(who: string, key: string): string {
  return `api-${toHash(JSON.stringify([who, key])).slice(0, 24)}`;
}

/** What a request did. */
export interface Performed {
  status: number;
  answer: unknown;
  /** What repeated requests get; null where the request may be sent again with its key. */
  stored: { answer: unknown } | null;
}

/** A request with a key; `content` is JSON. */
export interface KeyedContent {
  who: string;
  key: string;
  content: unknown;
  /** Whether a client sends it: of its requests only so many are kept. */
  isOfClient: boolean;
}

/** Most answered requests of one token or link of a client that are kept. */
const MOST_OF_CLIENT = 1000;

/** Fields whose values are stored nowhere, not even as a digest: short ones can be guessed. */
const SECRET = /password|secret/i;
/** Most requests whose secrets a repeated one is compared with. */
const MOST_COMPARED = 10_000;

/** Performs requests of programs and forms once each. */
export class KeyedRequests {
  readonly #once: OnceByKey;
  /** Of this process alone, as are the digests that are made with it. */
  readonly #secretKey: Uint8Array;
  readonly #secrets = new Map<string, string>();
  readonly #lockedMs: number | undefined;

  constructor(
    context: Pick<Context, 'store' | 'clock' | 'process' | 'randomBytes'> & Partial<Pick<Context, 'limits'>>,
  ) {
    this.#once = new OnceByKey(context);
    this.#secretKey = context.randomBytes(32);
    this.#lockedMs = context.limits?.lockedMs;
  }

  /**
   * Performs a request once: a repeated one returns the stored answer. One that failed may be sent again with its key.
   *
   * @throws SluiceError `key_reused`, `request_running`
   */
  async perform({ who, key, content, isOfClient }: KeyedContent, work: () => Promise<Performed>): Promise<Answered> {
    const [shown, secrets] = this.#split(content);
    const kept = isOfClient ? { rows: MOST_OF_CLIENT } : undefined;
    const keyed = { who, key, fingerprint: toHash(shown), kept, lockedMs: this.#lockedMs };
    const id = JSON.stringify([who, key]);
    const begun = await this.#once.begin(keyed);
    if (begun.repeated) {
      if ((this.#secrets.get(id) ?? secrets) === secrets) return { ...begun.answer, replayed: true };
      throw new SluiceError('key_reused', 'The key of the request was used for a different request', { kind: 'usage' });
    }
    setNewest(this.#secrets, id, secrets, MOST_COMPARED);
    let done: Performed | null = null;
    try {
      done = await work();
      return { status: done.status, answer: done.answer, replayed: false };
    } finally {
      const stored = done?.stored == null ? null : { status: done.status, ...done.stored };
      if (stored === null) this.#secrets.delete(id);
      await this.#once.end(keyed, stored);
    }
  }

  /** Returns the content without its secrets, and a digest of these. */
  #split(content: unknown): [shown: string, secrets: string] {
    const found: unknown[] = [];
    const text = JSON.stringify(content, (name, value: unknown) => {
      if (!SECRET.test(name) || typeof value !== 'string') return value;
      found.push(value);
      return true;
    });
    return [text, createHmac('sha256', this.#secretKey).update(JSON.stringify(found)).digest('base64url')];
  }
}

/** Returns what repeats of a request get: nothing where its run did not end well. */
export function toStored(answer: unknown, stored: unknown): Performed['stored'] {
  const { run } = (answer ?? {}) as { run?: { outcome?: string } | null };
  return UNFINISHED.includes(run?.outcome ?? '') ? null : { answer: stored };
}
