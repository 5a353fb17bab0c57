import * as z from 'zod';
import * as access from '../documents/access.js';
import * as overview from '../documents/overview.js';
import * as reports from '../documents/reports.js';
import { endpoints, pageQuery } from './endpoint.js';
import { flag, optionalText, queryFlag, someText, statusFilter } from './inputs.js';
import { LOG_KINDS } from '../words.js';

const expiresAt = z.iso.datetime({ offset: true }).optional();
const positive = z.coerce.number().int().min(1);

const logQuery = {
  kind: z
    .union([z.enum(LOG_KINDS), z.array(z.enum(LOG_KINDS))])
    .optional()
    .describe('Repeatable; default all'),
  service: optionalText,
  panel: optionalText,
  since: optionalText.describe('1h, 2d, yesterday, a local date, or an instant'),
};

/** Which entries of the log a query names. */
export const logFilter = z.strictObject(logQuery);
/** Which entries of the log a query names. */
export type LogFilter = z.output<typeof logFilter>;

/** Runs, the log, the overview and tokens. */
export const runEndpoints = endpoints({
  'GET /overview': {
    useCase: 'overview',
    summary: 'Show all services at a glance',
    query: {
      ...{ panel: optionalText, product: optionalText, client: optionalText, status: statusFilter.optional() },
      ...{ search: optionalText, drifting: queryFlag, order: overview.order.optional() },
      page: positive.optional(),
      size: positive.max(500).optional(),
    },
    answer: overview.overview,
  },
  'GET /me': {
    clients: 'own',
    useCase: 'access.verify',
    summary: 'Show what the token permits',
    answer: access.me,
  },
  'POST /runs': {
    useCase: 'poll',
    summary: 'Start a poll, reconcile, plan or agent check; its events report its progress and its report',
    status: 202,
    body: {
      command: z.enum(['poll', 'reconcile', 'plan', 'agent check']),
      panel: optionalText,
      service: optionalText.describe('poll, reconcile and plan'),
      agent: optionalText.describe('agent check'),
      dryRun: flag,
      allowMass: flag,
    },
    answer: reports.task,
  },
  'GET /runs/:run': {
    agents: true,
    useCase: 'runs',
    summary: 'Show a run that was started by the API, for an hour after its end',
    answer: reports.task,
  },
  'GET /log': {
    useCase: 'log.list',
    summary: 'List runs, changes and calls, newest first',
    query: { ...logQuery, ...pageQuery, limit: pageQuery.limit.unwrap().default(200) },
    answer: access.logEntries,
  },
  'POST /actions/:action/resolve': {
    useCase: 'log.resolve',
    summary: 'State how an action in doubt ended',
    body: { done: z.boolean() },
    answer: z.object({ action: access.logEntry }),
  },
  'GET /tokens': {
    list: 'tokens',
    useCase: 'access.list',
    summary: 'List tokens and share links',
    answer: access.tokens,
  },
  'POST /tokens': {
    useCase: 'access.create',
    summary: 'Create a token, which the answer shows once',
    status: 201,
    body: { name: someText, scopes: z.array(someText).min(1), expiresAt },
    answer: access.newToken,
    once: ['token'],
  },
  'POST /share-links': {
    useCase: 'access.share',
    summary: 'Create a share link of a client, which the answer shows once; its page is /share/TOKEN',
    status: 201,
    body: {
      client: someText,
      expiresAt,
      validSeconds: z.int().min(60).max(31_536_000).optional().describe('Instead of expiresAt'),
      mayBuy: flag,
      maxAmount: optionalText,
      mayManage: flag,
      mayChangePassword: flag,
    },
    answer: access.newShareLink,
    once: ['token', 'url'],
  },
  'DELETE /tokens/:token': {
    useCase: 'access.revoke',
    summary: 'Revoke a token or share link, end its sessions, and list what it made; with withMade end that, too',
    body: { withMade: flag },
    answer: access.revokedToken,
  },
});

/** A route whose answer is a stream. */
export interface StreamRoute {
  readonly path: string;
  readonly useCase: 'runs' | 'log.follow' | 'log.export';
  readonly summary: string;
  readonly type: 'text/event-stream' | 'application/x-ndjson';
}

/** The routes of the API whose answers are streams. */
export const STREAMS = {
  events: {
    path: '/runs/:run/events',
    useCase: 'runs',
    summary: 'Follow a run: events `progress`, then `report` or `error`, which is the last',
    type: 'text/event-stream',
  },
  follow: {
    path: '/log/follow',
    useCase: 'log.follow',
    summary: 'Follow the log: an event `entry` for each new entry',
    type: 'text/event-stream',
  },
  export: {
    path: '/log/export',
    useCase: 'log.export',
    summary: 'Return the log, oldest first, one JSON document per line',
    type: 'application/x-ndjson',
  },
} as const satisfies Record<string, StreamRoute>;
