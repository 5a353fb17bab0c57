import { may, type Need } from '@sluice/contract';
import { access as schema, name, text } from '@sluice/contract/documents';
import { parseTime } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind';
import * as z from 'zod';
import { flag, optionalText, someText } from '../../schemas/common.js';
import { listRoute, pageQuery } from './list-route.js';
import { type ApiRoute, route } from './route.js';
import type { ApiCall } from '../../requests/api-call.js';
import type { Context } from '../../server/options.js';
import { runBody, startRun } from '../../requests/start-run.js';
import type { Task } from '../../requests/tasks.js';

const task = name(
  'Task',
  z.object({
    id: text,
    command: text,
    panel: text.nullable().describe('Null: all'),
    service: text.nullable().describe('Null: all'),
    startedAt: text,
    finishedAt: text.nullable(),
    events: text.describe('Path of the stream of events'),
    last: z
      .object({ event: z.enum(['progress', 'report', 'failure']), data: z.unknown() })
      .nullable()
      .describe('The last event; of a run that has ended its report or failure'),
  }),
);

/** Returns a task as answers show it. */
export function toTaskView({ by: _by, ...shown }: Task) {
  return { ...shown, events: `/api/v1/runs/${shown.id}/events` };
}

const kinds = ['run', 'action', 'refresh', 'api'] as const;
const logQuery = {
  kind: z
    .union([z.enum(kinds), z.array(z.enum(kinds))])
    .optional()
    .describe('Repeatable; default all'),
  service: optionalText,
  panel: optionalText,
  since: optionalText.describe('1h, 2d, yesterday, a local date, or an instant'),
};

/** Which entries of the log a query names. */
export type LogQuery = z.output<z.ZodObject<typeof logQuery>>;

/** Returns the filter of the log that a query names. */
export function toLogFilter(
  { sluice, context }: Pick<ApiCall, 'sluice' | 'context'>,
  { kind, service, panel, since }: LogQuery,
) {
  const { timeZone } = sluice.config;
  const from =
    since === undefined ? undefined : parseTime(since, { timeZone, option: 'since', now: context.clock.now() });
  return { kinds: kind === undefined ? [...kinds] : [kind].flat(), service, panel, since: from };
}

/** The query of the log, for its streams. */
export const logFilterSchema = z.strictObject(logQuery);

const withoutToken = <Answer extends z.input<typeof schema.newToken>>(answer: Answer): Answer => ({
  ...answer,
  token: null,
});

/** Runs, the log, and tokens. */
export const runRoutes: ApiRoute[] = [
  route('GET /me', {
    clients: 'own',
    useCase: 'access.verify',
    summary: 'Show what the token permits',
    answer: schema.me,
    handle: ({ viewer: { name: who, client, needs } }) => {
      const has = (need: Need): boolean => needs.includes(need);
      return Promise.resolve({
        ...{ name: who, client, read: has('read'), operate: has('operate'), tokens: has('tokens') },
        ...{ buy: has('buy'), manage: has('manage'), password: has('password') },
      });
    },
  }),
  route('POST /runs', {
    useCase: 'poll',
    summary: 'Start a poll, reconcile, plan or agent check; its events report its progress and its report',
    status: 202,
    body: runBody,
    answer: task,
    handle: (call) => Promise.resolve(toTaskView(startRun(call, call.body))),
  }),
  route('GET /runs/:run', {
    agents: true,
    useCase: 'runs',
    summary: 'Show a run that was started by the API, for an hour after its end',
    answer: task,
    handle: ({ tasks, param }) => Promise.resolve(toTaskView(tasks.get(param('run')))),
  }),
  route('GET /log', {
    useCase: 'log.list',
    summary: 'List runs, changes and calls, newest first',
    query: { ...logQuery, ...pageQuery, limit: pageQuery.limit.unwrap().default(200) },
    answer: schema.logEntries,
    handle: (call) => {
      const { limit, after, ...filter } = call.query;
      return call.sluice.log.list({ ...toLogFilter(call, filter), limit, after });
    },
  }),
  route('POST /actions/:action/resolve', {
    useCase: 'log.resolve',
    summary: 'State how an action in doubt ended',
    body: { done: z.boolean() },
    answer: z.object({ action: schema.logEntry }),
    handle: async ({ sluice, param, body: { done }, as }) => ({
      action: await sluice.log.resolve(param('action'), { ...as, done }),
    }),
  }),
  listRoute('GET /tokens', {
    list: 'tokens',
    useCase: 'access.list',
    summary: 'List tokens and share links',
    answer: schema.tokens,
    handle: ({ sluice }) => sluice.access.list(),
  }),
  route('POST /tokens', {
    useCase: 'access.create',
    summary: 'Create a token, which the answer shows once',
    status: 201,
    body: { name: someText, scopes: z.array(someText).min(1), expiresAt: z.iso.datetime({ offset: true }).optional() },
    answer: schema.newToken,
    handle: ({ sluice, viewer: maker, body: { name: called, scopes, expiresAt }, as, ref }) =>
      sluice.access.create({ name: called, scopes, expiresAt: toInstant(expiresAt), maker, ref }, as),
    stored: withoutToken,
  }),
  route('POST /share-links', {
    useCase: 'access.share',
    summary: 'Create a share link of a client, which the answer shows once; its page is /share/TOKEN',
    status: 201,
    body: {
      client: someText,
      expiresAt: z.iso.datetime({ offset: true }).optional(),
      validSeconds: z.int().min(60).max(31_536_000).optional().describe('Instead of expiresAt'),
      mayBuy: flag,
      maxAmount: optionalText,
      mayManage: flag,
      mayChangePassword: flag,
    },
    answer: schema.newShareLink,
    handle: async ({ sluice, context, viewer: maker, body, as, ref }) => {
      const { client, mayBuy = false, maxAmount = null, mayManage = false, mayChangePassword = false } = body;
      const rights = { buy: mayBuy, maxAmount, manage: mayManage, changePassword: mayChangePassword };
      const made = await sluice.access.share({ client, expiresAt: endOfLink(body, context), rights, maker, ref }, as);
      return { ...made, url: urlOfLink(made.token, context) };
    },
    stored: (answer) => ({ ...answer, token: null, url: null }),
  }),
  route('DELETE /tokens/:token', {
    useCase: 'access.revoke',
    summary: 'Revoke a token or share link, end its sessions, and list what it made; with withMade end that, too',
    body: { withMade: flag },
    answer: schema.revokedToken,
    handle: ({ sluice, viewer, param, body, as }) =>
      sluice.access.revoke(param('token'), { ...as, ...body, onlyLinks: !may(viewer, 'access.create') }),
  }),
];

function endOfLink({ expiresAt, validSeconds }: LinkTime, { clock }: Context): string {
  if ((expiresAt === undefined) === (validSeconds === undefined))
    throw usageError('bad_request', 'Name either expiresAt or validSeconds');
  return toInstant(expiresAt) ?? new Date(clock.now() + (validSeconds ?? 0) * 1000).toISOString();
}

function urlOfLink(token: string | null, { publicUrl }: Context): string | null {
  return token === null || publicUrl === undefined ? null : `${publicUrl.replace(/\/+$/, '')}/share/${token}`;
}

interface LinkTime {
  expiresAt?: string | undefined;
  validSeconds?: number | undefined;
}

function toInstant(text: string | undefined): string | null {
  return text === undefined ? null : new Date(text).toISOString();
}
