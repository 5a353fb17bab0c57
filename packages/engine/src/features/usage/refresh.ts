import type { ServiceDetail } from '@sluice/contract/documents';
import { toItemError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { readEnforcements } from '../../context/enforcement.js';
import { decideHolds } from '../../loop/decide.js';
import { load } from '../../loop/load.js';
import { readUsage } from '../../loop/meter.js';
import { toDecisionRecord } from '../../kernel/run/report.js';
import { untouched } from '../../kernel/subject/to-stage.js';
import type { Context } from '../../context/context.js';
import { isProtected } from '../../kernel/subject/holds.js';
import { lastUsage, serviceView } from '../../kernel/subject/views.js';

/** Returns the details with a new reading of the services, without storing or changing anything. */
export async function refreshUsage(
  context: Context,
  services: ServiceRecord[],
  details: ServiceDetail[],
): Promise<ServiceDetail[]> {
  const byId = new Map(details.map((detail) => [detail.id, detail]));
  const enforcements = await readEnforcements(context.config, context.store);
  for (const name of new Set(services.map((service) => service.panel))) {
    const own = services.filter((service) => service.panel === name);
    try {
      const panel = await context.panel(name);
      const loaded = await load(context, panel, own, { enforcements });
      const reads = await readUsage(context, panel, loaded);
      const now = context.now();
      for (const read of reads) {
        const work = untouched(decideHolds(context, panel, read, now));
        const treatment = { previewOnly: true, observing: work.enforcement.value === 'observe' };
        const decision = toDecisionRecord(context, { id: '', at: now }, work, treatment);
        const view = serviceView({
          service: work.service,
          decision,
          cycle: work.cycle,
          holds: work.holds,
          actions: [],
          protected: isProtected(context.config, work.service, now),
        });
        const detail = byId.get(work.service.id);
        const last = lastUsage(view, decision, work.cycle);
        if (detail) byId.set(work.service.id, { ...detail, ...view, ...last, observing: detail.observing });
      }
    } catch (error) {
      for (const service of own) {
        const detail = byId.get(service.id);
        if (detail) byId.set(service.id, { ...detail, error: toItemError(error) });
      }
    }
  }
  return [...byId.values()];
}
