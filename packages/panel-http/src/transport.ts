import { adaptConcurrency, initialAdaptiveState, type AdaptiveSample } from './adaptive-concurrency.js';
import { createAttempt, largestBody, type Attempt } from './attempt.js';
import { createBreaker, type Breaker } from './breaker.js';
import { systemClock } from './clock.js';
import { createLimiter, type Limiter } from './limiter.js';
import { createPanelPool } from './panel-pool.js';
import { lowerCased } from './prepare-request.js';
import { createRedactor } from './redact.js';
import { isCredentialHeader } from './credential-header.js';
import { createRenewal, type Renewal } from './renewal.js';
import type { RetryPolicy } from './retry-delay.js';
import type { Clock, PanelHttpOptions } from './types.js';
import { version } from './version.js';

/** What the calls of one panel share. */
export interface Transport {
  readonly options: PanelHttpOptions;
  readonly clock: Clock;
  readonly random: () => number;
  /** The path of the base URL, without a slash at its end. */
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
  /** The panel asked to be left alone until then, by the injected clock. */
  pausedUntil: number;
  closed: boolean;
  observe(sample: AdaptiveSample): void;
  close(): void;
}

export const defaults = {
  concurrency: 4,
  connectMs: 5_000,
  attemptMs: 30_000,
  totalMs: 120_000,
  maxBodyBytes: 64 * 1024 * 1024,
  retry: { attempts: 3, baseDelayMs: 250, maxDelayMs: 10_000, maxRetryAfterMs: 30_000 },
  cooldownMs: 30_000,
} as const;

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
  const limiter = createLimiter(concurrency, options.requestsPerSecond);
  let adaptive = initialAdaptiveState(concurrency);
  const transport: Transport = {
    options,
    clock,
    random: options.random ?? Math.random,
    basePath: target.pathname.replace(/\/$/, ''),
    attempt: createAttempt(pool, fixedHeaders(options)),
    limiter,
    breaker: breakerOf(options, concurrency, clock),
    renewal: options.onUnauthorized === undefined ? null : createRenewal(options.onUnauthorized),
    retry: { ...defaults.retry, ...options.retry },
    timeouts: {
      attemptMs: options.timeouts?.attemptMs ?? defaults.attemptMs,
      totalMs: options.timeouts?.totalMs ?? defaults.totalMs,
    },
    maxBodyBytes: Math.min(largestBody, options.maxBodyBytes ?? defaults.maxBodyBytes),
    counters: { calls: 0, failures: 0, retries: 0 },
    clean: createRedactor(options.secrets ?? [], createRedactor(ownSecrets(options))),
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

function breakerOf(options: PanelHttpOptions, concurrency: number, clock: Clock): Breaker | null {
  if (options.breaker === false) return null;
  // Two waves of calls: one hiccup that meets everything in flight is not yet a dead panel.
  const failures = options.breaker?.failures ?? Math.max(5, 2 * concurrency);
  return createBreaker(failures, options.breaker?.cooldownMs ?? defaults.cooldownMs, clock);
}

function fixedHeaders(options: PanelHttpOptions): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': options.userAgent ?? `Sluice/${version}`,
    ...lowerCased(options.headers),
  };
}

/** The secrets that the settings themselves hold. */
function ownSecrets({ auth, headers, proxy }: PanelHttpOptions): string[] {
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
