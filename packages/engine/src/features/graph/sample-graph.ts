import type { SampleGraph } from '@sluice/contract/documents';
import { type Allowance, barStep, usageBars } from '@sluice/quota-core';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import { beginThen, type Reader, visibleSince } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { allowancesNow } from '../../kernel/subject/allowance-now.js';
import { THRESHOLDS } from '../../kernel/subject/limits.js';
import { cycleFacts, holdsInside } from './cycle-facts.js';
import { type GraphRange, findWindow } from './window.js';

/**
 * Returns all that charts of a service's usage are drawn from: its stored readings, all or about as many as `points`, evenly spread, and
 * what happened in that time.
 */
export async function sampleGraph(
  context: Context,
  id: string,
  { range, points, reader }: { range: GraphRange; points?: number | undefined; reader?: Reader },
): Promise<SampleGraph> {
  const { store, config } = context;
  const service = await requireService(context, id);
  const since = visibleSince(service, reader);
  const window = beginThen(await findWindow(context, service, range), since);
  const { start: from, end: to, cycle } = window;
  const ofCycle = cycle === null ? {} : { cycle };
  const samples =
    points === undefined
      ? await store.samples.list({ service: id, to, ...(cycle === null || since !== null ? { from } : {}), ...ofCycle })
      : await store.samples.spread({ service: id, from, to, parts: points, ...ofCycle });
  const { decision = null } = (await allowancesNow(context, [service])).get(id) ?? {};
  const allowance = (decision?.allowance ?? null) as Allowance | null;
  const cycles = await store.cycles.ofService(id);
  const newest = cycles.reduce<string | null>(
    (end, cycle) => (end === null || cycle.end > end ? cycle.end : end),
    null,
  );
  const timeZone = findTimeZone(config, service.panel);
  const series = samples.map(({ at, inBytes, outBytes, totalBytes }) => ({ at, inBytes, outBytes, totalBytes }));
  const begins = cycles.map((each) => each.start).filter((start) => start >= from && start < to);
  // When what a service used before it was stored was used is not known.
  const zeros = begins.filter((start) => start >= service.createdAt);
  const step = range === 'cycle' ? 'day' : barStep(window);
  // A range may begin long before anything was read.
  const [first = to] = [...begins, ...series.map(({ at }) => at)].sort();
  const mode = decision?.mode ?? service.trafficMode ?? 'TOTAL';
  const allowedBytes = allowance?.kind === 'limited' ? allowance.allowedBytes : null;
  return {
    service: id,
    name: service.name,
    at: context.now(),
    window,
    timeZone,
    mode,
    allowedBytes,
    thresholds: THRESHOLDS.filter((percent) => percent < 100),
    holds: await holdsInside(context, { service, reader }, window),
    ...(await cycleFacts(
      context,
      { service, reader },
      { window, cycles, series, isWhole: points === undefined, mode, allowedBytes },
    )),
    beforeFirst: since === null ? await firstReading(context, { service, cycles, from, to }) : null,
    series,
    breaks: begins.filter((start) => start > from),
    cycleEnd: newest,
    step,
    bars: usageBars({ window: { start: first > from ? first : from, end: to }, timeZone, series, begins: zeros }, step),
  };
}

/** Returns the first reading of a service, in a time, of a cycle that had begun when the service was stored. */
async function firstReading(
  { store }: Context,
  of: { service: ServiceRecord; cycles: readonly CycleRecord[]; from: string; to: string },
): Promise<SampleGraph['beforeFirst']> {
  const { service, cycles, from, to } = of;
  const [oldest] = [...cycles].sort((a, b) => (a.start < b.start ? -1 : 1));
  if (oldest === undefined || oldest.start >= service.createdAt) return null;
  const [first] = await store.samples.list({ service: service.id, cycle: oldest.id, limit: 1 });
  if (first === undefined || first.at < from || first.at > to) return null;
  const { at: until, inBytes, outBytes, totalBytes } = first;
  const isKnown = [inBytes, outBytes, totalBytes].some((bytes) => bytes !== null && bytes > 0);
  return isKnown ? { until, inBytes, outBytes, totalBytes } : null;
}
