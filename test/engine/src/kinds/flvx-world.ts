import type { Sluice } from '@sluice/engine';
import { type Fault, type FakeFlvx, type FlvxState, startFakeFlvx } from '@sluice/fake-panels';
import type { PanelWorld, PanelWorlds, SuiteClock, SuiteOperation, SuiteService } from '@sluice/panel-kind/testing';
import { type Faults, toPort, toWays } from './port.js';
import { GB } from './suite-parts.js';

const PASSWORD = 'Very-secret-admin-1';

const envelope = (code: number, msg: string): Fault => ({
  kind: 'body',
  body: JSON.stringify({ code, msg, ts: 1_795_176_000_000 }),
});

/** How a call fails; all but the last two leave the panel as it was. */
const FAULTS: Faults = {
  'a time-out before': { when: 'before', fault: { kind: 'hang' } },
  'code -1': { when: 'before', fault: envelope(-1, '操作失败') },
  'code -2': { when: 'before', fault: envelope(-2, 'database is locked (5) (SQLITE_BUSY)') },
  'code 401': { when: 'before', fault: envelope(401, '无效的token或token已过期') },
  'code 403': { when: 'before', fault: envelope(403, '权限不足，仅管理员可操作') },
  'a time-out after the change': { when: 'after', fault: { kind: 'hang' } },
  'a cut connection': { when: 'after', fault: { kind: 'cut' } },
};

type Row = Record<string, unknown>;
const changeUsers = (change: (row: Row) => Row | null): Fault => ({
  kind: 'mutate',
  change: (answer) => {
    const { data, ...rest } = answer as { data: Row[] };
    return { ...rest, data: data.flatMap((row) => change(row) ?? []) };
  },
});
/** What the list of users is instead. */
const UNREADABLE: Record<string, Fault> = {
  'a web page': { kind: 'html' },
  'a refusal': envelope(-1, '操作失败'),
  'an empty list': changeUsers(() => null),
  'no figure': changeUsers((row) => ({ ...row, inFlow: null })),
  'a text for a figure': changeUsers((row) => ({ ...row, inFlow: 'much' })),
};

const toUser = ({ refs }: SuiteService): number => Number(refs['flvx_user_id']);
const listForwards = (panel: FakeFlvx, user: number) =>
  [...panel.world.forwards.values()].filter(({ userId }) => userId === user);

/** A forward as staff switch it in the panel. */
function switchForward(panel: FakeFlvx, id: number, isOn: boolean): void {
  const forward = panel.world.forwards.get(id);
  if (forward === undefined) return;
  forward.status = isOn ? 1 : 0;
  for (const node of panel.world.nodes.values())
    for (const [name, service] of node.agent.services) if (name.startsWith(`${id}_`)) service.paused = !isOn;
}

function readRunning(panel: FakeFlvx, user: number): unknown {
  const forwards = listForwards(panel, user).map(({ id, name, remoteAddr }) => ({
    ...{ name, remoteAddr },
    runs: panel.isRunning(id),
    speed: panel.findSpeed(id),
  }));
  return { status: panel.user(user)?.status ?? 'gone', forwards };
}

async function open(clock: SuiteClock): Promise<PanelWorld> {
  const panel = await startFakeFlvx({
    now: clock.now,
    admin: { name: 'admin_user', password: PASSWORD },
    onWait: (ms) => {
      clock.advance(ms);
    },
  });
  const hk = panel.addTunnel({ name: 'HK-01', entryNodes: [panel.addNode('hk-entry')] });
  const jp = panel.addTunnel({ name: 'JP-02', entryNodes: [panel.addNode('jp-entry')] });
  const other = panel.addUser({ user: 'somebody-else' });
  panel.addPermission(other, hk);
  panel.addForward(other, hk, { name: 'theirs' });
  /** Speed limits of the users before they exceeded their quota. */
  const speeds = new Map<number, { speed: number | null }>();
  const product = (tunnels: Row, more: Row = {}): Row => ({
    ...{ panel: 'relay', quota: { total: '100GB' }, ...more },
    flvx: tunnels,
  });
  return {
    config: (timeout) => ({
      panels: {
        relay: {
          ...{ kind: 'flvx', url: panel.url, allowHttp: true, username: 'admin_user', password: PASSWORD },
          ...{ retries: 0, timeout },
        },
      },
      products: {
        relay: product({ tunnelId: hk }),
        slow: product({ tunnelId: hk, speedMbit: 50, throttleMbit: 2 }, { action: 'throttle' }),
        nowhere: product({ tunnelId: hk }, { action: 'redirect' }),
        counted: product({ tunnelId: hk, maxForwards: 1, enforceMaxForwards: true }),
        big: product({ tunnelIds: [hk, jp], maxForwards: 20, speedMbit: 50 }, { quota: { total: '300GB' } }),
      },
    }),
    addService: () => ({}),
    // Two forwards that run, and one that the customer has paused.
    furnish(service) {
      const user = toUser(service);
      for (const name of ['web', 'game']) panel.addForward(user, hk, { name });
      panel.addForward(user, hk, { name: 'off', paused: true });
    },
    exceed(service) {
      speeds.set(toUser(service), { speed: panel.permission(toUser(service), hk)?.speedId ?? null });
      const [forward] = listForwards(panel, toUser(service));
      panel.traffic(forward?.id ?? 0, { in: 90 * GB, out: 20 * GB });
    },
    passDays() {
      panel.midnight();
      panel.hour();
    },
    running: (service) => readRunning(panel, toUser(service)),
    isRestricted(service) {
      const forwards = listForwards(panel, toUser(service));
      if (service.product === 'slow') return panel.findSpeed(forwards[0]?.id ?? 0) === 0.2;
      const isDiverted = forwards.every(({ remoteAddr }) => remoteAddr.startsWith('127.'));
      return forwards.every(({ id }) => !panel.isRunning(id)) && (service.product !== 'nowhere' || isDiverted);
    },
    foreign: () => readRunning(panel, other),
    state: () => toState(panel),
    port: toPort(panel.server, FAULTS),
    stop(service) {
      const game = listForwards(panel, toUser(service)).find(({ name }) => name === 'game');
      if (game === undefined || !panel.isRunning(game.id)) return false;
      switchForward(panel, game.id, false);
      return true;
    },
    async free(service) {
      const permission = panel.permission(toUser(service), hk);
      const { speed = null } = speeds.get(toUser(service)) ?? {};
      // It starts all forwards of the permission on their nodes.
      if (service.product === 'slow')
        await panel.customer(1, 0).post('/tunnel/user/update', { ...permission, speedId: speed });
      for (const { id, name } of listForwards(panel, toUser(service))) switchForward(panel, id, name !== 'off');
    },
    act(act, service) {
      const { world } = panel;
      const user = toUser(service);
      if (act === 'remove') {
        for (const { id } of listForwards(panel, user)) world.forwards.delete(id);
        world.permissions.delete(world.findPermission(user, hk)?.id ?? 0);
        world.users.delete(user);
      }
      const row = world.users.get(user);
      const permission = world.findPermission(user, hk);
      if (act === 'reset-usage')
        for (const one of [row, permission]) Object.assign(one ?? {}, { inFlow: 0, outFlow: 0 });
      if (act === 'damage') {
        Object.assign(row ?? {}, { flow: 7, expTime: 1_900_000_000_000, flowResetTime: 4 });
        world.permissions.delete(world.findPermission(user, jp)?.id ?? 0);
      }
    },
    spoil(_service, how) {
      const fault = UNREADABLE[how];
      if (fault !== undefined) panel.server.inject({ endpoint: /\/user\/list$/, when: 'after', fault });
    },
    honest: () => {
      panel.server.clearFaults();
    },
    async close() {
      const { failures } = panel.server;
      await panel.close();
      if (failures.length > 0) throw new Error(`the fake failed: ${failures.join(', ')}`);
    },
  };
}

/**
 * The whole state. What differs from run to run is replaced: names, passwords, and the ids of permissions, which are given in the
 * order in which these come to be.
 */
function toState(panel: FakeFlvx): FlvxState {
  const state = panel.state();
  const rows = Object.values(state.permissions) as { id: number; userId: number; tunnelId: number }[];
  const names = new Map(rows.map(({ id, userId, tunnelId }) => [id, `user ${userId} on tunnel ${tunnelId}`]));
  const permissions = Object.fromEntries(rows.map((row) => [String(names.get(row.id)), { ...row, id: null }]));
  const text = JSON.stringify({ ...state, permissions })
    .replaceAll(/sl-[0-9a-z]{20}/g, 'NAME')
    .replaceAll(/"pwd":"[0-9a-f]{32}"/g, '"pwd":"MD5"')
    .replaceAll(/"(\d+_\d+)_(\d+)_(tcp|udp)"/g, (_whole, forward: string, permission: string, protocol: string) =>
      JSON.stringify(`${forward}, ${names.get(Number(permission)) ?? permission}, ${protocol}`),
    );
  return JSON.parse(text) as FlvxState;
}

const OPERATIONS: Record<string, SuiteOperation<Sluice>> = {
  'create with two tunnels': {
    product: 'big',
    withoutAccount: true,
    run: (sluice, { id }) => sluice.provision.create(id),
  },
  'terminate with two tunnels': { product: 'big', run: (sluice, { id }) => sluice.provision.terminate(id) },
  'a reconcile that restores a permission': {
    product: 'big',
    setUp(_sluice, service, world) {
      world.act('damage', service);
      return Promise.resolve();
    },
    run: (sluice) => sluice.reconcile(),
  },
  'a poll that throttles forwards that run': {
    product: 'slow',
    async setUp(sluice, service, world) {
      await sluice.overrides.set(service.id, { quota: '300GB' });
      await sluice.poll();
      world.exceed(service);
      await sluice.overrides.set(service.id, { quota: '100GB' });
    },
    run: (sluice) => sluice.poll(),
  },
  'a change of package that pauses a forward too many': {
    run: (sluice, { id }) => sluice.provision.changePackage(id, 'counted'),
    reverse: (sluice, { id }) => sluice.provision.changePackage(id, 'relay'),
  },
};

export const flvxWorlds: PanelWorlds<Sluice> = {
  limited: [
    { name: 'relay', releases: ['raise', 'cycle'] },
    { name: 'slow', releases: ['raise', 'cycle'] },
    { name: 'nowhere', releases: ['raise'] },
  ],
  package: 'big',
  ways: toWays(FAULTS),
  unreadable: Object.keys(UNREADABLE),
  staffActs: ['remove', 'reset-usage', 'damage'],
  customersFree: true,
  leavesToReconcile: true,
  operations: OPERATIONS,
  open,
};
