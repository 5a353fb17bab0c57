/**
 * Schemas of the documents about tokens, share links, the log and errors.
 *
 * @module
 */
import * as z from 'zod';
import { instant, instantOrNull, name, runOutcome, text, textOrNull } from './common.js';
import { LOG_KINDS } from '../words.js';

export const scope = z.union([
  z.enum(['read', 'operate', 'tokens', 'buy', 'manage', 'password']),
  z.templateLiteral(['client:', z.string()]),
  z.templateLiteral(['agent:', z.string()]),
]);
/**
 * What an API token may do. For all clients: `read`, `operate` (all changes), `tokens` (making and ending tokens). For one client:
 * `client:ID` to read, with `buy`, `manage` and `password` for what its customer may do. For one agent: `agent:UUID`.
 */
export type Scope = z.infer<typeof scope>;

const rights = z.object({
  /** Buy packages, and set the preference for automatic purchases. */
  buy: z.boolean(),
  maxAmount: textOrNull,
  manage: z.boolean(),
  changePassword: z.boolean(),
});
export const token = name(
  'Token',
  z.object({
    id: text,
    name: text,
    kind: z.enum(['api', 'share']),
    scopes: z.array(scope),
    client: textOrNull,
    clientName: textOrNull,
    rights: rights.nullable(),
    createdAt: instant,
    createdBy: text.describe('Who, or the id of the token that made it; serve.token for that of the config'),
    expiresAt: instantOrNull,
    revokedAt: instantOrNull,
    /** Within a minute; null before the first use. */
    lastUsedAt: instantOrNull,
  }),
);
/** A token or share link as lists show it. */
export type TokenView = z.infer<typeof token>;

export const revokedToken = z.object({
  ...token.shape,
  made: z.array(token).describe('The valid tokens and links that it made, and those that they made'),
});
/** A token that has ended, with what it made. */
export type RevokedToken = z.infer<typeof revokedToken>;

export const tokens = z.object({ tokens: z.array(token) });
export const newToken = z.object({
  token: textOrNull.describe('Shown once: null in the answer to a repeated request'),
  access: token,
});
export const newShareLink = z.object({
  ...newToken.shape,
  url: textOrNull.describe(
    'Where clients reach the page, by serve.publicUrl; null without one, and in the answer to a repeated request',
  ),
});

export const logEntry = name(
  'LogEntry',
  z.looseObject({
    at: instant,
    kind: z.enum(LOG_KINDS),
    run: textOrNull,
    service: textOrNull,
    serviceName: textOrNull,
    panel: textOrNull,
    /** Outcome of a run; null while it is under way. */
    outcome: runOutcome.nullable().exactOptional(),
  }),
);
/** One entry of `log list` and one line of `log export`. */
export type LogEntry = z.infer<typeof logEntry>;

export const logEntries = z.object({
  entries: z.array(logEntry),
  next: textOrNull.describe('The `after` of the next page; null on the last'),
});
/** A part of the log, newest first. */
export type LogPage = z.infer<typeof logEntries>;

export const me = z.object({
  name: text,
  client: textOrNull,
  agent: textOrNull.describe(
    'Name of the only agent that the token reaches, with the users below it; null for any other',
  ),
  read: z.boolean(),
  operate: z.boolean(),
  tokens: z.boolean(),
  buy: z.boolean(),
  manage: z.boolean(),
  password: z.boolean(),
});

export const failure = name(
  'Error',
  z.object({ error: z.object({ code: text, message: text, details: z.record(text, z.unknown()) }) }),
);
