import { createHmac, randomUUID } from 'node:crypto';
import type { ProfileAuth } from '../profile/schema.js';

type Hmac = Extract<ProfileAuth, { kind: 'hmac' }>;

/** Makes nonces; a number is always larger than the one before. */
export function createNonceSource(now: () => number, newId: () => string = randomUUID): (source: string) => string {
  let last = 0n;
  return (source) => {
    if (source === 'uuid') return newId();
    const scale = source === 'epoch-micros' ? 1000n : 1n;
    const current = BigInt(Math.floor(now())) * scale;
    last = current > last ? current : last + 1n;
    return String(last);
  };
}

/** Returns the headers that sign the exact bytes of a body; a request without one signs the empty text. */
export function signBody(auth: Hmac, credential: string, body: string): Record<string, string> {
  const [key, secret] = splitCredential(credential);
  const signature = createHmac(auth.algorithm, secret).update(body, 'utf8').digest(auth.digest);
  return { [auth.keyHeader]: key, [auth.signHeader]: signature };
}

/** Divides `KEY:SECRET` at its first colon. */
export function splitCredential(credential: string): [key: string, secret: string] {
  const colon = credential.indexOf(':');
  return colon < 0 ? [credential, ''] : [credential.slice(0, colon), credential.slice(colon + 1)];
}
