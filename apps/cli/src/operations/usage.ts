import type { Allowance } from '@sluice/quota-core';
import { itemErrorOf } from '../errors.js';
import { meter } from './pass/meter.js';
import { judge } from './pass/judge.js';
import { decisionOf, shownHolds } from './pass/outcome.js';
import { prepare } from './pass/prepare.js';
import { serviceDetails, type ServiceDetail } from './services/show.js';
import { serviceView } from './views.js';
import { requireService, type Session } from './session.js';

/** The last reading of the services, or with `refresh` one taken now, which changes nothing anywhere. */
export async function readUsage(session: Session, id: string | undefined, refresh: boolean): Promise<ServiceDetail[]> {
  const services = id === undefined ? await session.store.services.list() : [await requireService(session, id)];
  const details = await serviceDetails(session, services);
  if (!refresh) return details;
  const byId = new Map(details.map((detail) => [detail.id, detail]));
  const switches = await session.store.switches.list();
  for (const name of new Set(services.map((service) => service.panel))) {
    const own = services.filter((service) => service.panel === name);
    try {
      const panel = await session.panel(name);
      const works = await prepare(session, panel, own, switches);
      await meter(session, panel, works, () => undefined);
      for (const work of works) {
        judge(session, work);
        const treatment = { shownOnly: true, observing: work.enforcement.value === 'observe' };
        const decision = decisionOf(session, '', work, treatment);
        const view = serviceView({
          service: work.service,
          decision,
          cycle: work.cycle,
          holds: shownHolds({ ...work, opens: [], closes: [] }, treatment),
          actions: [],
        });
        const detail = byId.get(work.service.id);
        if (detail) byId.set(work.service.id, { ...detail, ...view, observing: detail.observing });
      }
    } catch (error) {
      for (const service of own) {
        const detail = byId.get(service.id);
        if (detail) byId.set(service.id, { ...detail, error: itemErrorOf(error) });
      }
    }
  }
  return [...byId.values()];
}

/** `usage history --json` (cli.md). */
export interface CycleView {
  id: string;
  start: string;
  end: string;
  usage: { inBytes: number | null; outBytes: number | null; totalBytes: number | null; readAt: string } | null;
  allowance: { unlimited: boolean; baseBytes: number | null; extraBytes: number; allowedBytes: number | null } | null;
}

/** Usage and allowance of each recorded cycle, newest first. */
export async function usageHistory(session: Session, id: string): Promise<CycleView[]> {
  await requireService(session, id);
  const cycles = await session.store.cycles.ofService(id);
  return cycles
    .sort((a, b) => (a.start < b.start ? 1 : -1))
    .map((cycle) => ({
      id: cycle.id,
      start: cycle.start,
      end: cycle.end,
      usage:
        cycle.readAt === null
          ? null
          : { inBytes: cycle.inBytes, outBytes: cycle.outBytes, totalBytes: cycle.totalBytes, readAt: cycle.readAt },
      allowance: allowanceOf(cycle.allowance as Allowance | null),
    }));
}

function allowanceOf(allowance: Allowance | null): CycleView['allowance'] {
  if (!allowance || allowance.kind === 'unmanaged') return null;
  if (allowance.kind === 'unlimited') return { unlimited: true, baseBytes: null, extraBytes: 0, allowedBytes: null };
  const { baseBytes, extraBytes, allowedBytes } = allowance;
  return { unlimited: false, baseBytes, extraBytes, allowedBytes };
}
