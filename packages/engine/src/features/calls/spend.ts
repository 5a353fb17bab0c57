import { type CallFilter, type PanelTelephony, toItemError } from '@sluice/panel-kind';
import type { Cycle, MoneyReading } from '@sluice/quota-core';
import { type OwnershipRecord, ownershipSubject, type ServiceRecord } from '@sluice/state-store';
import { type SpendFigure, SpendSum } from '@sluice/quota-core/telephony';
import { unsupported } from '../../base/errors.js';
import { requireFacet } from '../../base/facet.js';
import { readSorted } from './read-sorted.js';
import { cutByOwner, findLineRef, isInWindow, toWindows } from '../../base/ownership.js';
import type { Context } from '../../context/context.js';
import { PARTLY_SPENT, type Spend } from '../../kernel/subject/figures.js';
import { listForeignLines } from './foreign-lines.js';
import { listLimits } from '../../base/config/find-entry.js';
import { findWindow } from '../../kernel/subject/limits.js';
import { load } from '../../loop/load.js';
import type { PanelRun, PartHooks } from '../../loop/run-part.js';
import type { Loaded } from '../../kernel/subject/stages.js';

/** The longest call that is found: records are read by when calls started, and belong where they ended. */
const LONGEST_CALL_MS = 86_400_000;

interface SpendRequest {
  service: string;
  subscriberId: string;
  limit: string;
  window: Cycle;
  /** Since when the present client has the line; null: as long as it is known. */
  since: string | null;
}

/** What calls cost, for services with a limit in money; read before the services are loaded. */
export async function beginSpend(run: PanelRun): Promise<PartHooks> {
  const spend = await readSpend(run);
  return {
    async afterLoad(loaded) {
      const known: Loaded[] = [];
      for (const facts of loaded) {
        const { service } = facts;
        const read = spend.get(service.id);
        // Another client may have the line since it was read.
        const isOld = read !== undefined && read.updatedAt !== service.updatedAt;
        const own = isOld ? (await readSpend({ ...run, only: service })).get(service.id) : read;
        known.push(own === undefined ? facts : { ...facts, spend: own.figures });
      }
      return known;
    },
  };
}

/** What calls of a service cost, with when the service was changed last as they were read. */
interface ReadSpend {
  updatedAt: string;
  figures: readonly Spend[];
}

/**
 * Reads what the calls of services with a limit in money cost, in one read of the panel's call records. A figure that can't be
 * read is unknown, and never zero.
 */
async function readSpend({ context, panel, only, enforcements }: PanelRun): Promise<ReadonlyMap<string, ReadSpend>> {
  const services = only === null ? await context.store.services.list({ panel: panel.name }) : [only];
  const limited = services.filter(({ product }) => hasMoneyLimit(context, product));
  const telephony = requireFacet(panel, 'telephony');
  const now = context.now();
  const loaded = await load(context, panel, limited, { enforcements, now });
  const since = await listSince(context, telephony, limited);
  const requests = loaded.flatMap((facts) => listRequests(context, telephony, facts, { now, since }));
  const figures = await readFigures(context, telephony, { requests, services: limited }, now);
  const found = new Map<string, Spend[]>();
  for (const [index, { service, limit, window, since }] of requests.entries()) {
    const figure = figures[index];
    if (figure === undefined) continue;
    const spend = { limit, window, since, currency: telephony.currency, ...figure };
    found.set(service, [...(found.get(service) ?? []), spend]);
  }
  return new Map(
    limited.flatMap(({ id, updatedAt }) => {
      const own = found.get(id);
      return own === undefined ? [] : [[id, { updatedAt, figures: own }] as const];
    }),
  );
}

function hasMoneyLimit(context: Context, product: string): boolean {
  return listLimits(context.config, product).some(({ allowance }) => typeof allowance === 'string');
}

function listRequests(
  context: Context,
  telephony: PanelTelephony,
  facts: Loaded,
  { now, since: begins }: { now: string; since: ReadonlyMap<string, string | null> },
): SpendRequest[] {
  const { service, skipped, error, cycle } = facts;
  const subscriberId = telephony.findSubscriber(service);
  if (skipped !== null || error !== null || subscriberId === null) return [];
  const since = begins.get(service.id) ?? null;
  return listLimits(context.config, service.product).flatMap((limit) => {
    const window = typeof limit.allowance === 'string' ? findWindow(context, limit, { service, cycle, now }) : null;
    return window === null ? [] : [{ service: service.id, subscriberId, limit: limit.id, window, since }];
  });
}

/** Returns since when services have their lines for their present clients: what was called before is not limited for these. */
async function listSince(
  { store }: Context,
  telephony: PanelTelephony,
  services: readonly ServiceRecord[],
): Promise<ReadonlyMap<string, string | null>> {
  const subjects = new Map(
    services.flatMap((service) => {
      const ref = findLineRef(telephony, service);
      return ref === null ? [] : [[service.id, ownershipSubject(ref, service.refs[ref] ?? '')] as const];
    }),
  );
  const [panel] = services.map((service) => service.panel);
  if (panel === undefined) return new Map();
  const all = await store.ownership.list({ panel, subjects: [...subjects.values()] });
  const bySubject = new Map<string, OwnershipRecord[]>();
  for (const period of all) bySubject.set(period.subject, [...(bySubject.get(period.subject) ?? []), period]);
  return new Map(
    [...subjects].map(([id, subject]) => {
      const parts = cutByOwner(bySubject.get(subject) ?? [], { from: null, to: null });
      return [id, toWindows(parts, id).at(-1)?.from ?? null];
    }),
  );
}

type Figure = Pick<Spend, 'reading' | 'destinations'>;

/** Returns the figure of each request, in their order. */
async function readFigures(
  context: Context,
  telephony: PanelTelephony,
  { requests, services }: { requests: readonly SpendRequest[]; services: readonly ServiceRecord[] },
  at: string,
): Promise<Figure[]> {
  if (requests.length === 0) return [];
  try {
    const reason = telephony.unsupported({ resource: 'calls', operation: 'read' });
    if (reason !== null) throw unsupported(reason);
    const figures = await sumFigures(context, telephony, requests, at);
    const spending = new Set(
      requests.filter((_, n) => figures[n]?.destinations.length !== 0).map((one) => one.service),
    );
    const own = services.filter(({ id }) => spending.has(id));
    const foreign = await listForeignLines(context, telephony, own);
    return figures.map((figure, index) => {
      const why = foreign.get(requests[index]?.service ?? '');
      return why === undefined ? figure : { reading: { known: false, at, ...why }, destinations: [] };
    });
  } catch (error) {
    context.deps.signal.throwIfAborted();
    const { code, message } = toItemError(error);
    return requests.map(() => ({ reading: { known: false, at, code, message }, destinations: [] }));
  }
}

async function sumFigures(
  context: Context,
  telephony: PanelTelephony,
  requests: readonly SpendRequest[],
  at: string,
): Promise<Figure[]> {
  const whole = await sumSpend(context, telephony, requests);
  const of = { currency: telephony.currency, at };
  if (!whole.isUnattributed) return toFigures(whole, requests, of);
  // The panel names no subscriber in its list of all calls: ask for each line alone.
  const figures: Figure[] = [];
  for (const request of requests) {
    const own = await sumSpend(context, telephony, [request], request.subscriberId);
    figures.push(...toFigures(own, [request], of));
  }
  return figures;
}

async function sumSpend(
  context: Context,
  telephony: PanelTelephony,
  requests: readonly SpendRequest[],
  unnamed: string | null = null,
): Promise<SpendSum> {
  const lines = new Map<string, Cycle[]>();
  for (const { subscriberId, window } of requests)
    lines.set(subscriberId, [...(lines.get(subscriberId) ?? []), window]);
  const result = new SpendSum({ currency: telephony.currency, lines });
  const since = new Map(requests.map((request) => [request.subscriberId, request.since]));
  const [only] = lines.size === 1 ? lines.keys() : [];
  const { signal } = context.deps;
  for await (const calls of readSorted(telephony, toFilter(requests, only), { signal })) {
    for (const call of calls) {
      const named = call.subscriberId === null ? { ...call, subscriberId: unnamed } : call;
      const from = since.get(named.subscriberId ?? '') ?? null;
      if (isInWindow(call.startedAt, { from, to: null })) result.add(named);
    }
  }
  return result;
}

function toFilter(requests: readonly SpendRequest[], subscriberId: string | undefined): CallFilter {
  const starts = requests.map(({ window }) => Date.parse(window.start));
  const ends = requests.map(({ window }) => Date.parse(window.end));
  return {
    from: new Date(Math.min(...starts) - LONGEST_CALL_MS).toISOString(),
    to: new Date(Math.max(...ends)).toISOString(),
    marksUnreadable: true,
    ...(subscriberId === undefined ? {} : { subscriberId }),
  };
}

/** The currency of the figures, and when they were read. */
interface FigureBasis {
  currency: string;
  at: string;
}

/** Returns the figure of each request: those of a line stand in the order of its requests. */
function toFigures(result: SpendSum, requests: readonly SpendRequest[], { currency, at }: FigureBasis): Figure[] {
  const taken = new Map<string, number>();
  return requests.map(({ subscriberId }) => {
    const index = taken.get(subscriberId) ?? 0;
    taken.set(subscriberId, index + 1);
    const figure = result.of(subscriberId)[index];
    if (figure === undefined) throw new Error(`no figure of ${subscriberId}`);
    return { reading: toReading(figure, { currency, at }), destinations: figure.destinations };
  });
}

/** What was summed proves that a limit is reached, and never that it is not, while any record is left out. */
function toReading({ amount, unrated, problem }: SpendFigure, { currency, at }: FigureBasis): MoneyReading {
  if (problem !== null) {
    const { code, id } = problem;
    const why =
      code === 'other-currency'
        ? `call ${id} is in ${problem.currency}, not in ${currency}`
        : `${code.replaceAll('-', ' ')} (call ${id})`;
    const message = `not all charges of the line can be summed: ${why}`;
    return { known: true, at, amount, partial: { code: PARTLY_SPENT.unreadable, message } };
  }
  const calls = unrated === 1 ? 'a call has' : `${unrated} calls have`;
  const partial = {
    code: PARTLY_SPENT.incomplete,
    message: `${calls} no charge yet: what the line spent is not known`,
  };
  return { known: true, at, amount, partial: unrated === 0 ? null : partial };
}
