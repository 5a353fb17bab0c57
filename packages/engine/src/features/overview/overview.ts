import type { OverviewEvent, OverviewReport } from '@sluice/contract/documents';
import type { NoticeRecord, OverviewFilter, OverviewOrder, OverviewRow } from '@sluice/state-store';
import { clockChecks } from '../doctor/clock-checks.js';
import { describeRunError } from '../log/error-words.js';
import { runEntry, withServiceNames } from '../log/log.js';
import { readStoppedByPanel } from '../../kernel/run/alarms.js';
import { agentsBrakeNotice, isStopError } from '../../kernel/run/brake-state.js';
import { allowedView, toActionView, toStatus } from '../../kernel/subject/views.js';
import { productName } from '../../base/config/package-name.js';
import { allowancesNow } from '../../kernel/subject/allowance-now.js';
import { overviewNow } from '../services/overview-now.js';
import type { Context } from '../../context/context.js';
import { withNames } from '../../context/names.js';
import { panelStates } from './panel-states.js';
import { readStops } from './standing.js';

/** Which services to list; without any, the first page of all, the worst first. */
export interface OverviewRequest extends OverviewFilter {
  order?: OverviewOrder | undefined;
  /** From 1. */
  page?: number | undefined;
  /** Services per page, at most 500; default 50. */
  size?: number | undefined;
}

type Listed = OverviewReport['services']['items'][number];

const PAGE = 50;

const MOST = 500;

const HOLDS = 10;

const RUNS = 10;

const EVENTS = 12;

const EVENTS_MS = 3 * 86_400_000;

/** Journaled changes among which the failed ones are searched. */
const RECENT_ACTIONS = 200;

/** Notices for the client, which report no error. */
const FOR_CLIENTS = new Set(['threshold', 'would_buy']);

/** Returns all services at a glance; calls no panel. */
export async function readOverview(context: Context, request: OverviewRequest): Promise<OverviewReport> {
  const { store } = context;
  const { order = 'worst', page = 1, size = PAGE, ...filter } = request;
  const limit = Math.min(MOST, Math.max(1, Math.trunc(size)));
  const now = await overviewNow(context);
  const wanted = { ...filter, order, limit };
  const toOffset = (shown: number): number => (shown - 1) * limit;
  const asked = Math.max(1, Math.trunc(page));
  const found = await store.overview.services({ ...wanted, offset: toOffset(asked) }, now);
  const { counts, matching } = found;
  const pages = Math.max(1, Math.ceil(matching / limit));
  const shown = Math.min(pages, asked);
  // Of a page behind the last, the last is shown.
  const last = shown === asked ? found : await store.overview.services({ ...wanted, offset: toOffset(shown) }, now);
  const items = await toItems(context, await withAllowances(context, last.rows));
  const byStatus: Record<string, number> = {};
  for (const { status, services } of counts) byStatus[status] = (byStatus[status] ?? 0) + services;
  const reasons = (await store.overview.reasons()).map(({ reason, services }) => [reason, services]);
  const [clock] = await clockChecks(context, []);
  return {
    at: context.now(),
    totals: {
      services: sum(counts, 'services'),
      held: sum(counts, 'held'),
      wouldHold: sum(counts, 'wouldHold'),
      nearLimit: sum(counts, 'nearLimit'),
      drifting: sum(counts, 'drifting'),
      driftAcknowledged: sum(counts, 'driftAcknowledged'),
      failing: sum(counts, 'failing'),
      doubted: sum(counts, 'doubted'),
      byStatus,
      byReason: Object.fromEntries(reasons) as Record<string, number>,
    },
    ...(await readStops(context)),
    panels: await panelStates(context, counts),
    services: { matching, page: shown, pages, order, items },
    holds: await store.overview.holds(HOLDS),
    events: await recentEvents(context),
    clock: { status: clock?.status ?? 'ok', message: clock?.message ?? '' },
    runs: await withServiceNames(context, (await store.runs.list({ limit: RUNS })).map(runEntry)),
  };
}

/**
 * Returns the rows with what is allowed now. Where only the config has changed since the last run, their order, the totals and the
 * filters are still as that run decided: the store does not know the config.
 */
async function withAllowances(context: Context, rows: readonly OverviewRow[]): Promise<OverviewRow[]> {
  const services = await context.store.services.list({ ids: rows.map(({ id }) => id) });
  const now = await allowancesNow(context, services);
  return rows.map((row) => {
    const { decision = null, decided = true } = now.get(row.id) ?? {};
    if (decided) return row;
    const { allowedBytes = null } = allowedView(decision?.allowance) ?? {};
    const { usedBytes } = row;
    const remainingBytes = usedBytes === null || allowedBytes === null ? null : Math.max(0, allowedBytes - usedBytes);
    const stays = decision?.wouldHold.includes('quota') === true;
    const wouldHold = row.wouldHold.filter((reason) => reason !== 'quota' || stays);
    const isByUsage = row.status === 'ok' || row.status === 'over';
    const status = isByUsage ? toStatus({ decision, holds: [], wouldHold: wouldHold.length }) : row.status;
    return { ...row, allowedBytes, remainingBytes, wouldHold, status };
  });
}

/** Adds what people call their products, and whether the panels of the rows stop them without a hold. */
async function toItems({ store, config }: Context, rows: readonly OverviewRow[]): Promise<Listed[]> {
  const ids = rows.map(({ id }) => id);
  const stopped = await readStoppedByPanel(store, ids);
  return rows.map((row) => ({
    ...row,
    productName: productName(config, row.product),
    stoppedByPanel: row.holds.length === 0 && stopped.has(row.id),
  }));
}

function sum<Key extends string>(rows: readonly Record<Key, number>[], key: Key): number {
  return rows.reduce((total, row) => total + row[key], 0);
}

async function recentEvents(context: Context): Promise<OverviewEvent[]> {
  const { store, deps } = context;
  const since = new Date(deps.clock.now() - EVENTS_MS).toISOString();
  const newest = { since, newestFirst: true };
  const notices = newestOfStops(await store.notices.list({ ...newest, limit: RECENT_ACTIONS }))
    .filter(({ code }) => !FOR_CLIENTS.has(code))
    .map(({ id: _id, key: _key, data: _data, ...event }) => ({ ...event, kind: 'notice' as const }));
  const actions = (await store.actions.list({ ...newest, limit: RECENT_ACTIONS }))
    .filter(({ state }) => state === 'failed' || state === 'in-doubt')
    .map((action) => {
      const { panel, service, run, endedAt, plannedAt, errorCode, errorMessage } = action;
      const { name, state } = toActionView((of) => context.findKind(of), action);
      const message = `${name}: ${errorMessage ?? (state === 'in-doubt' ? 'its outcome is not known' : 'it failed')}`;
      const at = endedAt ?? plannedAt;
      return { at, kind: 'action' as const, code: errorCode ?? state, message, panel, service, run };
    });
  const runs = (await store.runs.list({ since, limit: RECENT_ACTIONS }))
    .filter(({ id, error }) => error !== null && !isReported(notices, id, error))
    .map(({ id, startedAt, command, outcome, error, service }) => {
      const message = `${command.replaceAll('-', ' ')}: ${describeRunError(error ?? '')}`;
      return { at: startedAt, kind: 'run' as const, code: outcome ?? '', message, panel: null, service, run: id };
    });
  const services = await serviceErrors(context);
  const others = [...notices, ...actions, ...runs].sort((a, b) => (a.at < b.at ? 1 : -1));
  const shown = [...services, ...others].slice(0, EVENTS);
  return withNames(store, shown);
}

/** Returns notices, the newest first, without those of earlier runs that were stopped for the same reason. */
function newestOfStops(notices: readonly NoticeRecord[]): NoticeRecord[] {
  const seen = new Set<string>();
  return notices.filter(({ code, panel, key }) => {
    if (!isStopError({ code }) || panel === null) return true;
    const stop = JSON.stringify([code, panel, key.startsWith(agentsBrakeNotice(panel))]);
    if (seen.has(stop)) return false;
    seen.add(stop);
    return true;
  });
}

/** Returns whether a notice reports the error of a run: in its words, or as the stop of a later run. */
function isReported(
  notices: readonly Pick<NoticeRecord, 'run' | 'code' | 'message'>[],
  run: string,
  error: string,
): boolean {
  const message = describeRunError(error);
  const [code = ''] = error.split(':');
  return notices.some((notice) =>
    isStopError({ code }) ? notice.code === code : notice.run === run && notice.message === message,
  );
}

/** Returns the errors that services have now, one entry for those with the same code. */
async function serviceErrors({ store }: Context): Promise<Omit<OverviewEvent, 'name'>[]> {
  return (await store.overview.errors()).slice(0, EVENTS / 2).map(({ services, message, service, ...error }) => {
    const text = message ?? error.code;
    return {
      ...{ at: error.at, kind: 'service' as const, code: error.code, panel: error.panel, run: null },
      message: services === 1 ? text : `${services} services, such as ${service}: ${text}`,
      service: services === 1 ? service : null,
    };
  });
}
