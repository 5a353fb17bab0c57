import type { NoticeData } from '@sluice/contract/documents';
import { printable } from '@sluice/panel-http/printable';
import { compareMoney, projectUsage, subtractMoney, type Mode, usageInMode } from '@sluice/quota-core';
import type { CycleRecord, DecisionRecord, NoticeRecord, PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import { packageName, productName } from '../../base/config/package-name.js';
import type { Context } from '../../context/context.js';
import { findRule, readPreferences } from '../../kernel/subject/auto-buy-rule.js';
import { findLimitStates, type LimitState } from '../../kernel/subject/figures.js';
import { findCycle } from '../../kernel/subject/find-cycle.js';
import { allowancesNow } from '../services/allowance-now.js';
import { serviceLink } from './service-link.js';

/** A notice whose figures are read, and for whom. */
export interface DataRequest {
  notice: Pick<NoticeRecord, 'code' | 'key' | 'at' | 'run' | 'service'>;
  service: ServiceRecord | undefined;
  /** Whose the service was at the time of the notice. */
  client: string | null;
  for: 'operator' | 'client';
}

/** Readings from which the rate is computed. */
const POINTS = 400;

const NO_FIGURES = {
  ...{ limit: null, unit: null, mode: null, used: null, allowed: null, remaining: null, percent: null },
  ...{ from: null, until: null, runsOut: null },
} as const;

/** The figures of a limit, with the period that they are of. */
type Figures = Pick<NoticeData, keyof typeof NO_FIGURES>;

/** Data of a notice that has nothing to do with a service. */
export const NO_DATA: NoticeData = {
  ...{ name: null, client: null, clientName: null, product: null },
  ...NO_FIGURES,
  ...{ package: null, price: null, currency: null, link: null },
};

/**
 * Returns the figures of a notice as they were at its time, from what is stored of its run: of the limit that it is about, else of the
 * quota. Unknown figures are null, never zero. Amounts of money are decimal text, instants ISO 8601 in UTC.
 */
export async function readNoticeData(context: Context, of: DataRequest): Promise<NoticeData> {
  const { notice, service, client } = of;
  if (service === undefined) return NO_DATA;
  const isSame = service.client === client;
  const purchase = await findPurchase(context, notice);
  return {
    name: isSame ? clean(service.name) : null,
    client: clean(client),
    clientName: isSame ? clean(service.clientName) : null,
    product: clean(productName(context.config, service.product)),
    ...(await readFigures(context, of, service)),
    ...(await toBought(context, of, { service, purchase })),
    link: serviceLink(context, of),
  };
}

const clean = (text: string | null): string | null => (text === null ? null : printable(text));

/** Returns the purchase that a notice is about; null for none, and one that is not stored any more. */
export async function findPurchase(
  { store }: Pick<Context, 'store'>,
  { code, key }: Pick<NoticeRecord, 'code' | 'key'>,
): Promise<PurchaseRecord | null> {
  const id = code === 'purchase' || code === 'purchase_ended' ? key.split(':')[1] : undefined;
  return id === undefined ? null : store.purchases.get(id);
}

/** Returns the reason of the hold that a notice says to begin; null for other notices. */
export async function findHoldReason(
  { store }: Pick<Context, 'store'>,
  { code, key, service }: Pick<NoticeRecord, 'code' | 'key' | 'service'>,
): Promise<string | null> {
  if (service === null) return null;
  // `would_hold:SERVICE:REASON:WINDOW`, and `hold:SERVICE:agent-limit:…` of users of agents.
  const [, , stated = ''] = key.split(':');
  if (code === 'would_hold') return stated;
  if (code !== 'hold') return null;
  const hold = (await store.holds.all({ service })).find(({ id }) => key.endsWith(`:${id}`));
  return hold?.reason ?? (stated === 'agent-limit' ? stated : null);
}

async function readFigures(
  context: Context,
  { notice, client }: DataRequest,
  service: ServiceRecord,
): Promise<Figures> {
  const decision = await findDecision(context, { notice, client }, service);
  if (decision === null) return NO_FIGURES;
  const states = findLimitStates(decision);
  const reason = await findHoldReason(context, notice);
  const limit = states.find(({ id }) => id === reason || notice.key.startsWith(`threshold:${service.id}:${id}:`));
  if (limit !== undefined && limit.id !== 'quota') return ofLimit(limit);
  return ofQuota(context, { notice, service, decision });
}

/**
 * Returns the decision of the run of a notice, with its figures; of a purchase, with what is allowed by now. What was decided since the
 * service is another client's has that one's purchases.
 */
async function findDecision(
  context: Context,
  { notice, client }: Pick<DataRequest, 'notice' | 'client'>,
  service: ServiceRecord,
): Promise<DecisionRecord | null> {
  const { decisions } = context.store;
  const { code, run, at } = notice;
  if (service.client !== client) return decisions.at(service.id, service.clientSince ?? at);
  if (code === 'purchase' || code === 'purchase_ended')
    return (await allowancesNow(context, [service])).get(service.id)?.decision ?? null;
  const [latest] = await decisions.latest([service.id]);
  const ended = run === null ? null : ((await context.store.runs.get(run))?.finishedAt ?? null);
  // A purchase after the run stores its decision again, with what is allowed since.
  const isOfRun = (decision: DecisionRecord): boolean =>
    decision.run === run && (ended === null || decision.at <= ended);
  if (latest !== undefined && isOfRun(latest)) return latest;
  const ofRun = run === null ? null : await decisions.ofRun(service.id, run);
  if (ofRun === null) return decisions.at(service.id, at);
  return isOfRun(ofRun) ? ofRun : decisions.at(service.id, ended ?? at);
}

function ofLimit({ id, unit, used, allowed, window }: LimitState): Figures {
  return {
    ...{ limit: id, unit, mode: null, used, allowed, remaining: toRemaining(used, allowed) },
    ...{ percent: toPercent(used, allowed), from: window?.start ?? null, until: window?.end ?? null, runsOut: null },
  };
}

async function ofQuota(
  context: Context,
  { notice, service, decision }: { notice: DataRequest['notice']; service: ServiceRecord; decision: DecisionRecord },
): Promise<Figures> {
  const { mode } = decision;
  const cycle = (await findCycle(context.store, decision)) ?? null;
  const used = mode === null ? null : await readUsed(context, { notice, decision, mode });
  const { allowedBytes: allowed = null } = (decision.allowance ?? {}) as { allowedBytes?: number | null };
  const isKnown = mode !== null && used !== null && allowed !== null && cycle !== null;
  return {
    ...{ limit: 'quota', unit: 'bytes', mode, used, allowed, remaining: toRemaining(used, allowed) },
    ...{ percent: toPercent(used, allowed), from: cycle?.start ?? null, until: cycle?.end ?? null },
    runsOut: isKnown ? await readRunsOut(context, { at: notice.at, service, cycle, mode, allowed }) : null,
  };
}

/** Returns what was used by the decision of the run, else by the last reading before the notice: a later decision may be equal but for it. */
async function readUsed(
  { store }: Context,
  { notice, decision, mode }: { notice: DataRequest['notice']; decision: DecisionRecord; mode: Mode },
): Promise<number | null> {
  const { service, cycle, run } = decision;
  const decided = usageInMode(decision, mode);
  if (cycle === null || run === notice.run || notice.run === null) return decided;
  const [sample] = await store.samples.list({ service, cycle, to: notice.at, limit: 1, newestFirst: true });
  return sample === undefined ? decided : usageInMode(sample, mode);
}

/** Returns when the quota is used up at the rate of the time of the notice. */
export async function readRunsOut(
  { store }: Context,
  of: { at: string; service: ServiceRecord; cycle: CycleRecord; mode: Mode; allowed: number },
): Promise<string | null> {
  const { at, service, cycle, mode, allowed } = of;
  const from = service.clientSince !== null && service.clientSince > cycle.start ? service.clientSince : cycle.start;
  const samples = await store.samples.spread({ service: service.id, cycle: cycle.id, from, to: at, parts: POINTS });
  const projected = projectUsage({
    points: samples.map((sample) => ({ at: Date.parse(sample.at), value: usageInMode(sample, mode) })),
    limit: allowed,
    now: Date.parse(at),
    end: Date.parse(cycle.end),
  });
  return projected.kind === 'runs-out' ? new Date(projected.at).toISOString() : null;
}

type Figure = number | string | null;

function toRemaining(used: Figure, allowed: Figure): Figure {
  if (typeof used === 'number' && typeof allowed === 'number') return Math.max(0, allowed - used);
  if (typeof used !== 'string' || typeof allowed !== 'string') return null;
  return compareMoney(used, allowed) >= 0 ? '0' : subtractMoney(allowed, used);
}

/** Rounded down, as in `formatShare`: 29 of 100 are 28.999…; null where nothing is allowed. */
function toPercent(used: Figure, allowed: Figure): number | null {
  if (used === null || allowed === null || Number(allowed) === 0) return null;
  return Math.floor((Number(used) / Number(allowed)) * 100 + 1e-9);
}

type Bought = Pick<NoticeData, 'package' | 'price' | 'currency'>;

/** Returns the package of a purchase, or the one that would be bought automatically. */
async function toBought(
  context: Context,
  { notice }: DataRequest,
  { service, purchase }: { service: ServiceRecord; purchase: PurchaseRecord | null },
): Promise<Bought> {
  const { config, store } = context;
  if (purchase !== null) {
    const { package: id, bytes, price, charged, currency } = purchase;
    return { package: toPackage(config, id, bytes), price: charged ?? price, currency };
  }
  const isAutomatic = notice.code === 'auto_buy_refused' || notice.code === 'would_buy';
  const { id, client, product } = service;
  const rule = isAutomatic
    ? findRule(config, await readPreferences(store, context.now()), { service: id, client, product })
    : null;
  const wanted = rule?.package ?? null;
  const found = wanted === null ? undefined : findEntry(config.packages, wanted);
  if (wanted === null || found === undefined) return { package: null, price: null, currency: null };
  const currency = found.currency ?? config.currency ?? null;
  return { package: toPackage(config, wanted, found.traffic), price: found.price, currency };
}

function toPackage(config: Context['config'], id: string, bytes: number): NonNullable<NoticeData['package']> {
  return { id, name: printable(packageName(config, id)), bytes };
}
