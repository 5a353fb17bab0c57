import { type Reader, visibleSince } from '../../context/reader.js';
import { serviceDetails, type ServiceDetail } from '../services/show.js';
import { allowedView, type ServiceView, usageView } from '../../kernel/subject/views.js';
import type { Session } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';

/** Whose usage to read: one service, or those that match; default all. */
export interface UsageFilter {
  service?: string | undefined;
  panel?: string | undefined;
  product?: string | undefined;
  client?: string | undefined;
  reader?: Reader;
}

/** Returns the last reading of services or, with `refresh`, a new one that is not stored. */
export async function readUsage(
  session: Session,
  { service: id, panel, product, client, reader }: UsageFilter,
  refresh: boolean,
): Promise<ServiceDetail[]> {
  const where = Object.fromEntries(Object.entries({ panel, product, client }).filter(([, name]) => name !== undefined));
  const services = id === undefined ? await session.store.services.list(where) : [await requireService(session, id)];
  const details = await serviceDetails(session, services, reader);
  if (!refresh) return details;
  const { refreshUsage } = await import('./refresh.js');
  return refreshUsage(session, services, details);
}

/** `usage history --json` (docs/json.md). */
export interface CycleView {
  id: string;
  start: string;
  end: string;
  usage: ServiceView['usage'];
  allowance: Omit<NonNullable<ServiceView['allowance']>, 'remainingBytes' | 'decided'> | null;
}

/** Returns usage and allowance of each recorded cycle, newest first. */
export async function usageHistory(session: Session, id: string, reader?: Reader): Promise<CycleView[]> {
  const since = visibleSince(await requireService(session, id), reader) ?? '';
  const cycles = await session.store.cycles.ofService(id);
  return cycles
    .filter(({ end }) => end > since)
    .sort((a, b) => (a.start < b.start ? 1 : -1))
    .map((cycle) => {
      const { id: key, start, end, allowance } = cycle;
      return { id: key, start, end, usage: usageView(cycle), allowance: allowedView(allowance) };
    });
}
