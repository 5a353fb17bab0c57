import type { CycleView, ServiceDetail } from '@sluice/contract/documents';
import { type Reader, visibleSince } from '../../context/reader.js';
import { readRates } from '../../kernel/subject/rates.js';
import { errorFor, findLater } from '../services/for-reader.js';
import { serviceDetails } from '../services/show.js';
import { allowedView, usageView } from '../../kernel/subject/views.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';

/** Whose usage to read: one service, those that match, or one of a client; default all. */
export interface UsageFilter {
  service?: string | undefined;
  panel?: string | undefined;
  product?: string | undefined;
  client?: string | undefined;
  reader?: Reader;
}

/** Returns the last reading of services or, with `refresh`, a new one that is not stored. */
export async function readUsage(
  context: Context,
  { service: id, panel, product, client, reader }: UsageFilter,
  refresh: boolean,
): Promise<ServiceDetail[]> {
  const where = Object.fromEntries(Object.entries({ panel, product, client }).filter(([, name]) => name !== undefined));
  // Of a client, a service that is not its own is left out like one that does not exist.
  const services =
    id !== undefined && client === undefined
      ? [await requireService(context, id)]
      : await context.store.services.list({ ...where, ...(id !== undefined && { ids: [id] }) });
  if (!refresh) return serviceDetails(context, services, reader);
  const { readFresh } = await import('./refresh.js');
  const { fresh, failed } = await readFresh(context, services);
  const details = await serviceDetails(context, services, reader, fresh);
  return details.map((detail) => {
    const error = failed.get(detail.id);
    if (error === undefined) return detail;
    return { ...detail, error: reader === undefined ? error : errorFor(error) };
  });
}

/** Returns usage and allowance of each recorded cycle, newest first; with a percentile, its rates. */
export async function usageHistory(
  context: Context,
  id: string,
  { reader, percentile }: { reader?: Reader; percentile?: number | undefined },
): Promise<CycleView[]> {
  const since = visibleSince(await requireService(context, id), reader);
  const cycles = await context.store.cycles.ofService(id);
  const shown = cycles.filter(({ end }) => since === null || end > since).sort((a, b) => (a.start < b.start ? 1 : -1));
  const views: CycleView[] = [];
  const now = context.now();
  for (const cycle of shown) {
    const { id: key, start, end, allowance } = cycle;
    const from = findLater(start, since);
    const time = { service: id, cycle: key, from, to: end < now ? end : now, begins: from === start ? [start] : [] };
    const rates = percentile === undefined ? {} : { rates: await readRates(context, time, percentile) };
    views.push({ id: key, start, end, usage: usageView(cycle), allowance: allowedView(allowance), ...rates });
  }
  return views;
}
