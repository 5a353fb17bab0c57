import { SluiceError, type Observation } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { EasyDcimState, PortState } from './state.js';

/**
 * Returns the resources of a service: itself, its server, its order and its ports except management ports. A service that is gone
 * from the panel has none. Pure.
 */
export function easyDcimResources(service: ServiceRecord, observation: Observation<EasyDcimState> | null): string[] {
  const state = observation?.state ?? null;
  if (state?.isGone === true) return [];
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

/**
 * Marks the ports of another device, such as the uplink of a switch, like management ports: they are never switched. The list
 * must have ports of the service's server, too. Pure.
 */
export function markForeign(service: ServiceRecord, state: EasyDcimState): PortState[] | null {
  const { ports } = state;
  const servers = listServers(service, state);
  const isOwn = ({ itemId }: PortState): boolean => itemId !== null && servers.includes(itemId);
  if (ports?.some(isOwn) !== true) return ports;
  return ports.map((port) => (port.itemId === null || isOwn(port) ? port : { ...port, management: true }));
}

/** Returns the servers that the mapping and, last, the order name for a service. Pure. */
export function listServers({ refs }: Pick<ServiceRecord, 'refs'>, { order }: EasyDcimState): string[] {
  return [refs['easydcim_server_id'], order?.serverId].flatMap((id) => id ?? []);
}

/** Whether its order is suspended or one of its ports disabled. Pure. */
export function isRestricted({ state }: Observation<EasyDcimState>): boolean {
  const isShut = state?.ports?.some((port) => !port.management && port.adminEnabled === false) === true;
  return isShut || state?.order?.suspended === true;
}

/** Whether all ports of a service were read, or the service is gone from the panel. Pure. */
export function isComplete(_service: ServiceRecord, { state }: Observation<EasyDcimState>): boolean {
  return state !== null && (state.ports !== null || state.isGone);
}

/** Whether services may share ports. Services on known, different servers share none. Pure. */
export function mayShare(own: readonly string[], other: readonly string[]): boolean {
  const servers = own.filter(isServer);
  const others = other.filter(isServer);
  return servers.length === 0 || others.length === 0 || servers.some((server) => others.includes(server));
}

/** Returns the name of a port or an order; several services may have one server. Pure. */
export function nameShared(resource: string): string | null {
  const [, kind = '', id = ''] = /^(port|order):(.*)$/s.exec(resource) ?? [];
  return kind === '' ? null : `${kind} ${id}`;
}

function isServer(resource: string): boolean {
  return resource.startsWith('server:');
}

function named(kind: string, id: string | null | undefined): string[] {
  return id == null ? [] : [`${kind}:${id}`];
}

/** Refs that are sent to the panel: the ids in addresses, the user in a header. */
export type SentRef = 'easydcim_service_id' | 'easydcim_order_id' | 'easydcim_user';

/** Empty, a relative folder, or half of a pair of surrogates, which can't be sent even when encoded. */
const NO_SEGMENT = /^\s*$|^\.{1,2}$|\p{Cs}/u;
const NO_HEADER = /^\s*$|[^\t\x20-\x7e\x80-\xff]/;

/**
 * Returns a ref as it is sent; undefined where the service has none. Throws `bad_ref` for one that can't be sent, which an older
 * version may have stored.
 */
export function toSentRef({ id, refs }: Pick<ServiceRecord, 'id' | 'refs'>, key: SentRef): string | undefined {
  const value = refs[key];
  const unfit = key === 'easydcim_user' ? NO_HEADER : NO_SEGMENT;
  if (value === undefined || !unfit.test(value)) return value;
  throw new SluiceError(
    'bad_ref',
    `"${id}": ${key} ${JSON.stringify(value)} contains characters that can't be sent to the panel; correct it`,
    {
      kind: 'panel',
      details: { service: id, key },
    },
  );
}

/** Whether the refs for a service's usage can be sent. */
export function isSendable(service: Pick<ServiceRecord, 'id' | 'refs'>): boolean {
  try {
    toSentRef(service, 'easydcim_service_id');
    toSentRef(service, 'easydcim_user');
    return true;
  } catch {
    return false;
  }
}
