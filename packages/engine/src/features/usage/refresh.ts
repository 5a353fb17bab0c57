import { type ItemError, toItemError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { type Enforcements, readEnforcements } from '../../context/enforcement.js';
import { decideHolds } from '../../loop/decide.js';
import { load } from '../../loop/load.js';
import { readUsage } from '../../loop/meter.js';
import { toDecisionRecord } from '../../kernel/run/report.js';
import { untouched } from '../../kernel/subject/to-stage.js';
import type { Context } from '../../context/context.js';
import type { Fresh } from '../services/show.js';

/** What the panels of services show now. */
interface Refreshed {
  /** What follows from it, by service. */
  fresh: Map<string, Fresh>;
  /** Why a service could not be read, by service. */
  failed: Map<string, ItemError>;
}

/** Reads usage of services and decides on it, without storing or changing anything. */
export async function readFresh(context: Context, services: readonly ServiceRecord[]): Promise<Refreshed> {
  const refreshed: Refreshed = { fresh: new Map(), failed: new Map() };
  const enforcements = await readEnforcements(context.config, context.store);
  for (const name of new Set(services.map((service) => service.panel))) {
    const own = services.filter((service) => service.panel === name);
    try {
      for (const [id, fresh] of await readPanel(context, name, own, enforcements)) refreshed.fresh.set(id, fresh);
    } catch (error) {
      for (const { id } of own) refreshed.failed.set(id, toItemError(error));
    }
  }
  return refreshed;
}

async function readPanel(
  context: Context,
  name: string,
  services: ServiceRecord[],
  enforcements: Enforcements,
): Promise<[string, Fresh][]> {
  const panel = await context.panel(name);
  const reads = await readUsage(context, panel, await load(context, panel, services, { enforcements }));
  const now = context.now();
  return reads.map((read) => {
    const work = untouched(decideHolds(context, panel, read, now));
    const treatment = { previewOnly: true, observing: work.enforcement.value === 'observe' };
    const decision = toDecisionRecord(context, { id: '', at: now }, work, treatment);
    return [work.service.id, { decision, cycle: work.cycle }];
  });
}
