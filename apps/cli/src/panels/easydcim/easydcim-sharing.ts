import type { EvidenceRecord, HoldRecord, ServiceRecord } from '@sluice/state-store';
import type { ItemError } from '../../errors.js';
import type { Desired, Plan, Sharer } from '../panel.js';

/** What a hold restricts. */
export interface Wants {
  ports: boolean;
  order: boolean;
}

/**
 * Pure: what a hold restricts. A quota hold does the action in force; a billing or manual hold suspends the order, or
 * does the action where the service has no order.
 */
export function wantsOf(hold: HoldRecord, action: string, hasOrder: boolean): Wants {
  if (hold.reason !== 'quota' && hasOrder) return { ports: false, order: true };
  return { ports: action !== 'suspend-order', order: action !== 'disable-ports' };
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
): { service: ServiceRecord; hold: HoldRecord } | null {
  for (const sharer of sharers) {
    const standsOnIt = sharer.shared.some(
      (resource) => resource === `${kind}:${target}` || (what === 'ports' && resource.startsWith('service:')),
    );
    if (!standsOnIt || (what === 'ports' && !sharer.allowSharedPorts)) continue;
    const hold = restrictingHold(sharer, what);
    if (hold) return { service: sharer.service, hold };
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

function restrictingHold(sharer: Sharer, what: keyof Wants): HoldRecord | null {
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

/** Tells that a target stays restricted for another service. */
export function stillRestricted(
  { service }: Desired,
  item: EvidenceRecord,
  other: ServiceRecord,
): NonNullable<Plan['notices']>[number] {
  return {
    code: 'still_restricted',
    key: `still_restricted:${item.id}:${other.id}`,
    message: `${service.id} is released, but ${item.kind} ${item.target} stays as it is: ${other.id} shares it and is held`,
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
