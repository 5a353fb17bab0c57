import { PanelConfigError } from './config-error.js';
import type { PanelHttpOptions } from './types.js';

/** Refuses at once what would otherwise fail, or hang, at the first call. */
export function checkOptions(options: PanelHttpOptions): void {
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
      `The base URL of panel "${options.panel}" holds credentials. Put them into auth.`,
    );
  }
  if (auth !== undefined && 'bearer' in auth && !/^[\x21-\x7e]+$/.test(auth.bearer)) {
    throw new PanelConfigError(
      'option_invalid',
      `The token of panel "${options.panel}" is empty or holds white space or letters that cannot be sent. Copy it again.`,
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
  };
  check(options.panel, positive, (value) => value > 0 && Number.isFinite(value), 'a number above 0');
  check(options.panel, atLeastOne, (value) => value >= 1 && Number.isInteger(value), 'a whole number of at least 1');
  check(options.panel, notNegative, (value) => value >= 0 && Number.isFinite(value), 'a number of at least 0');
}

function check(
  panel: string,
  values: Record<string, number | undefined>,
  good: (value: number) => boolean,
  wanted: string,
): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && !good(value)) {
      throw new PanelConfigError('option_invalid', `${name} of panel "${panel}" is ${value}. Give ${wanted}.`);
    }
  }
}
