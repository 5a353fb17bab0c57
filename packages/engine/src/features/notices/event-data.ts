import type { EventData, NoticeData } from '@sluice/contract/documents';
import type { NoticeRecord } from '@sluice/state-store';
import { printable } from '@sluice/panel-http/printable';
import { RESERVED } from '../../base/config/find-entry.js';
import { type NoticeEvent, toEvent } from '../../base/notice-events.js';
import { readCredit, type RefusedCredit } from '../../base/refused-credit.js';
import type { Context } from '../../context/context.js';
import { agentsBrakeNotice, findBrakes } from '../../kernel/run/brake-state.js';
import { invoiceUrl } from '../billing/billing-pages.js';
import { toPurchaseState } from '../billing/refund-state.js';
import { OWN_CAUSES } from './client-words.js';
import { findHoldReason, findPurchase, type DataRequest, readNoticeData } from './notice-data.js';
import { readDay } from './read-day.js';

type Notice = DataRequest['notice'] & Pick<NoticeRecord, 'panel' | 'message'>;
type Of = DataRequest & { notice: Notice };
type More<Event extends NoticeEvent> = Omit<EventData<Event>, keyof NoticeData> & Partial<NoticeData>;

const INSTANT_AT_END = /(\d{4}-\d{2}-\d{2}T[\d:.]+Z)$/;

/** Returns the data of a notice as webhooks and programs read it: its figures, and what its event has besides (`webhooks` of the contract). */
export async function readEventData(context: Context, of: Of): Promise<NoticeData & Record<string, unknown>> {
  const event = toEvent(of.notice.code);
  const more = event === null ? undefined : (MORE as Partial<typeof MORE>)[event as keyof typeof MORE];
  return { ...(await readNoticeData(context, of)), ...(await more?.(context, of)) };
}

const MORE = {
  threshold: readThreshold,
  hold: readHold,
  purchase: readPurchase,
  'auto-buy-refused': readRefused,
  'panel-unreachable': readReach,
  brake: readBrake,
  digest: readDigest,
} satisfies { [Event in NoticeEvent]?: (context: Context, of: Of) => Promise<More<Event>> | More<Event> };

/** `agent-threshold:UUID:SINCE:LIMIT:PERCENT`; of a service the percentage ends the key, too. */
async function readThreshold({ store }: Context, { notice }: Of): Promise<More<'threshold'>> {
  const reached = Number(/:(\d+)$/.exec(notice.key)?.[1] ?? NaN);
  const known = { reached: Number.isNaN(reached) ? null : reached, agent: null };
  const [, id, from = '', limit = ''] = /agent-threshold:([^:]+):(.*):(\d+):\d+$/.exec(notice.key) ?? [];
  if (id === undefined) return known;
  const agent = (await store.agents.list(notice.panel ?? '')).find(({ uuid }) => uuid === id);
  const verdict = agent?.verdict ?? null;
  const allowed = Number(limit);
  // A later check has other figures.
  const used = verdict?.run === notice.run && verdict.limitBytes === allowed ? verdict.usedBytes : null;
  const isOfPeriod = agent?.account?.periodStart === from;
  return {
    ...{ reached: known.reached, agent: { id, name: agent === undefined ? null : printable(agent.name) } },
    ...{ limit: 'agent-limit', unit: 'bytes', mode: 'TOTAL', used, allowed },
    remaining: used === null ? null : Math.max(0, allowed - used),
    percent: used === null || allowed === 0 ? null : Math.floor((used / allowed) * 100 + 1e-9),
    from: from === '' ? null : from,
    until: isOfPeriod ? (agent.account?.periodEnd ?? null) : null,
  };
}

/** Reasons besides the quota and limits that a client may read, without what staff noted of them. */
const SAID_TO_CLIENTS: readonly string[] = ['quota', 'billing', 'manual'];

/** A client reads of no hold that is his reseller's. */
async function readHold(context: Context, { notice, for: reader }: Of): Promise<More<'hold'>> {
  const reason = await findHoldReason(context, notice);
  const isOwn = reason !== null && (SAID_TO_CLIENTS.includes(reason) || !RESERVED.includes(reason));
  return { reason: reader === 'client' && !isOwn ? null : reason };
}

async function readPurchase(context: Context, { notice }: Of): Promise<More<'purchase'>> {
  const row = await findPurchase(context, notice);
  if (row === null) return { purchase: null, status: null, invoice: null, invoiceUrl: null };
  const { id, invoice } = row;
  return { purchase: id, status: toPurchaseState(row).status, invoice, invoiceUrl: invoiceUrl(context, row) };
}

function readRefused(_context: Context, { notice: { code, key, message }, for: reader }: Of): More<'auto-buy-refused'> {
  const cause = code === 'auto_buy_refused' ? (key.split(':').at(-1) ?? null) : null;
  const isOwn = cause !== null && OWN_CAUSES.includes(cause);
  const stated = cause === 'no-credit' ? readCredit(message) : null;
  const known = stated === null ? NOT_STATED : toStated(stated);
  return { cause: reader === 'client' && !isOwn ? null : cause, ...known };
}

const NOT_STATED = { credit: null, packages: null, cost: null };

/** The price of a package may have been changed since, its currency too. */
function toStated({ left, packages, cost, currency }: RefusedCredit): Omit<More<'auto-buy-refused'>, 'cause'> {
  return { credit: left, packages, cost, currency };
}

function readReach(_context: Context, { notice: { code, key } }: Of): More<'panel-unreachable'> {
  const answers = code === 'panel_reachable' || code === 'panel_decided';
  return { answers, since: INSTANT_AT_END.exec(key)?.[1] ?? null };
}

async function readBrake(context: Context, { notice: { code, key, panel } }: Of): Promise<More<'brake'>> {
  const stopped = key.startsWith(agentsBrakeNotice(panel ?? '')) ? 'agents' : 'services';
  const subjects = code === 'store_moved' ? 'store' : stopped;
  const brakes = panel === null ? [] : await findBrakes(context, panel);
  const found = brakes.find((brake) => brake.subjects === subjects);
  return { subjects, since: found?.since ?? null, changing: found?.changing ?? null, active: found?.active ?? null };
}

async function readDigest(context: Context, { notice: { key } }: Of): Promise<More<'digest'>> {
  const day = key.slice(key.indexOf(':') + 1);
  const { events, runs, failedRuns } = await readDay(context, day);
  return {
    day,
    events: events.map(({ event, notices, subjects }) => ({
      event,
      notices: notices.length,
      subjects: subjects.length,
    })),
    ...{ runs, failedRuns },
  };
}
