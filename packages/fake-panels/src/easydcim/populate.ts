import { type FakeEasyDcim } from './fake-easydcim.js';
import { type Rate } from './model.js';

/** The ids of one service that `populateEasyDcim` made. */
export interface PopulatedService {
  readonly serviceId: number;
  readonly orderId: number;
  readonly serverId: number;
  readonly userId: number;
  readonly portIds: readonly [number, number];
  readonly managementPortId: number;
}

/** Settings of `populateEasyDcim`. */
export interface PopulateOptions {
  /** The rate of the services, by their number from 0. Default: 500 KB/s in and 100 KB/s out for each. */
  readonly rate?: (index: number) => Rate;
  /** Since when their traffic grows, milliseconds since 1970. Default: now. */
  readonly since?: number;
}

/**
 * Adds `count` services, each with a user, a server and an order of its own, two ports and a management port.
 * Ids follow from the number: service and user N, order 1 000 000 + N, server 2 000 000 + N,
 * ports 10 N, 10 N + 1 and 10 N + 9 (management), N from 1.
 */
export function populateEasyDcim(fake: FakeEasyDcim, count: number, options: PopulateOptions = {}): PopulatedService[] {
  const { rate = () => ({ inBytesPerSecond: 500_000, outBytesPerSecond: 100_000 }), since } = options;
  return Array.from({ length: count }, (_, index) => {
    const n = index + 1;
    const made: PopulatedService = {
      serviceId: n,
      orderId: 1_000_000 + n,
      serverId: 2_000_000 + n,
      userId: n,
      portIds: [10 * n, 10 * n + 1],
      managementPortId: 10 * n + 9,
    };
    fake.addService({
      id: made.serviceId,
      orderId: made.orderId,
      serverId: made.serverId,
      user: made.userId,
      ports: [
        { id: made.portIds[0], name: 'eth0' },
        { id: made.portIds[1], name: 'eth1' },
        { id: made.managementPortId, name: 'iDRAC', management: true },
      ],
      rate: rate(index),
      ...(since === undefined ? {} : { since }),
    });
    return made;
  });
}
