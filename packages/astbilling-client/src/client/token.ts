import { PanelConfigError } from '@sluice/panel-http';
import type { ProfileAuth } from '../profile/schema.js';
import type { WireEntry } from '../wire/codec.js';
import { splitCredential } from '../wire/sign.js';

/** Refuses a credential that can't be sent, before a call. */
export function checkToken(panel: string, { kind }: ProfileAuth, token: string): void {
  if (kind === 'none') return;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new PanelConfigError(
      'option_invalid',
      `The token of panel "${panel}" is empty or contains white space or characters that can't be sent. Copy it again.`,
    );
  }
  if (kind !== 'hmac' && kind !== 'basic') return;
  const [first, second] = splitCredential(token);
  if (first === '' || second === '') {
    const form = kind === 'hmac' ? 'KEY:SECRET' : 'USER:PASSWORD';
    throw new PanelConfigError('option_invalid', `The token of panel "${panel}" has another form. Write ${form}.`);
  }
}

/** The headers that have the credential in every request; signatures are made for each attempt. */
export function toCredentialHeaders(auth: ProfileAuth, token: string): Record<string, string> {
  switch (auth.kind) {
    case 'bearer':
      return { [auth.name ?? 'Authorization']: (auth.prefix ?? 'Bearer ') + token };
    case 'header':
      return { [auth.name ?? 'Authorization']: (auth.prefix ?? '') + token };
    case 'basic':
      return { Authorization: `Basic ${Buffer.from(token).toString('base64')}` };
    default:
      return {};
  }
}

/** The credential in the query of every request. */
export function toCredentialQuery(auth: ProfileAuth, token: string): WireEntry[] {
  return auth.kind === 'query' ? [[auth.name ?? 'token', (auth.prefix ?? '') + token]] : [];
}

/** Everything of the credential that may never be shown. */
export function listSecrets({ kind }: ProfileAuth, token: string): string[] {
  if (kind === 'none') return [];
  return kind === 'hmac' || kind === 'basic' ? [token, ...splitCredential(token)] : [token];
}
