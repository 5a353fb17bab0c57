import { type FakeRequest } from '../core/fake-request.js';
import { PanelException } from './panel-failure.js';

const badRequest = '400 Bad Request: The browser (or proxy) sent a request that this server could not understand.';

/**
 * Parses the body as the panel does: none under another content type, and invalid numbers (`NaN`, `Infinity`)
 * are read, to be refused by their field. Throws the 500 of malformed JSON.
 */
export function readBody(request: FakeRequest): unknown {
  const type = String((request.headers['content-type'] ?? '').split(';')[0])
    .trim()
    .toLowerCase();
  if (type !== 'application/json' && !/^application\/.+\+json$/.test(type)) return {};
  const text = request.body.toString('utf8');
  if (text === '') return {};
  return parsed(text) ?? parsed(text.replace(/([[:,]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g, '$1"$2"')) ?? malformed();
}

function parsed(text: string): unknown {
  try {
    // `null` is a body of its own, so that it differs from a body that cannot be read.
    return JSON.parse(text) ?? [];
  } catch {
    return undefined;
  }
}

function malformed(): never {
  throw new PanelException(badRequest);
}
