import type { HoldView } from '@sluice/contract/documents';
import type { HoldReason } from '@sluice/quota-core';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type { EvidenceRecord, StoreTables } from '@sluice/state-store';
import { storeHolds } from '../../context/change-holds.js';
import { requireFacet } from '../../base/facet.js';
import { checkLifecycle } from './check-lifecycle.js';
import { holdViews } from './holds.js';
import { newHold } from '../../kernel/subject/holds.js';
import { withServiceRun } from '../services/change-services.js';
import type { Context } from '../../context/context.js';
import { observeServices } from '../../loop/observe.js';

/** Options of `hold adopt`: what another tool restricted. */
export interface AdoptRequest {
  reason: HoldReason;
  ports: string[];
  order: boolean;
  forwards: string[];
  note: string | null;
  waitMs: number;
}

/**
 * Adopts what another tool restricted as evidence of a hold, after checking that it belongs to this service and is restricted.
 * Changes nothing on the panel. A repeat adopts what is missing. A hold for billing suspends the service.
 */
export async function adoptHold(context: Context, id: string, request: AdoptRequest): Promise<HoldView> {
  return withServiceRun(context, id, { command: 'hold adopt', waitMs: request.waitMs }, async (service, run) => {
    checkLifecycle(service, { what: 'add' });
    const panel = await context.panel(service.panel);
    const adoption = requireFacet(panel, 'adoption');
    const observation = (await observeServices({ context, panel }, [service])).get(id);
    if (!observation?.state) {
      const why = observation?.error?.message ?? 'the panel returned no state for it';
      throw new SluiceError(
        'not_observed',
        `"${id}" could not be read on panel "${panel.name}": ${why}; nothing was adopted`,
        { kind: 'panel' },
      );
    }
    const { targets, problems } = adoption.adopt(service, observation, request);
    if (problems.length > 0) {
      throw new SluiceError('not_restricted', `"${id}": nothing was adopted:`, {
        lines: problems.map((problem) => problem.message),
      });
    }
    if (targets.length === 0) throw usageError('bad_option', 'Name what was restricted: ports, the order or forwards');
    const at = context.now();
    const existing = (await context.store.holds.open({ services: [id], reason: request.reason }))[0];
    const { reason, note } = request;
    const cycle = (await context.store.cycles.newest([id]))[0]?.id ?? null;
    const hold = existing ?? newHold(context, { service: id, reason, since: at, note, cycle, origin: 'adopted' });
    await run.store(async (tables) => {
      // Without it the next run finds the hold no longer due, and ends it.
      if (request.reason === 'billing') await tables.services.update([{ id, status: 'suspended', updatedAt: at }]);
      if (!existing) await storeHolds(tables, [hold]);
      const started = { hold: hold.id, service: id, panel: panel.name, action: null, adopted: true, since: at };
      for (const target of targets)
        await addEvidence(tables, { id: context.id('ev'), ...started, ...target, until: null, outcome: null });
    });
    const view = (await holdViews(context, id)).find(
      (item) => item.since === hold.since && item.reason === hold.reason,
    );
    if (!view) throw new Error(`no view of ${hold.id}`);
    return view;
  });
}

/** Stores evidence once; refuses what is restricted for another service. */
async function addEvidence({ evidence }: StoreTables, item: EvidenceRecord): Promise<void> {
  if (await evidence.add(item)) return;
  const { service, panel, kind, target } = item;
  const open = await evidence.open({ panel });
  if (open.some((one) => one.service === service && one.kind === kind && one.target === target)) return;
  throw new SluiceError('already_adopted', `${kind} ${target} is already restricted for another service`);
}
