import { maskUuids } from '@sluice/panel-http/printable';
import type { PanelFailure } from '@sluice/panel-http';

/** Meaning of a refusal, as `panelCode` of an error. */
export type HiddifyPanelCode =
  /** The key is unknown, or its role is too low. */
  | 'unauthorized'
  | 'not_yours'
  | 'no_users'
  | 'user_not_found'
  | 'admin_not_found'
  | 'exists'
  | 'validation'
  | 'wrong_path'
  | 'crawler'
  | 'no_route'
  | 'wrong_method'
  | 'bad_request';

/**
 * Returns the message in the body of a refusal; null without one. Only its first line, because a database error continues with the
 * statement and its parameters, private keys among them (docs/panels/hiddify.md, 6.2).
 */
export function findMessage(json: unknown): string | null {
  if (typeof json !== 'object' || json === null) return null;
  const { message, msg } = json as { message?: unknown; msg?: unknown };
  const words = typeof message === 'string' ? message : msg;
  if (typeof words !== 'string') return null;
  const first =
    words
      .trim()
      .split(/[\r\n]|\[SQL:|-----BEGIN/, 1)[0]
      ?.trim() ?? '';
  return first === '' ? null : maskUuids(first);
}

/**
 * Returns the meaning of an answer with an error status where its message states more than the status; null where it doesn't. The
 * panel answers 404 for an empty list, 500 for an unknown route, 403 for a wrong key, 400 for a wrong path.
 */
export function findRefusal(answer: { status: number; json: unknown }): PanelFailure | null {
  const { status, json } = answer;
  const words = findMessage(json);
  if (words === null) return null;
  const is = (code: PanelFailure['code'], panelCode: HiddifyPanelCode, message = words): PanelFailure => ({
    code,
    message,
    panelCode,
  });
  if (status === 404) {
    if (words === 'You have no user') return is('PANEL_NOT_FOUND', 'no_users');
    if (/^user not found$/i.test(words)) return is('PANEL_NOT_FOUND', 'user_not_found');
    if (/^admin not found$/i.test(words)) return is('PANEL_NOT_FOUND', 'admin_not_found');
    return null;
  }
  if (status === 403) {
    if (/permission to access this/i.test(words)) return is('PANEL_FORBIDDEN', 'not_yours');
    return /^una(?:u)?thori[sz]ed$/i.test(words) ? is('PANEL_FORBIDDEN', 'unauthorized') : null;
  }
  if (status === 400) {
    if (words === 'invalid request') {
      return is(
        'PANEL_AUTH',
        'wrong_path',
        `${words}: the secret path in the address is wrong or was changed; copy the admin link again`,
      );
    }
    if (words === 'invalid')
      return is('PANEL_REJECTED', 'crawler', `${words}: the panel treats this program as a crawler`);
    return / exists$/.test(words) ? is('PANEL_REJECTED', 'exists') : null;
  }
  if (status === 422) return is('PANEL_REJECTED', 'validation', listInvalid(words, json));
  if (status === 500) {
    if (words.startsWith('404 '))
      return is('PANEL_NOT_FOUND', 'no_route', `${words.slice(0, 13)}: this panel does not offer this call`);
    if (words.startsWith('405 ')) return is('PANEL_REJECTED', 'wrong_method');
    if (words.startsWith('400 ')) return is('PANEL_REJECTED', 'bad_request');
  }
  return null;
}

/** Lists the invalid fields; these texts have no values. */
function listInvalid(words: string, json: unknown): string {
  const fields = (json as { detail?: { json?: unknown } }).detail?.json;
  if (typeof fields !== 'object' || fields === null) return words;
  const listed = Object.entries(fields).map(
    ([field, texts]) => `${field}: ${(Array.isArray(texts) ? texts : [texts]).map(String).join(' ')}`,
  );
  return maskUuids(`${words}: ${listed.join('; ')}`);
}
