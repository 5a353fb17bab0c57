import type { PanelAttempt } from '@sluice/panel-http';
import type { ProfileAuth } from '../profile/schema.js';
import type { WireEntry } from '../wire/codec.js';
import { type WireRequest, writeBody } from '../wire/request.js';
import { signBody } from '../wire/sign.js';

/** Returns what writes the bytes and headers of one attempt: each has a nonce and a signature of its own. */
export function createAttempts(
  auth: ProfileAuth,
  token: string,
  nonce: (source: string) => string,
): (request: WireRequest) => PanelAttempt {
  return (request) => {
    const more: WireEntry[] = [];
    if (auth.kind === 'body') more.push([auth.name ?? 'token', (auth.prefix ?? '') + token]);
    if (auth.kind === 'hmac' && auth.nonce !== undefined && request.method !== 'GET') {
      more.push([auth.nonce.name, nonce(auth.nonce.source)]);
    }
    const body = request.method === 'GET' ? undefined : writeBody(request, more);
    const type = request.encoding === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
    const headers = {
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(auth.kind === 'hmac' ? signBody(auth, token, body ?? '') : {}),
    };
    return body === undefined ? { headers } : { body, headers };
  };
}
