import { createHash } from 'node:crypto';
import type { Panel } from '@sluice/panel-kind';
import { stepRate, usageInMode } from '@sluice/quota-core';
import type { AutoBuyRecord, DecisionRecord, NextReadingRecord, ServiceRecord } from '@sluice/state-store';
import { findEntry, listLimits } from '../base/config/find-entry.js';
import { isInterrupted } from '../base/interruption.js';
import type { Context } from '../context/context.js';
import { type Enforcements, readEnforcements } from '../context/enforcement.js';
import { findRule, readPreferences } from '../kernel/subject/auto-buy-rule.js';
import {
  findNext,
  findRate,
  findRules,
  findStanding,
  hasOpenWork,
  type LastRun,
  type Next,
  planNext,
  type Standing,
} from '../kernel/subject/next-reading.js';
import { isProtected } from '../kernel/subject/holds.js';
import type { Applied, Loaded, Read } from '../kernel/subject/stages.js';
import { decideByLastReading } from './decide.js';
import { readLines } from './jump.js';
import { load } from './load.js';
import { isLeftOut } from '../kernel/subject/to-stage.js';

/** Returns whether each run has something to do for a service besides reading it. */
export type IsBusy = (service: Pick<ServiceRecord, 'id' | 'client' | 'product'>) => boolean;

/** Finds the services of a panel that have an alarm, an open purchase, a limit in money, or buy automatically. */
export async function findBusy(context: Context, panel: string): Promise<IsBusy> {
  const { store, config } = context;
  const busy = new Set((await store.alarms.list({ panel })).map(({ service }) => service));
  for (const status of ['pending', 'refunded'] as const)
    for (const { service } of await store.purchases.list({ status })) busy.add(service);
  const stated = new Map<string, AutoBuyRecord[]>();
  for (const row of await readPreferences(store, context.now()))
    stated.set(row.subject, [...(stated.get(row.subject) ?? []), row]);
  return ({ id, client, product }) => {
    if (busy.has(id)) return true;
    const preferences = [...(stated.get(id) ?? []), ...(client === null ? [] : (stated.get(client) ?? []))];
    const rule = findRule(config, preferences, { service: id, client, product });
    if (rule.enabled && rule.package !== null) return true;
    return listLimits(config, product).some(({ allowance }) => typeof allowance === 'string');
  };
}

/**
 * Returns services with the speed of their lines, which is read with their first reading where the config does not state it: what a line
 * can carry decides when it is read next. Later ones are read by what observes it.
 */
export async function withLines(context: Context, panel: Panel, reads: Read[]): Promise<Read[]> {
  const { plausibility } = panel;
  if (context.config.poll.maxOvershoot === undefined) return reads;
  if (plausibility === undefined || findEntry(context.config.panels, panel.name)?.lineSpeed !== undefined) return reads;
  const unknown = reads.filter(
    ({ usage, recorded, cycle, product }) =>
      usage !== null &&
      (recorded?.readAt ?? null) === null &&
      product.lineSpeed === undefined &&
      !plausibility.isBounded(cycle?.counter ?? null),
  );
  if (unknown.length === 0) return reads;
  const lined = new Map((await readLines(context, panel, unknown)).map((read) => [read.service.id, read]));
  return reads.map((read) => lined.get(read.service.id) ?? read);
}

/** Returns a digest of what decides about all services of a panel at once: readings that were planned with another one are planned again. */
export async function toBasis({ config, store }: Context, panel: string): Promise<string> {
  const { poll, timeZone, products, packages, autoBuy } = config;
  const { kind, lineSpeed, timeZone: own } = findEntry(config.panels, panel) ?? {};
  const enforcements = await readEnforcements(config, store);
  const enforced = Object.keys(products).map((product) => enforcements.isObserving(panel, product));
  const facts = [poll, timeZone, kind, lineSpeed, own, products, packages, autoBuy, enforced];
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 12);
}

/** What readings of a panel are planned with. */
export interface Planning {
  readonly context: Context;
  readonly panel: Panel;
  readonly enforcements: Enforcements;
  readonly isBusy: IsBusy;
}

/** The next reading of a service, and the highest rate that was seen of it. */
export interface PlannedNext {
  readonly service: string;
  readonly next: Next;
  readonly seen: number | null;
}

/** Returns when a service is read next, by what a run has found and done. */
export function planAfter(
  { context, panel, isBusy }: Planning,
  work: Applied,
  row: Pick<NextReadingRecord, 'rate' | 'spread'>,
): PlannedNext {
  const seen = stepRate(row.rate, measureGrowth(work));
  const last: LastRun = {
    triedAt: context.now(),
    decision: work.decision,
    again: findAgain(context, work),
    busy: work.error !== null || isBusy(work.service),
    seen,
    spread: toSpread(row),
  };
  return { service: work.service.id, next: findNext(context, panel, work, last), seen };
}

/**
 * Returns what decides when a service is read next that shows the same until then; null where each run has something to do for it, or
 * where that is not all: its line is known to be of another speed by then, or its growth is not known.
 */
export function findLasting(context: Context, panel: Panel, work: Applied, until: string): Standing | null {
  const { usage, decision, cycle, mode } = work;
  if (context.config.poll.maxOvershoot === undefined || usage === null || usageInMode(usage, mode) === null)
    return null;
  const rate = findRate(context, panel, work, cycle);
  const later = findRate({ config: context.config, now: () => until }, panel, work, cycle);
  if (hasOpenWork(work) || rate.bytesPerSecond !== later.bytesPerSecond) return null;
  return findStanding(context, panel, work, { decision, rate, readAt: usage.at });
}

/** Returns when a service is read next that a run has left as it is, by what lasts of it, and its last two readings, which are the same. */
export function planUnchanged(
  context: Pick<Context, 'config' | 'now'>,
  { service, product, lasting }: { service: string; product: string; lasting: Standing },
  { readAt, before }: { readAt: string; before: string },
  row: Pick<NextReadingRecord, 'rate' | 'spread'>,
): PlannedNext {
  const seen = stepRate(row.rate, { grownBytes: 0, elapsedMs: Date.parse(readAt) - Date.parse(before) });
  const rules = findRules(context.config, findEntry(context.config.products, product) ?? {});
  const last = { triedAt: context.now(), readAt, seen, spread: toSpread(row), again: null, state: 'idle' } as const;
  return { service, next: planNext(lasting, last, rules), seen };
}

/** Returns when services are read next, by what is stored of them. One whose last reading is later than now is read at once. */
export async function planStored(
  { context, panel, enforcements, isBusy }: Planning,
  services: ServiceRecord[],
  rows: ReadonlyMap<string, Pick<NextReadingRecord, 'rate' | 'spread'>>,
): Promise<PlannedNext[]> {
  const now = context.now();
  const decisions = await context.store.decisions.latest(services.map(({ id }) => id));
  const latest = new Map(decisions.map((decision) => [decision.service, decision]));
  return (await load(context, panel, services, { enforcements, now })).map((facts) => {
    const { service } = facts;
    const row = rows.get(service.id) ?? { rate: null, spread: 0 };
    const decision = latest.get(service.id) ?? null;
    const last: LastRun = {
      triedAt: decision?.at ?? now,
      decision: decideByLastReading(context, panel, withStored(facts), now),
      again: decision === null ? null : findStoredAgain(context, facts, decision),
      // A new one is read at once, whatever else is to do for it.
      busy: decision !== null && (decision.errorCode !== null || isBusy(service)),
      seen: row.rate,
      spread: toSpread(row),
    };
    const found = findNext(context, panel, facts, last);
    const isAhead = last.triedAt > now || (facts.recorded?.readAt ?? '') > now;
    return { service: service.id, next: isAhead ? { ...found, at: now, reason: 'changed' } : found, seen: row.rate };
  });
}

/** A service in the cycle that was read last: a new one has no reading yet. */
function withStored(facts: Loaded): Loaded {
  return facts.cycleIsNew && facts.recorded !== null ? { ...facts, cycle: facts.recorded, cycleIsNew: false } : facts;
}

const MOST_SPREAD = 999;

function toSpread({ spread }: Pick<NextReadingRecord, 'spread'>): number {
  return Math.min(1, Math.max(0, spread / MOST_SPREAD));
}

/** Draws by how much a new row's readings are earlier. */
export function drawSpread({ deps }: Pick<Context, 'deps'>): number {
  return Math.floor(deps.random() * (MOST_SPREAD + 1));
}

/** Returns by how much the usage of a service has grown since the reading before, and in what time. */
function measureGrowth({ usage, recorded, cycle, mode }: Applied): { grownBytes: number | null; elapsedMs: number } {
  const unknown = { grownBytes: null, elapsedMs: 0 };
  if (usage === null || recorded === null || recorded.readAt === null || recorded.id !== cycle?.id) return unknown;
  const [before, now] = [usageInMode(recorded, mode), usageInMode(usage, mode)];
  if (before === null || now === null) return unknown;
  return { grownBytes: now - before, elapsedMs: Date.parse(usage.at) - Date.parse(recorded.readAt) };
}

function findAgain(context: Context, work: Applied): LastRun['again'] {
  const { doubted, answer, error, opens, closes, enforcement } = work;
  if (doubted !== null) return 'doubted';
  if (answer?.reading.known === false || isInterrupted(error)) return 'failed';
  if (isLeftOut(work)) return 'unfinished';
  const isLeft = enforcement.value === 'on' && opens.length + closes.length > 0;
  return isLeft || isUnfinished(context, work) ? 'unfinished' : null;
}

function findStoredAgain(
  context: Context,
  facts: Loaded,
  { status, wouldHold, observing }: DecisionRecord,
): LastRun['again'] {
  if (status === 'doubted') return 'doubted';
  if (status === 'unreadable') return 'failed';
  const isFree =
    observing || facts.enforcement.value === 'observe' || isProtected(context.config, facts.service, context.now());
  if (!isFree && wouldHold.some((reason) => facts.holds.every((hold) => hold.reason !== reason))) return 'unfinished';
  return isUnfinished(context, facts) ? 'unfinished' : null;
}

/** Whether a change is not on the panel yet, or not known to be. After the time between two polls it waits for them as others do. */
function isUnfinished(
  { config, deps }: Context,
  { toRestrict, unresolved, enforcement }: Pick<Loaded, 'toRestrict' | 'unresolved' | 'enforcement'>,
): boolean {
  if (enforcement.value === 'observe') return false;
  const since = new Date(deps.clock.now() - config.poll.interval).toISOString();
  return [...toRestrict.values()].some((one) => one.since > since) || unresolved.some((one) => one.plannedAt > since);
}
