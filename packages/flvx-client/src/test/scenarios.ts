import type { FakeFlvx } from '@sluice/fake-panels';
import type { FlvxClient } from '../client.js';
import {
  changePackage,
  changePassword,
  ensurePermission,
  ensureUser,
  renew,
  resetCounters,
  resume,
  setQuota,
  suspend,
  terminate,
} from '../operations/run-operations.js';
import type { FlvxEvidence, FlvxHold } from '../plan/evidence.js';
import type { FlvxPermissionValues } from '../records/permission.js';
import type { FlvxExecution, FlvxHooks } from '../run/outcome.js';
import type { FlvxRunOptions } from '../run/operation.js';
import { epochMs, gigabytes, megabits, type Bytes } from '../units/units.js';
import { day, GB, name, password, product, start } from './world.js';

/** What a caller keeps between two runs: what the hooks gave him. */
export interface Kept {
  evidence: FlvxEvidence | null;
  /** Values of permissions that a broken-off run may have overwritten. */
  keep: FlvxPermissionValues[];
}

export const nothingKept = (): Kept => ({ evidence: null, keep: [] });

/** Hooks that keep what a journal would keep. */
export function journalling(kept: Kept): FlvxHooks {
  return {
    evidence(evidence) {
      kept.evidence = structuredClone(evidence);
    },
    before(step) {
      if (step.type === 'update-user' && kept.keep.length === 0) kept.keep = structuredClone(step.prior.permissions);
    },
  };
}

/** An operation on a panel that holds a customer and a neighbour. */
export interface Scenario {
  name: string;
  setUp(flvx: FakeFlvx): void;
  run(client: FlvxClient, kept: Kept, options: FlvxRunOptions): Promise<FlvxExecution>;
}

const scope = { userId: 2, name };
const tunnel = 1;
const other = 2;
const pauseHold: FlvxHold = { mode: 'pause', closeUser: true };

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

/** Puts the customer into the state that a finished suspension leaves. */
function suspended(flvx: FakeFlvx, mode: 'pause' | 'redirect'): void {
  customerAndNeighbour(flvx);
  const { world } = flvx;
  const user = world.users.get(2);
  if (user !== undefined) user.status = 0;
  for (const row of world.permissions.values()) if (row.userId === 2) row.status = 0;
  for (const row of world.forwards.values()) {
    if (row.userId !== 2) continue;
    row.status = 0;
    if (mode === 'redirect') row.remoteAddr = '127.0.0.1:9';
  }
  for (const id of world.nodes.keys()) {
    for (const [service, state] of flvx.node(id).agent.services) {
      if (service.split('_')[1] !== '2') continue;
      state.paused = true;
      if (mode === 'redirect') Object.assign(state, { targets: ['127.0.0.1:9'] });
    }
  }
}

const suspendedEvidence: FlvxEvidence = {
  user: { priorStatus: 1 },
  permissions: [
    { id: 1, tunnelId: tunnel, priorStatus: 1 },
    { id: 2, tunnelId: other, priorStatus: 1 },
  ],
  forwards: [1, 2, 3, 4].map((id) => ({ id, wasRunning: id % 2 === 1, remoteAddr: '198.51.100.20:443' })),
  speed: null,
};

const used = { inBytes: (3 * GB) as Bytes, outBytes: (4 * GB) as Bytes };
const reading = { user: used, permissions: [{ id: 1, ...used }] };

function used7(flvx: FakeFlvx): void {
  customerAndNeighbour(flvx);
  flvx.traffic(1, { in: used.inBytes, out: used.outBytes });
}

export const scenarios: Scenario[] = [
  {
    name: 'ensureUser with a name of ours',
    setUp: (flvx) => void flvx.addTunnel(),
    run: (client, _kept, options) =>
      ensureUser(client, { name, nameIsOurs: true }, { name, ...product }, { ...options, password }),
  },
  {
    name: 'ensureUser of an account that is there',
    setUp: customerAndNeighbour,
    run: (client, { keep }, options) =>
      ensureUser(
        client,
        scope,
        { name, ...product, quota: gigabytes(30), setPassword: true, keep, repause: 'all' },
        {
          ...options,
          password: 'Another-2',
        },
      ),
  },
  {
    name: 'ensurePermission with a speed of its own',
    setUp: customerAndNeighbour,
    run: (client, { keep }, options) =>
      ensurePermission(
        client,
        scope,
        { ...product, tunnels: [tunnel], speed: { kind: 'own', key: name, speed: megabits(50) }, keep },
        options,
      ),
  },
  {
    name: 'ensurePermission on a new tunnel',
    setUp(flvx) {
      customerAndNeighbour(flvx);
      flvx.addTunnel({ name: 'US-03' });
    },
    run: (client, _kept, options) =>
      ensurePermission(client, scope, { ...product, tunnels: [3], speed: { kind: 'shared', limitId: 1 } }, options),
  },
  ...(['pause', 'redirect'] as const).map((mode): Scenario => ({
    name: `suspend by ${mode}`,
    setUp: customerAndNeighbour,
    run: (client, { evidence, keep }, options) =>
      suspend(client, scope, { hold: { mode, closeUser: true }, evidence, keep }, options),
  })),
  {
    name: 'suspend by throttle',
    setUp: customerAndNeighbour,
    run: (client, { evidence, keep }, options) =>
      suspend(
        client,
        scope,
        {
          hold: { mode: 'throttle', closeUser: false },
          evidence,
          throttle: { key: name, speed: megabits(1) },
          quota: gigabytes(99_999),
          keep,
        },
        options,
      ),
  },
  ...(['pause', 'redirect'] as const).map((mode): Scenario => ({
    name: `resume from ${mode}`,
    setUp: (flvx) => {
      suspended(flvx, mode);
    },
    run: (client, { keep }, options) => resume(client, scope, { evidence: suspendedEvidence, keep }, options),
  })),
  {
    name: 'resume from throttle',
    setUp(flvx) {
      customerAndNeighbour(flvx);
      const limit = flvx.addSpeedLimit(tunnel, 1, `sluice:${name}:1M`);
      for (const row of flvx.world.permissions.values()) if (row.userId === 2) row.speedId = limit;
    },
    run: (client, { keep }, options) =>
      resume(
        client,
        scope,
        {
          evidence: {
            user: null,
            permissions: [],
            forwards: [],
            speed: {
              ourName: `sluice:${name}:1M`,
              ourSpeedId: null,
              prior: [
                { tunnelId: tunnel, priorSpeedId: 1 },
                { tunnelId: other, priorSpeedId: null },
              ],
            },
          },
          keep,
        },
        options,
      ),
  },
  {
    name: 'renew with a reset',
    setUp: used7,
    run: (client, { keep }, options) =>
      renew(
        client,
        scope,
        { expiresAt: epochMs(start + 60 * day), tunnels: [tunnel], reset: reading, reopen: true, keep },
        options,
      ),
  },
  {
    name: 'renew at the end of a hold',
    setUp: (flvx) => {
      suspended(flvx, 'pause');
    },
    run: (client, { keep }, options) =>
      renew(
        client,
        scope,
        {
          expiresAt: epochMs(start + 60 * day),
          tunnels: [tunnel],
          reopen: true,
          resume: { evidence: suspendedEvidence },
          keep,
        },
        options,
      ),
  },
  {
    name: 'changePackage to another tunnel',
    setUp(flvx) {
      customerAndNeighbour(flvx);
      flvx.addTunnel({ name: 'US-03' });
    },
    run: (client, { keep }, options) =>
      changePackage(
        client,
        scope,
        {
          quota: gigabytes(200),
          maxForwards: 20,
          resetDay: 5,
          tunnels: [3],
          previousTunnels: [tunnel],
          speed: { kind: 'own', key: name, speed: megabits(20) },
          droppedForwards: 'delete',
          keep,
        },
        options,
      ),
  },
  {
    name: 'changePackage of a held service',
    setUp: (flvx) => {
      suspended(flvx, 'pause');
    },
    run: (client, { keep }, options) =>
      changePackage(
        client,
        scope,
        {
          quota: gigabytes(10),
          maxForwards: 2,
          resetDay: 0,
          tunnels: [tunnel],
          previousTunnels: [tunnel],
          speed: { kind: 'none' },
          hold: pauseHold,
          keep,
        },
        options,
      ),
  },
  {
    name: 'changePassword',
    setUp: customerAndNeighbour,
    run: (client, { keep }, options) =>
      changePassword(client, scope, { keep, repause: 'all' }, { ...options, password: 'Another-2' }),
  },
  {
    name: 'setQuota',
    setUp: customerAndNeighbour,
    run: (client, { keep }, options) =>
      setQuota(client, scope, { quota: gigabytes(150), tunnels: [tunnel], keep, repause: 'all' }, options),
  },
  {
    name: 'resetCounters',
    setUp: used7,
    run: (client, _kept, options) => resetCounters(client, scope, { reading }, options),
  },
  {
    name: 'terminate',
    setUp(flvx) {
      customerAndNeighbour(flvx);
      flvx.addSpeedLimit(tunnel, 50, `sluice:${name}:50M`);
    },
    run: (client, _kept, options) => terminate(client, scope, { speedKey: name }, options),
  },
];
