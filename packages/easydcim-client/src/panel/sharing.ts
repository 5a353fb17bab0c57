import { staffText } from '@sluice/messages/staff';
import type { TargetState, HoldInForce, ItemError, Plan, Sharer } from '@sluice/panel-kind';
import type { EvidenceRecord } from '@sluice/quota-core';
import { SUSPENSION } from './settings.js';
import type { EasyDcimState } from './state.js';

/** What a hold restricts. */
export interface HoldTargets {
  ports: boolean;
  order: boolean;
}

/**
 * Returns what a hold restricts. A suspension suspends the order; a service without an order gets the product's restriction for
 * the quota. Pure.
 */
export function toHoldTargets({ restriction }: HoldInForce, action: string, hasOrder: boolean): HoldTargets {
  if (restriction === SUSPENSION && hasOrder) return { ports: false, order: true };
  const applied = restriction === SUSPENSION ? action : restriction;
  return { ports: applied !== 'suspend-order', order: applied !== 'disable-ports' };
}

/**
 * Lists the services that lose their connection when a port of this one is disabled. What this one has `left` behind is not
 * shared. Pure.
 */
export function listPortSharers({ sharers }: Pick<TargetState, 'sharers'>, left: readonly EvidenceRecord[]): Sharer[] {
  const leftResources = left.map(({ target }) => `port:${target}`);
  return sharers.filter(({ shared }) =>
    shared.some((resource) => !resource.startsWith('order:') && !leftResources.includes(resource)),
  );
}

/** Lists the services that name the same order. Pure. */
export function listOrderSharers({ sharers }: Pick<TargetState, 'sharers'>, order: string): Sharer[] {
  return sharers.filter(({ shared }) => shared.includes(`order:${order}`));
}

/** Finds a hold of another service that has what this service left behind. Pure. */
export function findNewOwner(
  sharers: readonly Sharer[],
  { kind, target }: Pick<EvidenceRecord, 'kind' | 'target'>,
): HoldInForce | null {
  const what = kind === 'order' ? 'order' : 'ports';
  const owners = sharers.filter(({ shared }) => shared.includes(`${kind}:${target}`));
  return owners.map((sharer) => restrictingHold(sharer, what)).find((hold) => hold !== null) ?? null;
}

/** Finds a hold of another service that also restricts the target of this evidence. Pure. */
export function findHeir(
  sharers: readonly Sharer[],
  { kind, target }: Pick<EvidenceRecord, 'kind' | 'target'>,
  what: keyof HoldTargets,
): { sharer: Sharer; hold: HoldInForce } | null {
  for (const sharer of sharers) {
    const usesTarget = sharer.shared.some(
      (resource) => resource === `${kind}:${target}` || (what === 'ports' && resource.startsWith('service:')),
    );
    if (!usesTarget || (what === 'ports' && !sharer.allowSharedPorts)) continue;
    const hold = restrictingHold(sharer, what);
    if (hold) return { sharer, hold };
  }
  return null;
}

/** Whether a service without a hold loses its connection by this evidence. Pure. */
export function hasInnocent(sharers: readonly Sharer[], { target }: Pick<EvidenceRecord, 'target'>): boolean {
  return sharers.some(
    (sharer) =>
      sharer.shared.some((resource) => resource === `port:${target}` || resource.startsWith('service:')) &&
      restrictingHold(sharer, 'ports') === null,
  );
}

function restrictingHold(sharer: Sharer, what: keyof HoldTargets): HoldInForce | null {
  const hasOrder = sharer.service.refs['easydcim_order_id'] !== undefined;
  return sharer.holds.find((hold) => toHoldTargets(hold, sharer.action, hasOrder)[what]) ?? null;
}

/** Returns why a shared order is not suspended: a service without a hold names it too. Pure. */
export function findSharedOrder(target: TargetState, order: string, sharers: readonly Sharer[]): ItemError | null {
  if (target.product.allowSharedPorts) return null;
  const innocent = sharers.filter((sharer) => restrictingHold(sharer, 'order') === null);
  if (innocent.length === 0) return null;
  return {
    code: 'shared_order',
    message: `"${target.service.id}" names the same order ${order} as ${formatSharers(innocent)}: suspending it would affect both; correct easydcim_order_id, or set allowSharedPorts: true in the product`,
  };
}

/** Returns why ports are not disabled: another service uses them. */
export function toSharedPorts({ service }: TargetState, sharers: readonly Sharer[]): ItemError {
  return {
    code: 'shared_ports',
    message: `"${service.id}" shares its server or ports with ${formatSharers(sharers)}: disabling them would affect both; correct easydcim_service_id or easydcim_server_id if they do not share them, otherwise use action suspend-order, or set allowSharedPorts: true in the product`,
  };
}

/** Returns why ports are not disabled: services that may use them could not be read. */
export function unknownSharers({ service }: TargetState, unread: readonly string[]): ItemError {
  return {
    code: 'shared_unknown',
    message: `"${service.id}": its ports were not disabled, because ${formatIds(unread)} may share them and could not be read; set easydcim_server_id of all of them, or fix the read errors and run again`,
  };
}

/** Lists what is restricted for a hold of another service only. Pure. */
export function restrictedForOthers(
  target: TargetState,
  { order, ports }: EasyDcimState,
  needed: HoldTargets,
): { target: string; what: string; sharer: Sharer; hold: HoldInForce }[] {
  const found: ReturnType<typeof restrictedForOthers> = [];
  const add = (kind: 'order' | 'port', id: string, what: keyof HoldTargets): void => {
    const heir = findHeir(target.sharers, { kind, target: id }, what);
    if (heir) found.push({ target: id, what: kind, ...heir });
  };
  if (!needed.order && order?.suspended === true) add('order', order.id, 'order');
  if (needed.ports) return found;
  const isOurs = (id: string): boolean => target.evidence.some((item) => item.kind === 'port' && item.target === id);
  for (const port of (ports ?? []).filter(({ management }) => !management)) {
    // A port without a visible state counts as Sluice switched it.
    if (port.adminEnabled === false || (port.adminEnabled === null && isOurs(port.id))) add('port', port.id, 'ports');
  }
  return found;
}

/** Returns the notices about it, one per hold that restricts ports and one for the order. Pure. */
export function stillRestricted(
  { service }: TargetState,
  found: ReturnType<typeof restrictedForOthers>,
): NonNullable<Plan['notices']> {
  const groups = new Map<string, typeof found>();
  for (const item of found) {
    const key = `still_restricted:${service.id}:${item.what}:${item.hold.id}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups].map(([key, items]) => ({
    code: 'still_restricted',
    key,
    ...describeRestricted(service.id, items),
  }));
}

function describeRestricted(
  id: string,
  items: ReturnType<typeof restrictedForOthers>,
): { hold: string; message: string } {
  const [{ what, sharer, hold }] = items as [(typeof items)[number]];
  const targets = items.map(({ target }) => target);
  const values = { service: id, other: sharer.service.id, reason: hold.reason, since: hold.since };
  const message =
    what === 'order'
      ? staffText('staff.easydcim.orderStays', { ...values, order: targets.join() })
      : staffText('staff.easydcim.portsStay', { ...values, count: targets.length, ports: targets.join(' and ') });
  return { hold: hold.id, message };
}

function formatSharers(sharers: readonly Sharer[]): string {
  return formatIds(sharers.map(({ service }) => service.id));
}

const SHOWN = 10;

function formatIds(ids: readonly string[]): string {
  const more = ids.length - SHOWN;
  return more > 0 ? `${ids.slice(0, SHOWN).join(', ')} and ${more} more` : ids.join(', ');
}
