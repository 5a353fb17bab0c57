import type { EventData, NoticeData } from '@sluice/contract/documents';
import { printable } from '@sluice/panel-http/printable';
import {
  compareMoney,
  type Mode,
  projectUsage,
  subtractMoney,
  toPercent,
  type UsageBytes,
  usageInMode,
} from '@sluice/quota-core';
import type { CycleRecord, DecisionRecord, NoticeRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { productName } from '../../base/config/package-name.js';
import { type NoticeEvent, toEvent } from '../../base/notice-events.js';
import type { Context } from '../../context/context.js';
import { allowancesNow } from '../subject/allowance-now.js';
import { findLimitStates, type LimitState } from '../subject/figures.js';
import type { Decided, Stage } from '../subject/stages.js';

/** What is known of a notice when it is made; its link is its reader's. */
type Figures = Omit<NoticeData, 'link'>;

/**
 * What the maker of a notice states of its event, and what else only he knows; `limit`: whose figures those of the service are, absent:
 * the quota's.
 */
export type NoticeFacts<Event extends NoticeEvent = NoticeEvent> = Event extends Event
  ? Partial<Omit<EventData<Event>, 'link'>>
  : never;

/** Readings from which the rate is computed. */
const POINTS = 400;

const NO_LIMIT = {
  ...{ limit: null, unit: null, mode: null, used: null, allowed: null, remaining: null, percent: null },
  ...{ from: null, until: null, runsOut: null },
} as const;

/** The figures of a limit, with the period that they are of. */
type OfLimit = Pick<NoticeData, keyof typeof NO_LIMIT>;

/** Data of a notice of which nothing is known. */
export const NO_DATA: NoticeData = {
  ...{ name: null, client: null, clientName: null, product: null },
  ...NO_LIMIT,
  ...{ package: null, price: null, currency: null, link: null },
};

type Tables = Pick<StoreTables, 'services' | 'decisions' | 'cycles' | 'samples' | 'overrides' | 'purchases'>;

/** What a run knows of a service, or what was stored of it last. */
export interface ServiceFigures extends Pick<DecisionRecord, 'mode' | 'allowance'> {
  usage: UsageBytes | null;
  /** When the usage was read by the run; null for stored figures. */
  readAt: string | null;
  limits: readonly LimitState[];
  cycle: Readonly<CycleRecord> | null;
}

/** Returns the figures of a service that its run has not stored yet. */
export function toServiceFigures({ mode, allowance, usage, limits, cycle }: Decided<Stage>): ServiceFigures {
  return { mode, allowance, usage, readAt: usage?.at ?? null, limits, cycle };
}

/**
 * Returns notices with their data, as far as anybody is notified of them: what their makers state, and the figures of their services, of
 * the limit that each is about, else of the quota. Unknown figures are null, never zero. `decided`: the figures that their run has not
 * stored yet, by service; for others those of the last decision count, with what is allowed by now and the last reading.
 */
export async function withData(
  context: Context,
  tables: Tables,
  rows: readonly NoticeRecord[],
  decided: ReadonlyMap<string, ServiceFigures>,
): Promise<NoticeRecord[]> {
  const ids = [...new Set(rows.flatMap(({ code, service }) => (toEvent(code) === null ? [] : (service ?? []))))];
  const services = ids.length === 0 ? [] : await tables.services.list({ ids });
  const byId = new Map(services.map((service) => [service.id, service]));
  const others = services.filter(({ id }) => !decided.has(id));
  const known = new Map([...decided, ...(await readStored(context, tables, others))]);
  const { link: _link, ...nothing } = NO_DATA;
  const complete: NoticeRecord[] = [];
  for (const row of rows) {
    const service = byId.get(row.service ?? '');
    const stated = { ...nothing, ...(row.data as NoticeFacts | null) };
    if (toEvent(row.code) === null) complete.push({ ...row, data: null });
    else if (service === undefined) complete.push({ ...row, data: stated });
    else {
      const figures = known.get(service.id) ?? null;
      const { limit } = stated;
      const ofLimit = figures === null ? NO_LIMIT : await toOfLimit(tables, { at: row.at, service, figures, limit });
      complete.push({ ...row, data: { ...stated, ...toOwner(context, service), ...ofLimit } });
    }
  }
  return complete;
}

/** Returns what is stored of services: of the last decisions with what is allowed by now, and the last readings of their cycles. */
async function readStored(
  context: Context,
  tables: Tables,
  services: readonly ServiceRecord[],
): Promise<Map<string, ServiceFigures>> {
  const found = new Map<string, ServiceFigures>();
  if (services.length === 0) return found;
  const ids = services.map(({ id }) => id);
  const decisions = await allowancesNow(context, services, tables);
  const cycles = new Map((await tables.cycles.newest(ids)).map((cycle) => [cycle.service, cycle]));
  for (const id of ids) {
    const decision = decisions.get(id)?.decision ?? null;
    if (decision === null) continue;
    const cycle = cycles.get(id) ?? null;
    const usage = await readUsage(tables, decision, cycle);
    const { mode, allowance } = decision;
    found.set(id, { mode, allowance, usage, readAt: null, limits: findLimitStates(decision), cycle });
  }
  return found;
}

/** A reading may be stored before the decision of its run. */
async function readUsage(
  { samples }: Pick<StoreTables, 'samples'>,
  decision: DecisionRecord,
  cycle: CycleRecord | null,
): Promise<UsageBytes | null> {
  if (cycle === null || (cycle.readAt ?? '') <= decision.at) return cycle?.id === decision.cycle ? decision : null;
  const [sample] = await samples.list({ service: decision.service, cycle: cycle.id, limit: 1, newestFirst: true });
  return sample ?? null;
}

const clean = (text: string | null): string | null => (text === null ? null : printable(text));

function toOwner({ config }: Context, service: ServiceRecord): Partial<Figures> {
  return {
    name: clean(service.name),
    client: clean(service.client),
    clientName: clean(service.clientName),
    product: clean(productName(config, service.product)),
  };
}

/** A service at an instant, with its figures. */
interface AtInstant {
  at: string;
  service: ServiceRecord;
  figures: ServiceFigures;
}

async function toOfLimit(tables: Tables, { limit, ...of }: AtInstant & { limit: string | null }): Promise<OfLimit> {
  const state = of.figures.limits.find(({ id }) => id === limit);
  return state === undefined ? toOfQuota(tables, of) : ofLimit(state);
}

function ofLimit({ id, unit, used, allowed, window }: LimitState): OfLimit {
  return {
    ...{ limit: id, unit, mode: null, used, allowed, remaining: toRemaining(used, allowed) },
    ...{
      percent: toWholePercent(used, allowed),
      from: window?.start ?? null,
      until: window?.end ?? null,
      runsOut: null,
    },
  };
}

async function toOfQuota(tables: Tables, { at, service, figures }: AtInstant): Promise<OfLimit> {
  const { mode, cycle, usage } = figures;
  const used = mode === null || usage === null ? null : usageInMode(usage, mode);
  const { allowedBytes: allowed = null } = (figures.allowance ?? {}) as { allowedBytes?: number | null };
  const isOpen = mode !== null && used !== null && allowed !== null && cycle !== null && used < allowed;
  const last = figures.readAt === null || used === null ? null : { at: figures.readAt, used };
  return {
    ...{ limit: 'quota', unit: 'bytes', mode, used, allowed, remaining: toRemaining(used, allowed) },
    ...{ percent: toWholePercent(used, allowed), from: cycle?.start ?? null, until: cycle?.end ?? null },
    runsOut: isOpen ? await readRunsOut(tables, { at, service, cycle, mode, allowed, last }) : null,
  };
}

/** What is projected: of a cycle in one direction. */
interface Projected {
  at: string;
  service: ServiceRecord;
  cycle: Readonly<CycleRecord>;
  mode: Mode;
  allowed: number;
  /** A reading that may not be stored yet. */
  last?: { at: string; used: number } | null;
}

/** Returns when the quota is used up at the rate until an instant; null where it lasts for the cycle, or the rate is not known. */
export async function readRunsOut(
  { samples }: Pick<StoreTables, 'samples'>,
  { at, service, cycle, mode, allowed, last = null }: Projected,
): Promise<string | null> {
  const from = service.clientSince !== null && service.clientSince > cycle.start ? service.clientSince : cycle.start;
  const read = await samples.spread({ service: service.id, cycle: cycle.id, from, to: at, parts: POINTS });
  const points = read.map((sample) => ({ at: Date.parse(sample.at), value: usageInMode(sample, mode) }));
  const isNewer = last !== null && last.at > (read.at(-1)?.at ?? '');
  const projected = projectUsage({
    points: isNewer ? [...points, { at: Date.parse(last.at), value: last.used }] : points,
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

/** Returns how much is used in whole percent, rounded down; null where a figure is unknown. */
export function toWholePercent(used: Figure, allowed: Figure): number | null {
  const percent = toPercent(used, allowed);
  return percent === null ? null : Math.floor(percent);
}
