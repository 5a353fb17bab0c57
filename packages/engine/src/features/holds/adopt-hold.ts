import type { HoldView } from '@sluice/contract/documents';
import type { HoldReason } from '@sluice/quota-core';
import { type Observation, type Panel, SluiceError, usageError } from '@sluice/panel-kind';
import type { EvidenceRecord, HoldRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { storeHolds } from '../../context/change-holds.js';
import { requireFacet } from '../../base/facet.js';
import { checkLifecycle } from './check-lifecycle.js';
import { holdViews } from './holds.js';
import { newHold } from '../../kernel/subject/holds.js';
import { withServiceRun } from '../services/change-services.js';
import type { Context } from '../../context/context.js';
import { observeServices } from '../../loop/observe.js';

/** What another tool restricted of a service, and why. */
export interface Restricted {
  reason: HoldReason;
  ports: string[];
  order: boolean;
  forwards: string[];
  note: string | null;
}

/** An object that is restricted on the panel, with its state before as far as that is known. */
type Target = Pick<EvidenceRecord, 'kind' | 'target' | 'prior'>;

/**
 * Adopts what another tool restricted as evidence of a hold, after checking that it belongs to this service and is restricted.
 * Changes nothing on the panel. A repeat adopts what is missing. A hold for billing suspends the service.
 *
 * @throws SluiceError `wrong_lifecycle`, `not_observed`, `not_restricted`, `already_adopted`, `bad_option`: nothing was adopted
 */
export async function adoptHold(
  context: Context,
  id: string,
  { waitMs, ...what }: Restricted & { waitMs: number },
): Promise<HoldView> {
  return withServiceRun(context, id, { command: 'hold adopt', waitMs }, async (service, run) => {
    checkLifecycle(service, { what: 'add' });
    const panel = await context.panel(service.panel);
    requireFacet(panel, 'adoption');
    const observation = (await observeServices({ context, panel }, [service])).get(id);
    const targets = findTargets(panel, service, observation, what);
    const { hold } = await run.store((tables) => storeAdopted(context, tables, service, { ...what, targets }));
    const view = (await holdViews(context, id)).find(
      (item) => item.since === hold.since && item.reason === hold.reason,
    );
    if (!view) throw new Error(`no view of ${hold.id}`);
    return view;
  });
}

/**
 * Returns what of a service is restricted as stated.
 *
 * @throws SluiceError `not_observed`, `not_restricted`, `bad_option`, or `unsupported` where nothing can be adopted on the panel
 */
export function findTargets(
  panel: Panel,
  service: ServiceRecord,
  observation: Observation | undefined,
  what: Restricted,
): readonly Target[] {
  const adoption = requireFacet(panel, 'adoption');
  const { id } = service;
  if (!observation?.state) {
    const why = observation?.error?.message ?? 'the panel returned no state for it';
    const message = `"${id}" could not be read on panel "${panel.name}": ${why}; nothing was adopted`;
    throw new SluiceError('not_observed', message, { kind: 'panel' });
  }
  const { targets, problems } = adoption.adopt(service, observation, what);
  if (problems.length > 0) {
    const lines = problems.map(({ message }) => message);
    throw new SluiceError('not_restricted', `"${id}": nothing was adopted:`, { lines });
  }
  if (targets.length === 0) throw usageError('bad_option', 'Name what was restricted: ports, the order or forwards');
  return targets;
}

/** Stores what was adopted for a service, and returns its hold. `added`: something of it was not stored yet. */
export async function storeAdopted(
  context: Context,
  tables: StoreTables,
  { id, panel }: ServiceRecord,
  { reason, note, targets }: Pick<Restricted, 'reason' | 'note'> & { targets: readonly Target[] },
): Promise<{ hold: HoldRecord; added: boolean }> {
  const at = context.now();
  const [existing] = await tables.holds.open({ services: [id], reason });
  const [cycle] = await tables.cycles.newest([id]);
  const made = { service: id, reason, since: at, note, cycle: cycle?.id ?? null, origin: 'adopted' } as const;
  const hold = existing ?? newHold(context, made);
  // Without it the next run finds the hold no longer due, and ends it.
  if (reason === 'billing') await tables.services.update([{ id, status: 'suspended', updatedAt: at }]);
  if (existing === undefined) await storeHolds(tables, [hold]);
  let added = existing === undefined;
  const started = { hold: hold.id, service: id, panel, action: null, adopted: true, since: at };
  for (const target of targets) {
    const item = { id: context.id('ev'), ...started, ...target, until: null, outcome: null };
    added = (await addEvidence(tables, item)) || added;
  }
  return { hold, added };
}

/** Stores evidence once, and returns whether it was not there; refuses what is restricted for another service. */
async function addEvidence({ evidence }: Pick<StoreTables, 'evidence'>, item: EvidenceRecord): Promise<boolean> {
  if (await evidence.add(item)) return true;
  const { service, kind, target } = item;
  const own = await evidence.open({ services: [service] });
  if (own.some((one) => one.kind === kind && one.target === target)) return false;
  throw new SluiceError('already_adopted', `${kind} ${target} is already restricted for another service`);
}
