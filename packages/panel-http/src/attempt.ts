import { constants } from 'node:buffer';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Dispatcher } from 'undici';
import type { AttemptAnswer, AttemptRequest, LostAnswer } from './attempt-outcome.js';
import { PanelConfigError } from './config-error.js';
import { Exchange } from './exchange.js';
import { acceptEncoding } from './unpacker.js';

export type Attempt = (request: AttemptRequest) => Promise<AttemptAnswer | LostAnswer>;

/**
 * One request, one answer, over undici's dispatcher: redirects are answers, nothing is repeated, and the body can be refused
 * while it comes in. Repeats and time-outs are counted per call.
 */
export function createAttempt(pool: Dispatcher, headers: Record<string, string>): Attempt {
  const shared = Object.entries({ ...headers, 'accept-encoding': acceptEncoding });
  for (const [name, value] of shared) checkHeader(name, value);
  return (request) =>
    new Promise((resolve, reject) => {
      const { method, target, body = null } = request;
      const list = headersOf(shared, request.headers);
      const exchange = new Exchange(request, resolve, reject);
      if (!exchange.begun()) return;
      pool.dispatch({ method, path: target, headers: list, body }, exchange);
    });
}

/** Names and values in turn. A header of the request stands for the shared one of its name. */
function headersOf(shared: [string, string][], own: Record<string, string>): string[] {
  const list: string[] = [];
  for (const [name, value] of shared) if (!(name in own)) list.push(name, value);
  for (const name in own) {
    const value = own[name] ?? '';
    checkHeader(name, value);
    list.push(name, value);
  }
  return list;
}

/** Made by the transport itself. */
const reserved = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** The pool would refuse it too, but take one of its connections for busy from then on. The value may be a secret: it is not named. */
function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new PanelConfigError(
      'option_invalid',
      `The header ${JSON.stringify(name)} holds letters or line breaks that can't be sent. Percent-encode or mend it.`,
    );
  }
  if (reserved.has(name)) {
    throw new PanelConfigError('option_invalid', `The header ${name} is made by the transport itself. Leave it out.`);
  }
}

/** No body is taken whose text could not be held in one string. */
export const largestBody = constants.MAX_STRING_LENGTH;
