import { TOKENS, OPERATE, LINKS, type Need, SERVER } from '../callers.js';
import * as z from 'zod/mini';
import { called, flag, optionalText, options, accepts, text, textOrNone } from './shapes.js';
import { group, type Http } from './group.js';

const NEEDS = ['read', 'operate', 'tokens', 'buy', 'manage', 'password'] as const satisfies Need[];

// A `Granted` as it is: what else it says is not read.
const maker = () =>
  z.optional(
    z.object({
      id: text,
      needs: z.readonly(z.array(z.enum(NEEDS))),
      expiresAt: z.nullable(text),
      session: optionalText,
    }),
  );

const rights = () =>
  z.strictObject({
    buy: z.exactOptional(z.boolean()),
    maxAmount: z.exactOptional(z.nullable(text)),
    manage: z.exactOptional(z.boolean()),
    changePassword: z.exactOptional(z.boolean()),
  });

const token = ['token', text] as const;

const expiresAt = (h: Http) => h.z.iso.datetime({ offset: true }).optional();

/** The use cases of `access`. */
export const access = group({
  create: {
    callers: TOKENS,
    command: 'api-token create',
    accepts: () =>
      accepts(
        [
          'request',
          z.strictObject({
            name: text,
            scopes: z.readonly(z.array(text)),
            expiresAt: textOrNone,
            maker: maker(),
            ref: optionalText,
          }),
        ],
        options(called),
      ),
    routes: (h) => ({
      'POST /tokens': {
        summary: 'Create a token, which the answer shows once',
        status: 201,
        body: { name: h.someText, scopes: h.z.array(h.someText).min(1), expiresAt: expiresAt(h) },
        answer: h.access.newToken,
        once: ['token'],
      },
    }),
  },
  share: {
    callers: OPERATE,
    command: 'report --share',
    accepts: () =>
      accepts(
        [
          'request',
          z.strictObject({
            client: optionalText,
            agent: optionalText,
            expiresAt: text,
            rights: z.optional(rights()),
            maker: maker(),
            ref: optionalText,
          }),
        ],
        options(called),
      ),
    routes: (h) => ({
      'POST /share-links': {
        summary: 'Create a share link of a client or an agent, which the answer shows once; its page is /share/TOKEN',
        status: 201,
        body: {
          client: h.optionalText.describe('Whose page it is, unless it is that of an agent'),
          agent: h.optionalText.describe('Uuid or unambiguous name; such a link has no rights to choose'),
          expiresAt: expiresAt(h),
          validSeconds: h.z.int().min(60).max(31_536_000).optional().describe('Instead of expiresAt'),
          mayBuy: h.flag,
          maxAmount: h.optionalText,
          mayManage: h.flag,
          mayChangePassword: h.flag,
        },
        answer: h.access.newShareLink,
        once: ['token', 'url'],
      },
    }),
  },
  list: {
    callers: LINKS,
    command: 'api-token list',
    accepts: () => accepts(options(called)),
    routes: (h) => ({
      'GET /tokens': {
        list: 'tokens',
        summary: 'List tokens and share links',
        answer: h.access.tokens,
      },
    }),
  },
  revoke: {
    callers: LINKS,
    command: 'api-token revoke',
    accepts: () => accepts(token, options({ ...called, withMade: flag, onlyLinks: flag })),
    routes: (h) => ({
      'DELETE /tokens/:token': {
        summary: 'Revoke a token or share link, end its sessions, and list what it made; with withMade end that, too',
        body: { withMade: h.flag },
        answer: h.access.revokedToken,
      },
    }),
  },
  verify: {
    callers: { provider: ['read', 'operate', 'tokens'], customer: [{ need: 'read' }], reseller: true },
    accepts: () => accepts(token, options({ kind: z.optional(z.enum(['api', 'share'])), master: optionalText })),
    routes: (h) => ({
      'GET /me': {
        clients: 'own',
        summary: 'Show what the token permits',
        answer: h.access.me,
      },
    }),
  },
  granted: {
    callers: SERVER,
    accepts: () => accepts(['id', text], options({ master: optionalText })),
  },
  announce: {
    callers: SERVER,
    accepts: () => accepts(['url', text]),
  },
  servedAt: {
    callers: SERVER,
  },
});
