import type { FakeFlvx } from '@sluice/fake-panels';
import { name, password, product } from './world.js';

const tunnel = 1;
const other = 2;

/**
 * Two tunnels; the customer (id 2) with a forward that runs (1) and one that he paused (2) on the first, and on the second,
 * which the operator gave him by hand with a quota of its own, one of each (3, 4). And a neighbour whom nothing may touch.
 */
export function customerAndNeighbour(flvx: FakeFlvx): void {
  flvx.addTunnel({ name: 'HK-01' });
  flvx.addTunnel({ name: 'JP-02' });
  const values = { flow: 100, num: 10, expTime: product.expiresAt, flowResetTime: 0 };
  const user = flvx.addUser({ user: name, password, ...values });
  flvx.addPermission(user, tunnel);
  flvx.addPermission(user, other, { flow: 7, num: 3 });
  for (const on of [tunnel, other]) {
    flvx.addForward(user, on);
    flvx.addForward(user, on, { paused: true });
  }
  const neighbour = flvx.addUser({ user: `${name}0`, password: 'Neighbour-1' });
  flvx.addPermission(neighbour, tunnel, { flow: 5, speedId: flvx.addSpeedLimit(tunnel, 200) });
  flvx.addForward(neighbour, tunnel);
  flvx.addForward(neighbour, tunnel, { paused: true });
}
