import {
  adaptConcurrency,
  type AdaptiveSample,
  type Breaker,
  createBreaker,
  createLimiter,
  initialAdaptiveState,
  type Limiter,
} from './limiter.js';
import { systemClock } from './clock.js';
import { createPanelPool, type PanelPool } from './panel-pool.js';
import { lowerCased } from './prepare-request.js';
import { createRedactor, isCredentialHeader } from './redact.js';
import type { RetryPolicy } from './retry-delay.js';
import type { Clock, PanelHttpOptions } from './types.js';
import { version } from './version.js';
import { constants } from 'node:buffer';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { PanelConfigError } from './config-error.js';
import { ACCEPT_ENCODING, type AttemptAnswer, type AttemptRequest, Exchange, type LostAnswer } from './exchange.js';
import { AsyncLocalStorage } from 'node:async_hooks';

/** What all calls to one panel share. */
export interface Transport {
  readonly options: PanelHttpOptions;
  readonly clock: Clock;
  readonly random: () => number;
  /** The path of the base URL without a trailing slash. */
  readonly basePath: string;
  readonly attempt: Attempt;
  readonly limiter: Limiter;
  readonly breaker: Breaker | null;
  readonly renewal: Renewal | null;
  readonly retry: RetryPolicy;
  readonly timeouts: { attemptMs: number; totalMs: number };
  readonly maxBodyBytes: number;
  readonly counters: { calls: number; failures: number; retries: number };
  readonly clean: (text: string) => string;
  /** Until when the panel asked callers to wait, by the injected clock. */
  pausedUntil: number;
  closed: boolean;
  observe(sample: AdaptiveSample): void;
  close(): void;
}

/** Defaults of the options. */
export const defaults = {
  concurrency: 4,
  connectMs: 5_000,
  attemptMs: 30_000,
  totalMs: 120_000,
  maxBodyBytes: 64 * 1024 * 1024,
  retry: { attempts: 3, baseDelayMs: 250, maxDelayMs: 10_000, maxRetryAfterMs: 30_000 },
  cooldownMs: 30_000,
} as const;

/** Creates the shared state of all calls to one panel. */
export function createTransport(options: PanelHttpOptions): Transport {
  const clock = options.clock ?? systemClock;
  const concurrency = options.concurrency ?? defaults.concurrency;
  const target = new URL(options.baseUrl);
  const pool = createPanelPool({
    target,
    calls: concurrency,
    connectMs: options.timeouts?.connectMs ?? defaults.connectMs,
    tls: options.tls ?? {},
    proxy: options.proxy,
  });
  const limiter = createLimiter(concurrency, options.requestsPerSecond, options.minIntervalMs);
  let adaptive = initialAdaptiveState(concurrency);
  const transport: Transport = {
    options,
    clock,
    random: options.random ?? Math.random,
    basePath: target.pathname.replace(/\/$/, ''),
    attempt: createAttempt(pool, toFixedHeaders(options)),
    limiter,
    breaker: createOwnBreaker(options, concurrency, clock),
    renewal: options.onUnauthorized === undefined ? null : createRenewal(options.onUnauthorized),
    retry: { ...defaults.retry, ...options.retry },
    timeouts: {
      attemptMs: options.timeouts?.attemptMs ?? defaults.attemptMs,
      totalMs: options.timeouts?.totalMs ?? defaults.totalMs,
    },
    maxBodyBytes: Math.min(LARGEST_BODY, options.maxBodyBytes ?? defaults.maxBodyBytes),
    counters: { calls: 0, failures: 0, retries: 0 },
    clean: createRedactor(options.secrets ?? [], createRedactor(listSecrets(options))),
    pausedUntil: 0,
    closed: false,
    observe(sample) {
      if (options.adaptive !== true) return;
      adaptive = adaptConcurrency(adaptive, sample);
      const limit = Math.floor(adaptive.limit);
      if (limit !== limiter.concurrency) limiter.concurrency = limit;
    },
    close() {
      transport.closed = true;
      pool.close();
    },
  };
  return transport;
}

function createOwnBreaker(options: PanelHttpOptions, concurrency: number, clock: Clock): Breaker | null {
  if (options.breaker === false) return null;
  // Two waves of calls, so that one failure of everything in flight does not open the circuit.
  const failures = options.breaker?.failures ?? Math.max(5, 2 * concurrency);
  return createBreaker(failures, options.breaker?.cooldownMs ?? defaults.cooldownMs, clock);
}

function toFixedHeaders(options: PanelHttpOptions): Record<string, string> {
  return {
    accept: 'application/json',
    // Decisions need what is so now: a cache before the panel has to ask it (RFC 9111, 5.2.1.4).
    'cache-control': 'no-cache',
    'user-agent': options.userAgent ?? `Sluice/${version}`,
    ...lowerCased(options.headers),
  };
}

/** Lists the secrets in the options. */
function listSecrets({ auth, headers, proxy }: PanelHttpOptions): string[] {
  const secrets = auth !== undefined && 'bearer' in auth ? [auth.bearer] : [];
  for (const [name, value] of Object.entries(headers ?? {})) if (isCredentialHeader(name)) secrets.push(value);
  if (proxy !== undefined) {
    const { username, password } = new URL(proxy);
    if (password !== '') secrets.push(decodeURIComponent(password), password);
    if (username !== '' && password !== '')
      secrets.push(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  }
  return secrets;
}

/** Sends one request. */
export type Attempt = (request: AttemptRequest) => Promise<AttemptAnswer | LostAnswer>;

/**
 * Creates the function that sends one request over undici's dispatcher and returns one answer. Redirects are answers, nothing is
 * repeated, and the body can be refused while it arrives.
 */
export function createAttempt(pool: Pick<PanelPool, 'dispatch'>, headers: Record<string, string>): Attempt {
  const shared = Object.entries({ ...headers, 'accept-encoding': ACCEPT_ENCODING });
  for (const [name, value] of shared) checkHeader(name, value);
  return (request) =>
    new Promise((resolve, reject) => {
      const { method, target, body = null } = request;
      const list = listHeaders(shared, request.headers);
      const exchange = new Exchange(request, resolve, reject);
      if (!exchange.begin()) return;
      pool.dispatch({ method, path: target, headers: list, body }, exchange);
    });
}

/** Returns names and values in turn. A header of the request replaces the shared one of its name. */
function listHeaders(shared: [string, string][], own: Record<string, string>): string[] {
  const list: string[] = [];
  for (const [name, value] of shared) if (!(name in own)) list.push(name, value);
  for (const name in own) {
    const value = own[name] ?? '';
    checkHeader(name, value);
    list.push(name, value);
  }
  return list;
}

/** Headers that the transport sets itself. */
const RESERVED = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** Rejects what the pool would refuse too, but with a connection that stays busy. The message has no value, which may be a secret. */
function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new PanelConfigError(
      'option_invalid',
      `The header ${JSON.stringify(name)} contains characters or line breaks that can't be sent. Percent-encode or correct it.`,
    );
  }
  if (RESERVED.has(name)) {
    throw new PanelConfigError('option_invalid', `The header ${name} is set by the transport itself. Remove it.`);
  }
}

/** The largest body whose text fits in one string. */
export const LARGEST_BODY = constants.MAX_STRING_LENGTH;

/** One renewal of credentials at a time, shared by all calls that were refused. */
export interface Renewal {
  /** Grows with each renewal; a call of an earlier generation only has to be repeated. */
  readonly generation: number;
  /** Returns whether the caller is part of a running renewal, which it must not wait for. */
  isInside(): boolean;
  /** Renews the credentials unless that was done since the generation `seen`. */
  renew(seen: number): Promise<boolean>;
}

/** Creates the renewal of one panel's credentials. */
export function createRenewal(onUnauthorized: () => Promise<boolean>): Renewal {
  const inside = new AsyncLocalStorage<true>();
  let running: Promise<boolean> | null = null;
  let generation = 0;

  const start = async (): Promise<boolean> => {
    try {
      const renewed = await inside.run(true, onUnauthorized);
      if (renewed) generation += 1;
      return renewed;
    } finally {
      running = null;
      // Tracking slows down every promise of the process.
      inside.disable();
    }
  };
  return {
    get generation() {
      return generation;
    },
    isInside: () => inside.getStore() === true,
    async renew(seen) {
      if (seen < generation) return true;
      running ??= start();
      return running;
    },
  };
}
