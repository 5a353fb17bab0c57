import type { CycleView, ServiceDetail } from '@sluice/contract/documents';
import { type Reader, visibleSince } from '../../context/reader.js';
import { errorFor } from '../services/for-reader.js';
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

/** Returns usage and allowance of each recorded cycle, newest first. */
export async function usageHistory(context: Context, id: string, reader?: Reader): Promise<CycleView[]> {
  const since = visibleSince(await requireService(context, id), reader) ?? '';
  const cycles = await context.store.cycles.ofService(id);
  return cycles
    .filter(({ end }) => end > since)
    .sort((a, b) => (a.start < b.start ? 1 : -1))
    .map((cycle) => {
      const { id: key, start, end, allowance } = cycle;
      return { id: key, start, end, usage: usageView(cycle), allowance: allowedView(allowance) };
    });
}
