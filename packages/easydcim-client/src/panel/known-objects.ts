import type { ObserveOptions } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { CallOptions, EasyDcimClient } from '../index.js';
import { type Objects, TRIES } from './absence.js';
import { type SentRef, toSentRef } from './resources.js';
import { isPortAction } from './state.js';

/** Objects of the panel that should exist: by the ids of these services, and by what was restricted for them. */
export interface KnownObjects {
  services: string[];
  orders: string[];
  ports: string[];
  /** The services whose ports can be listed. */
  listing: readonly ServiceRecord[];
}

/** Collects the known objects. */
export function toKnownObjects(listing: readonly ServiceRecord[], open: ObserveOptions['open']): KnownObjects {
  const sent = (key: SentRef): string[] => [...new Set(listing.flatMap((service) => findSent(service, key) ?? []))];
  const rows = [...(open?.values() ?? [])];
  const ports = rows.flatMap(({ evidence, unresolved }) => [
    ...evidence.filter(({ kind }) => kind === 'port').map(({ target }) => target),
    ...unresolved.filter(({ type }) => isPortAction(type)).map(({ target }) => target),
  ]);
  return {
    services: sent('easydcim_service_id'),
    orders: sent('easydcim_order_id'),
    ports: [...new Set(ports)],
    listing,
  };
}

/** Lists ports of a few services that are not this one; those of a service that can't be read are left out. */
async function* listPortsOfOthers(
  { ports }: Pick<EasyDcimClient, 'ports'>,
  known: () => Promise<KnownObjects>,
  { service, options }: { service: ServiceRecord; options: CallOptions },
): AsyncGenerator<{ id: string }> {
  const { listing } = await known();
  const { impersonate: _own, ...call } = options;
  const own = findSent(service, 'easydcim_service_id');
  const readable = listing.flatMap((other) => {
    const id = findSent(other, 'easydcim_service_id');
    const user = findSent(other, 'easydcim_user');
    return id === undefined || id === own ? [] : [{ id, user }];
  });
  for (const { id, user } of readable.slice(0, TRIES)) {
    try {
      for await (const port of ports.list(id, { ...call, ...(user === undefined ? {} : { impersonate: user }) })) {
        yield { id: port.id };
        break;
      }
    } catch {
      // Another service may show one.
    }
  }
}

/** Returns the objects of the panel that show whether one of this service is gone. The options are those of calls about it. */
export function toObjects(
  client: EasyDcimClient,
  known: () => Promise<KnownObjects>,
  service: ServiceRecord,
  options: CallOptions,
): Record<'services' | 'orders' | 'ports', Objects> & { asUser: Objects['get'] } {
  const { services, orders, ports } = client;
  const withoutUser: CallOptions = { ...options, impersonate: null };
  return {
    asUser: (id) => services.get(id, options),
    services: {
      get: (id) => services.get(id, withoutUser),
      list: () => services.list(withoutUser),
      others: async () => (await known()).services,
    },
    orders: {
      get: (id) => orders.get(id, options),
      list: () => orders.list(options),
      others: async () => (await known()).orders,
    },
    ports: {
      get: (id) => ports.get(id, options),
      list: () => listPortsOfOthers(client, known, { service, options }),
      others: async () => (await known()).ports,
    },
  };
}

function findSent(service: ServiceRecord, key: SentRef): string | undefined {
  try {
    return toSentRef(service, key);
  } catch {
    return undefined;
  }
}
