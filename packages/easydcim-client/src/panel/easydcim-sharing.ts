import type { EvidenceRecord } from '@sluice/quota-core';
import type { Desired, ItemError, Plan, Sharer, HoldInForce } from '@sluice/panel-kind';
import type { EasyDcimState } from './easydcim-state.js';
import { SUSPENSION } from './settings.js';

/** What a hold restricts. */
export interface Wants {
  ports: boolean;
  order: boolean;
}

/**
 * Pure: what a hold restricts. A suspension suspends the order; where the service has none, it does what the product names
 * for the quota.
 */
export function wantsOf({ restriction }: HoldInForce, action: string, hasOrder: boolean): Wants {
  if (restriction === SUSPENSION && hasOrder) return { ports: false, order: true };
  const wanted = restriction === SUSPENSION ? action : restriction;
  return { ports: wanted !== 'suspend-order', order: wanted !== 'disable-ports' };
}

/** Pure: the services that lose their connection when a port of this one is disabled. */
export function portSharers({ sharers }: Pick<Desired, 'sharers'>): Sharer[] {
  return sharers.filter(({ shared }) => shared.some((resource) => !resource.startsWith('order:')));
}

/** Pure: the services that name the same order. */
export function orderSharers({ sharers }: Pick<Desired, 'sharers'>, order: string): Sharer[] {
  return sharers.filter(({ shared }) => shared.includes(`order:${order}`));
}

/** Pure: a hold of another service that restricts the target of this evidence too. */
export function heirOf(
  sharers: readonly Sharer[],
  { kind, target }: Pick<EvidenceRecord, 'kind' | 'target'>,
  what: keyof Wants,
): { sharer: Sharer; hold: HoldInForce } | null {
  for (const sharer of sharers) {
    const standsOnIt = sharer.shared.some(
      (resource) => resource === `${kind}:${target}` || (what === 'ports' && resource.startsWith('service:')),
    );
    if (!standsOnIt || (what === 'ports' && !sharer.allowSharedPorts)) continue;
    const hold = restrictingHold(sharer, what);
    if (hold) return { sharer, hold };
  }
  return null;
}

/** Pure: whether a service that no hold restricts loses its connection by this evidence. */
export function innocentOf(sharers: readonly Sharer[], { target }: Pick<EvidenceRecord, 'target'>): boolean {
  return sharers.some(
    (sharer) =>
      sharer.shared.some((resource) => resource === `port:${target}` || resource.startsWith('service:')) &&
      restrictingHold(sharer, 'ports') === null,
  );
}

function restrictingHold(sharer: Sharer, what: keyof Wants): HoldInForce | null {
  const hasOrder = sharer.service.refs['easydcim_order_id'] !== undefined;
  return sharer.holds.find((hold) => wantsOf(hold, sharer.action, hasOrder)[what]) ?? null;
}

/** Pure: why a shared order is not suspended: one of the services that name it is not to be restricted. */
export function sharedOrder(desired: Desired, order: string, sharers: readonly Sharer[]): ItemError | null {
  if (desired.product.allowSharedPorts) return null;
  const innocent = sharers.filter((sharer) => restrictingHold(sharer, 'order') === null);
  if (innocent.length === 0) return null;
  return {
    code: 'shared_order',
    message: `"${desired.service.id}" names the same order ${order} as ${idsOf(innocent)}: suspending it would hit both; correct easydcim_order_id, or set allowSharedPorts: true in the product`,
  };
}

/** Why ports are not disabled: another service stands on them. */
export function sharedPorts({ service }: Desired, sharers: readonly Sharer[]): ItemError {
  return {
    code: 'shared_ports',
    message: `"${service.id}" shares its server or ports with ${idsOf(sharers)}: disabling them would hit both; use action suspend-order, or allowSharedPorts: true in the product`,
  };
}

/** Why ports are not disabled: services that might stand on them could not be read. */
export function unknownSharers({ service }: Desired, unread: readonly string[]): ItemError {
  return {
    code: 'shared_unknown',
    message: `"${service.id}": its ports were not disabled, because ${listed(unread)} may share them and could not be read; set easydcim_server_id of both, or make them readable and run again`,
  };
}

/** Pure: what the panel shows restricted for a hold of another service, which no hold of this one needs. */
export function restrictedForOthers(
  desired: Desired,
  { order, ports }: EasyDcimState,
  needed: Wants,
): { target: string; what: string; sharer: Sharer; hold: HoldInForce }[] {
  const found: ReturnType<typeof restrictedForOthers> = [];
  const add = (kind: 'order' | 'port', target: string, what: keyof Wants): void => {
    const heir = heirOf(desired.sharers, { kind, target }, what);
    if (heir) found.push({ target, what: kind, ...heir });
  };
  if (!needed.order && order?.suspended === true) add('order', order.id, 'order');
  if (needed.ports) return found;
  const isOurs = (id: string): boolean => desired.evidence.some((item) => item.kind === 'port' && item.target === id);
  for (const port of (ports ?? []).filter(({ management }) => !management)) {
    // A port that shows no state is as Sluice left it.
    if (port.adminEnabled === false || (port.adminEnabled === null && isOurs(port.id))) add('port', port.id, 'ports');
  }
  return found;
}

/** Pure: the notices about it, one for each hold that restricts ports and one for the order. */
export function stillRestricted(
  { service }: Desired,
  found: ReturnType<typeof restrictedForOthers>,
): NonNullable<Plan['notices']> {
  const groups = new Map<string, typeof found>();
  for (const item of found) {
    const key = `still_restricted:${service.id}:${item.what}:${item.hold.id}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups].map(([key, items]) => ({ code: 'still_restricted', key, ...wordsOf(service.id, items) }));
}

function wordsOf(id: string, items: ReturnType<typeof restrictedForOthers>): { hold: string; message: string } {
  const [{ what, sharer, hold }] = items as [(typeof items)[number]];
  const targets = items.map(({ target }) => target);
  const plural = targets.length > 1;
  const stays =
    what === 'order'
      ? `order ${targets.join()} stays suspended`
      : `port${plural ? 's' : ''} ${targets.join(' and ')} stay${plural ? '' : 's'} disabled`;
  const other = sharer.service.id;
  const remedy =
    what === 'order'
      ? 'correct easydcim_order_id if it is the order of one of them only'
      : 'correct easydcim_service_id or easydcim_server_id if they do not share';
  return {
    hold: hold.id,
    message: `${id}: ${stays}, though no hold of ${id} needs it: ${other} shares ${plural ? 'them' : 'it'} and has a ${hold.reason} hold since ${hold.since}; ${remedy}`,
  };
}

function idsOf(sharers: readonly Sharer[]): string {
  return listed(sharers.map(({ service }) => service.id));
}

const SHOWN = 10;

function listed(ids: readonly string[]): string {
  const more = ids.length - SHOWN;
  return more > 0 ? `${ids.slice(0, SHOWN).join(', ')} and ${more} more` : ids.join(', ');
}
