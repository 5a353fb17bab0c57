import { createHmac } from 'node:crypto';
import type { FakeAstbilling } from '../fake-astbilling.js';
import { type Answer, send } from './example.js';

/** A condition: `type` is always `numeric`. */
export const condition = (field: string, value: unknown, comparison = 'eq'): object => ({
  type: 'numeric',
  field,
  comparison,
  value,
});
export const filter = (...conditions: object[]): Record<string, string> => ({ filter: JSON.stringify(conditions) });

const escaped = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');

/** Sends a signed request, `target` being `MODULE/ACTION` with a query. */
export function callMagnus(
  fake: FakeAstbilling,
  target: string,
  fields: Record<string, string> = {},
  headers?: Record<string, string>,
): Promise<Answer> {
  const [module = '', action = ''] = (target.split('?')[0] ?? '').split('/');
  const form = Object.entries({ module, action, ...fields, nonce: '1760000000123456' });
  const body = form.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');
  return sendSigned(fake, target, body, headers);
}

/** Sends these bytes, signed unless `headers` are given. */
export function sendSigned(
  fake: FakeAstbilling,
  target: string,
  body: string,
  headers?: Record<string, string>,
): Promise<Answer> {
  const [key = '', secret = ''] = fake.credential.split(':');
  const sign = createHmac('sha512', secret).update(body).digest('hex');
  const signed = { ...(headers ?? { Key: key, Sign: sign }), 'content-type': 'application/x-www-form-urlencoded' };
  return send(`${fake.url}/mbilling/index.php/${target}`, { method: 'POST', headers: signed, body });
}
