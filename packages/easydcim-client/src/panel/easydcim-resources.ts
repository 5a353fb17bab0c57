import type { ServiceRecord } from '@sluice/quota-core';
import type { Observation } from '@sluice/panel-kind';
import type { EasyDcimState } from './easydcim-state.js';

/**
 * Pure: the ids that a service stands on: itself, its server, its order and its ports without those for management. A
 * service that the panel does not know stands on nothing.
 */
export function easyDcimResources(service: ServiceRecord, observation: Observation<EasyDcimState> | null): string[] {
  const state = observation?.state ?? null;
  if (state !== null && isMissing(service, state)) return [];
  const { easydcim_service_id: serviceId, easydcim_server_id: serverId, easydcim_order_id: orderId } = service.refs;
  const ids = [
    ...named('service', serviceId),
    ...named('server', serverId),
    ...named('order', orderId),
    ...named('server', state?.order?.serverId),
    ...(state?.ports ?? []).filter((port) => !port.management).map((port) => `port:${port.id}`),
  ];
  return [...new Set(ids)];
}

/** Pure: whether its order is suspended or one of its ports disabled. */
export function isRestricted({ state }: Observation<EasyDcimState>): boolean {
  const isShut = state?.ports?.some((port) => !port.management && port.adminEnabled === false) === true;
  return isShut || state?.order?.suspended === true;
}

/** Pure: whether all ports of a service were read, or the panel says that it does not exist. */
export function isComplete(service: ServiceRecord, { state }: Observation<EasyDcimState>): boolean {
  return state !== null && (state.ports !== null || isMissing(service, state));
}

/** Pure: ports belong to servers, so services on known, different servers share none. */
export function mayShare(own: readonly string[], other: readonly string[]): boolean {
  const servers = own.filter(isServer);
  const others = other.filter(isServer);
  return servers.length === 0 || others.length === 0 || servers.some((server) => others.includes(server));
}

function isServer(resource: string): boolean {
  return resource.startsWith('server:');
}

/** An order that still names the service contradicts that it is gone. */
function isMissing({ refs }: ServiceRecord, { isGone, order }: EasyDcimState): boolean {
  return isGone && (order === null || order.serviceId === null || order.serviceId !== refs['easydcim_service_id']);
}

function named(kind: string, id: string | null | undefined): string[] {
  return id == null ? [] : [`${kind}:${id}`];
}
