import { constants } from 'node:buffer';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Dispatcher } from 'undici';
import { PanelConfigError } from './config-error.js';
import { ACCEPT_ENCODING, type AttemptAnswer, type AttemptRequest, Exchange, type LostAnswer } from './exchange.js';
import { AsyncLocalStorage } from 'node:async_hooks';

/** Sends one request. */
export type Attempt = (request: AttemptRequest) => Promise<AttemptAnswer | LostAnswer>;

/**
 * Creates the function that sends one request over undici's dispatcher and returns one answer. Redirects are answers, nothing is
 * repeated, and the body can be refused while it arrives.
 */
export function createAttempt(pool: Dispatcher, headers: Record<string, string>): Attempt {
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
