import { adaptConcurrency, type AdaptiveSample, initialAdaptiveState } from './limiter.js';
import { type Attempt, createAttempt, LARGEST_BODY } from './attempt.js';
import { type Breaker, createBreaker } from './limiter.js';
import { systemClock } from './clock.js';
import { createLimiter, type Limiter } from './limiter.js';
import { createPanelPool } from './panel-pool.js';
import { lowerCased } from './prepare-request.js';
import { createRedactor, isCredentialHeader } from './redact.js';
import { createRenewal, type Renewal } from './attempt.js';
import type { RetryPolicy } from './retry-delay.js';
import type { Clock, PanelHttpOptions } from './types.js';
import { version } from './version.js';

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
  const { pool, close } = createPanelPool({
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
      close();
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
