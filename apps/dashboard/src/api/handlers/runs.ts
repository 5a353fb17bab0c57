import { may, type Need } from '@sluice/contract';
import type { LogFilter, GroupEndpoints } from '@sluice/contract/endpoints';
import { parseTime } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind';
import { requireOwnAgent } from '../../access/own-agent.js';
import type { ApiCall } from '../../requests/api-call.js';
import { startRun } from '../../requests/start-run.js';
import type { Task } from '../../requests/task.js';
import type { Context } from '../../server/options.js';
import type { Handlers } from './handler.js';

/** Returns a task as answers show it. */
export function toTaskView({ by: _by, ...shown }: Task) {
  return { ...shown, events: `/api/v1/runs/${shown.id}/events` };
}

/** Returns the filter of the log that a query names. */
export function toLogFilter(
  { sluice, context }: Pick<ApiCall, 'sluice' | 'context'>,
  { kind = ['run', 'action', 'refresh', 'api'], service, panel, since }: LogFilter,
) {
  const { timeZone } = sluice.config;
  const from =
    since === undefined ? undefined : parseTime(since, { timeZone, option: 'since', now: context.clock.now() });
  return { kinds: [kind].flat(), service, panel, since: from };
}

/** Runs, the log, the overview and tokens. */
export const runHandlers: Handlers<GroupEndpoints<'overview' | 'poll' | 'runs' | 'log' | 'access'>> = {
  'GET /me': async ({ sluice, viewer: { name: who, client, agent, needs } }) => {
    const has = (need: Need): boolean => needs.includes(need);
    const own = agent === null ? null : await requireOwnAgent(sluice, agent);
    return {
      ...{
        name: who,
        client,
        agent: own?.name ?? null,
        read: has('read'),
        operate: has('operate'),
        tokens: has('tokens'),
      },
      ...{ buy: has('buy'), manage: has('manage'), password: has('password') },
    };
  },
  'POST /runs': async (call) => toTaskView(await startRun(call, call.body)),
  'GET /runs/:run': async ({ tasks, param }) => toTaskView(await tasks.get(param('run'))),
  'POST /runs/:run/cancel': async ({ tasks, param, viewer }) =>
    toTaskView(await tasks.cancel(param('run'), viewer.name)),
  'GET /log': (call) => {
    const { limit, after, ...filter } = call.query;
    return call.sluice.log.list({ ...toLogFilter(call, filter), limit, after });
  },
  'POST /actions/:action/resolve': async ({ sluice, param, body: { done }, as }) => ({
    action: await sluice.log.resolve(param('action'), { ...as, done }),
  }),
  'POST /tokens': ({ sluice, viewer: maker, body: { name, scopes, expiresAt }, as, ref }) =>
    sluice.access.create({ name, scopes, expiresAt: toInstant(expiresAt), maker, ref }, as),
  'POST /share-links': async ({ sluice, context, viewer: maker, body, as, ref }) => {
    const { client, agent, mayBuy = false, maxAmount = null, mayManage = false, mayChangePassword = false } = body;
    const rights = { buy: mayBuy, maxAmount, manage: mayManage, changePassword: mayChangePassword };
    const made = await sluice.access.share(
      { client, agent, expiresAt: endOfLink(body, context), rights, maker, ref },
      as,
    );
    return { ...made, url: urlOfLink(made.token, context) };
  },
  'GET /tokens': async ({ sluice, viewer }) => {
    const { tokens } = await sluice.access.list();
    return { tokens: may(viewer, 'access.create') ? tokens : tokens.filter(({ kind }) => kind === 'share') };
  },
  'DELETE /tokens/:token': ({ sluice, viewer, param, body, as }) =>
    sluice.access.revoke(param('token'), { ...as, ...body, onlyLinks: !may(viewer, 'access.create') }),
};

interface LinkTime {
  expiresAt?: string | undefined;
  validSeconds?: number | undefined;
}

function endOfLink({ expiresAt, validSeconds }: LinkTime, { clock }: Context): string {
  if ((expiresAt === undefined) === (validSeconds === undefined))
    throw usageError('bad_request', 'Name either expiresAt or validSeconds');
  return toInstant(expiresAt) ?? new Date(clock.now() + (validSeconds ?? 0) * 1000).toISOString();
}

function urlOfLink(token: string | null, { publicUrl }: Context): string | null {
  return token === null || publicUrl === undefined ? null : `${publicUrl.replace(/\/+$/, '')}/share/${token}`;
}

function toInstant(text: string | undefined): string | null {
  return text === undefined ? null : new Date(text).toISOString();
}
