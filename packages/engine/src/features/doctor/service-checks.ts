import type { Check, RemovedPanel } from '@sluice/contract/documents';
import type { Panel } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import { toChecks } from '../../base/check.js';
import { nameFew } from '../../base/natural-order.js';
import { findRemovedPanels, PANEL_REMOVED } from '../../kernel/run/left-elsewhere.js';
import { toMapping } from '../../loop/sharing.js';
import { listLines } from '../services/lines.js';
import { findPendingInUse, PENDING_IN_USE } from '../services/pending-in-use.js';
import { findStoredProblems, formerName, removedSwitch, type StoredProblem } from '../services/stored-problems.js';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';
import { isLiving } from '../../base/lifecycle.js';

const NAMES: Record<StoredProblem['code'], string> = {
  unknown_product: 'product',
  unknown_panel: 'service panel',
  duplicate_ref: 'duplicate id',
  switch_of_removed_panel: 'switch',
  panel_removed: 'panel',
  panel_renamed: 'panel name',
};

/** Checks that the config has the products and panels of the services, and that no two services of a panel have one id. */
export async function serviceChecks(context: Context, panel: string | undefined): Promise<Check[]> {
  const removed = new Map((await findRemovedPanels(context)).map((each) => [each.panel, each]));
  const services = await context.store.services.list(panel === undefined ? {} : { panel });
  const problems = findStoredProblems({ config: context.config, kinds: context.deps.kinds }, services);
  const seen = new Set(problems.flatMap(({ code, object }) => (code === 'unknown_panel' ? [object] : [])));
  const others = [...removed.values()].filter((each) => !seen.has(each.panel) && (panel ?? each.panel) === each.panel);
  const checks = problems.map(({ code, object, message, details }) => {
    const gone = code === 'unknown_panel' ? removed.get(object) : undefined;
    // Nothing can be decided for a service without a product, nor undone on a panel that is gone.
    const isFailed = code === 'unknown_product' || (gone !== undefined && keepsHeld(gone));
    return {
      name: NAMES[code],
      object,
      status: isFailed ? ('failed' as const) : ('warning' as const),
      message: gone?.message ?? message,
      code: gone === undefined ? code : PANEL_REMOVED,
      ...(gone === undefined ? details && { details } : { details: { panel: object } }),
    };
  });
  const former = context.renames.filter(({ from }) => (panel ?? from) === from).map(formerName);
  return [
    ...former.map(({ code, object, message }) => toChecks(NAMES[code], object)('warning', message, code)),
    ...checks,
    ...others.map(removedCheck),
    ...(await switchChecks(context, panel)),
    ...(await pendingChecks(context, services)),
  ];
}

const keepsHeld = ({ held, agents }: RemovedPanel): boolean => held.length + agents.length > 0;

/** Reports a panel without living services on which something stays restricted, or agents have limits. */
function removedCheck(removed: RemovedPanel): Check {
  const { panel, message } = removed;
  const status = keepsHeld(removed) ? 'failed' : 'warning';
  return { name: 'panel', object: panel, status, message, code: PANEL_REMOVED, details: { panel } };
}

/** Names the pending services whose accounts are in use. */
async function pendingChecks(context: Context, services: readonly ServiceRecord[]): Promise<Check[]> {
  const found = await findPendingInUse(context, context.store, services);
  return found.map(({ service: { id }, message }) => {
    const details = { service: id };
    return { name: 'pending service', object: id, status: 'warning', message, code: PENDING_IN_USE, details };
  });
}

/** Names the panels with a switch that are not in the config. */
async function switchChecks({ config, store }: Context, only: string | undefined): Promise<Check[]> {
  const removed = (await readEnforcements(config, store)).listRemoved();
  return removed
    .filter((panel) => panel === (only ?? panel))
    .map((panel) => {
      const { code, message } = removedSwitch(panel);
      return { name: NAMES[code], object: panel, status: 'warning', message, code, details: { panel } };
    });
}

/** Names the lines that services of different clients have now: nobody is billed for their calls. */
export async function lineChecks(context: Context, { name: panel, telephony }: Panel): Promise<Check[]> {
  if (telephony === undefined) return [];
  const checks: Check[] = [];
  for (const { subscriber, periods } of await listLines(context, panel, telephony)) {
    const open = periods.filter(({ until }) => until === null);
    const [first] = open;
    if (first === undefined || open.every(({ client }) => client === first.client)) continue;
    const owners = open.map(
      ({ service, client }) => `${service} (${client === null ? 'no client' : `client ${client}`})`,
    );
    checks.push({
      name: 'shared line',
      object: subscriber,
      status: 'warning',
      message: `services of different clients have line ${subscriber} of panel "${panel}": ${owners.join(', ')}; its calls are billed to nobody`,
      code: 'line_shared',
      details: { service: open.at(-1)?.service ?? '' },
    });
  }
  return checks;
}

/** Lists what several services of a panel use, as it was last read. */
export async function sharedChecks(
  { store, config }: Context,
  panel: Panel,
  services: readonly ServiceRecord[],
): Promise<Check[]> {
  const { objects } = panel;
  if (objects?.nameShared === undefined) return [];
  const living = new Map(services.filter(isLiving).map((each) => [each.id, each]));
  const users = new Map<string, string[]>();
  for (const record of await store.resources.list({ services: [...living.keys()] })) {
    const service = living.get(record.service);
    if (service === undefined || record.panel !== panel.name) continue;
    if (record.mapping.join() !== toMapping(service).join()) continue;
    for (const resource of record.resources) {
      users.set(resource, [...(users.get(resource) ?? []), record.service]);
    }
  }
  const shared = new Map<string, { ids: string[]; names: string[] }>();
  for (const [resource, ids] of users) {
    const name = objects.nameShared(resource);
    if (ids.length < 2 || name === null) continue;
    const key = ids.join(' ');
    const entry = shared.get(key) ?? { ids, names: [] };
    entry.names.push(name);
    shared.set(key, entry);
  }
  const isAllowed = (id: string): boolean =>
    findEntry(config.products, living.get(id)?.product ?? '')?.allowSharedPorts === true;
  return [...shared.values()].map(({ ids, names }) => ({
    name: 'shared',
    object: nameFew(ids),
    status: ids.every(isAllowed) ? 'ok' : 'warning',
    message: `${ids.length} services use ${nameFew(names)}, as last read`,
    code: 'shared_ports',
  }));
}
