import type { ImportKey } from './fields.js';

/** What an id or name looks like, and the words for it. */
interface Shape {
  fits: RegExp;
  words: string;
}

const DIGITS: Shape = {
  fits: /^(0|[1-9]\d{0,19})$/,
  words: 'digits without a leading zero, as EasyDCIM shows its ids',
};
const POSITIVE: Shape = { fits: /^[1-9]\d{0,15}$/, words: 'a whole number above 0, as FLVX shows its ids' };
const UUID: Shape = {
  fits: /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
  words: 'a uuid, such as 5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7',
};
const WORD: Shape = { fits: /^(?!\.{1,2}$)[\w.-]{1,64}$/, words: 'letters, digits and . _ - only, at most 64' };

/** What the values of the refs look like on their panels; they stand in the addresses of calls. */
const SHAPES: Partial<Record<ImportKey, Shape>> = {
  easydcim_service_id: DIGITS,
  easydcim_order_id: DIGITS,
  easydcim_server_id: DIGITS,
  easydcim_user: {
    fits: /^(\d{1,20}|[^\s\p{C}@/?#%]{1,64}@[\p{L}\p{N}.-]{1,190})$/u,
    words: 'the id (digits) or the e-mail address of an EasyDCIM user',
  },
  flvx_user_id: POSITIVE,
  flvx_tunnel_id: POSITIVE,
  flvx_user_tunnel_id: POSITIVE,
  // The panel has no rule for the characters of a login name; its column has room for 100.
  flvx_username: { fits: /^[^\p{C}]{1,100}$/u, words: 'at most 100 characters, none of them a control character' },
  hiddify_agent_uuid: UUID,
  hiddify_user_uuid: UUID,
  astbilling_subscriber_id: WORD,
  astbilling_username: WORD,
  order_id: WORD,
};

/** Returns what a ref's value should look like when it does not; null when it does. */
export function shapeProblem(key: ImportKey, value: string): string | null {
  const shape = SHAPES[key];
  return shape === undefined || shape.fits.test(value) ? null : shape.words;
}
