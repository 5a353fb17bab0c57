import { PanelConfigError } from './config-error.js';
import { callPanel } from './panel-call.js';
import { createTransport } from './transport.js';
import type { PanelHttp, PanelHttpOptions } from './types.js';

/**
 * Creates the transport to one panel, with one connection pool, one queue and one circuit for all callers. It sends nothing before
 * the first `request`.
 *
 * @example
 * ```ts
 * const panel = createPanelHttp({ panel: 'dcim', baseUrl: 'https://panel.example.com', auth: { bearer: token } });
 * const { body } = await panel.request({
 *   method: 'GET',
 *   path: `/api/v3/admin/ports/${id}`,
 *   endpoint: 'GET /api/v3/admin/ports/{id}',
 *   schema: z.object({ data: z.object({ id: z.number() }) }),
 * });
 * panel.close();
 * ```
 *
 * @throws PanelConfigError for invalid options
 */
export function createPanelHttp(options: PanelHttpOptions): PanelHttp {
  checkOptions(options);
  const transport = createTransport(options);
  const { counters, limiter } = transport;
  return {
    request: (request) => callPanel(transport, request),
    get stats() {
      const { inFlight, waiting, concurrency } = limiter;
      return { ...counters, inFlight, waiting, concurrency };
    },
    close() {
      transport.close();
    },
    [Symbol.dispose]() {
      transport.close();
    },
  };
}

/** Rejects options that would fail, or hang, at the first call. */
function checkOptions(options: PanelHttpOptions): void {
  const { baseUrl, auth, timeouts, retry, breaker } = options;
  if (!URL.canParse(baseUrl) || !/^https?:\/\//.test(baseUrl) || baseUrl.endsWith('/')) {
    throw new PanelConfigError(
      'url_invalid',
      `The base URL of panel "${options.panel}" is not usable. Pass it through normaliseBaseUrl first.`,
    );
  }
  const url = new URL(baseUrl);
  if (url.username !== '' || url.password !== '') {
    throw new PanelConfigError(
      'credentials_in_url',
      `The base URL of panel "${options.panel}" contains credentials. Pass them as auth.`,
    );
  }
  if (auth !== undefined && 'bearer' in auth && !/^[\x21-\x7e]+$/.test(auth.bearer)) {
    throw new PanelConfigError(
      'option_invalid',
      `The token of panel "${options.panel}" is empty or contains white space or characters that can't be sent. Copy it again.`,
    );
  }
  const positive: Record<string, number | undefined> = {
    'timeouts.connectMs': timeouts?.connectMs,
    'timeouts.attemptMs': timeouts?.attemptMs,
    'timeouts.totalMs': timeouts?.totalMs,
    requestsPerSecond: options.requestsPerSecond,
    maxBodyBytes: options.maxBodyBytes,
  };
  const atLeastOne: Record<string, number | undefined> = {
    'retry.attempts': retry?.attempts,
    concurrency: options.concurrency,
    'breaker.failures': breaker === false ? undefined : breaker?.failures,
  };
  const notNegative: Record<string, number | undefined> = {
    'retry.baseDelayMs': retry?.baseDelayMs,
    'retry.maxDelayMs': retry?.maxDelayMs,
    'retry.maxRetryAfterMs': retry?.maxRetryAfterMs,
    'breaker.cooldownMs': breaker === false ? undefined : breaker?.cooldownMs,
    minIntervalMs: options.minIntervalMs,
  };
  check(options.panel, positive, (value) => value > 0 && Number.isFinite(value), 'a number above 0');
  check(options.panel, atLeastOne, (value) => value >= 1 && Number.isInteger(value), 'a whole number of at least 1');
  check(options.panel, notNegative, (value) => value >= 0 && Number.isFinite(value), 'a number of at least 0');
}

function check(
  panel: string,
  values: Record<string, number | undefined>,
  isValid: (value: number) => boolean,
  expected: string,
): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && !isValid(value)) {
      throw new PanelConfigError('option_invalid', `${name} of panel "${panel}" is ${value}. Set ${expected}.`);
    }
  }
}
