import * as z from 'zod/mini';
import type { Need } from '../callers.js';
import { called, flag, number, optionalText, options, accepts, text, textOrNone, whole } from './shapes.js';

const NEEDS = ['read', 'operate', 'tokens', 'buy', 'manage', 'password'] as const satisfies Need[];
// A `Granted` as it is: what else it says is not read.
const maker = z.optional(
  z.object({ id: text, needs: z.readonly(z.array(z.enum(NEEDS))), expiresAt: z.nullable(text), session: optionalText }),
);
const rights = z.strictObject({
  buy: z.exactOptional(z.boolean()),
  maxAmount: z.exactOptional(z.nullable(text)),
  manage: z.exactOptional(z.boolean()),
  changePassword: z.exactOptional(z.boolean()),
});
const token = ['token', text] as const;

/** What `access` accepts. */
export const accessInputs = {
  create: accepts(
    [
      'request',
      z.strictObject({
        name: text,
        scopes: z.readonly(z.array(text)),
        expiresAt: textOrNone,
        maker,
        ref: optionalText,
      }),
    ],
    options(called),
  ),
  share: accepts(
    [
      'request',
      z.strictObject({ client: text, expiresAt: text, rights: z.optional(rights), maker, ref: optionalText }),
    ],
    options(called),
  ),
  list: accepts(options(called)),
  revoke: accepts(token, options({ ...called, withMade: flag, onlyLinks: flag })),
  verify: accepts(token, options({ kind: z.optional(z.enum(['api', 'share'])), master: optionalText })),
  login: accepts(token, options({ master: optionalText })),
  resume: accepts(['session', text], options({ master: optionalText })),
  logout: accepts(['session', text]),
  announce: accepts(['url', text]),
};

const keyed = [
  'request',
  z.strictObject({ who: text, key: text, fingerprint: text, mostKept: z.optional(whole(0)) }),
] as const;

/** What `requests` accepts. */
export const requestInputs = {
  begin: accepts(keyed),
  end: accepts(keyed, ['answer', z.nullable(z.strictObject({ status: number, answer: z.unknown() }))]),
};
