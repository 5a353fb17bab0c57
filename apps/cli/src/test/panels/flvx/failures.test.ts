import { expect } from '@jest/globals';
import { diffStates, type FlvxState } from '@sluice/fake-panels';
import { DAY, flvxConfig, GB, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';
import { describeFailingCalls } from '../../failing-calls.js';

type Rule = Parameters<FlvxBench['panel']['server']['inject']>[0];

const envelope = (code: number, msg: string): Rule['fault'] => ({
  kind: 'body',
  body: JSON.stringify({ code, msg, ts: 1_795_176_000_000 }),
});

/** How a call fails; all but the last two leave the panel as it was. */
const WAYS: Record<string, Pick<Rule, 'fault' | 'when'>> = {
  'a time-out before': { when: 'before', fault: { kind: 'hang' } },
  'code -1': { when: 'before', fault: envelope(-1, '操作失败') },
  'code -2': { when: 'before', fault: envelope(-2, 'database is locked (5) (SQLITE_BUSY)') },
  'code 401': { when: 'before', fault: envelope(401, '无效的token或token已过期') },
  'code 403': { when: 'before', fault: envelope(403, '权限不足，仅管理员可操作') },
  'a time-out after the change': { when: 'after', fault: { kind: 'hang' } },
  'a cut connection': { when: 'after', fault: { kind: 'cut' } },
};

interface Operation {
  setUp: (at: FlvxBench) => Promise<void>;
  words: string;
}

/** A customer with two running forwards and one that he has paused himself. */
async function customer(at: FlvxBench, product = 'relay'): Promise<void> {
  const user = await at.create(1, { product });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'game' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'off', paused: true });
  await ok(at, 'poll');
}

async function ok(at: FlvxBench, words: string): Promise<void> {
  const outcome = await at.run(words);
  if (outcome.exitCode !== 0) throw new Error(`${words}: ${outcome.stdout}${outcome.stderr}`);
}

const OPERATIONS: Record<string, Operation> = {
  create: { setUp: (at) => at.addService(1, { product: 'big' }), words: 'provision create svc-1' },
  suspend: { setUp: (at) => customer(at), words: 'provision suspend svc-1' },
  'suspend by redirecting': { setUp: (at) => customer(at, 'nowhere'), words: 'provision suspend svc-1' },
  unsuspend: {
    async setUp(at) {
      await customer(at, 'nowhere');
      await ok(at, 'provision suspend svc-1');
    },
    words: 'provision unsuspend svc-1',
  },
  renew: { setUp: (at) => customer(at), words: 'provision renew svc-1 --until 2027-02-15' },
  'change-package': { setUp: (at) => customer(at), words: 'provision change-package svc-1 big' },
  'change-password': { setUp: (at) => customer(at), words: 'provision change-password svc-1' },
  terminate: {
    async setUp(at) {
      await customer(at);
      await ok(at, 'provision change-package svc-1 big');
    },
    words: 'provision terminate svc-1 --yes',
  },
  'a poll that holds': {
    async setUp(at) {
      await customer(at);
      at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
    },
    words: 'poll',
  },
  'a poll that throttles': {
    async setUp(at) {
      await customer(at, 'slow');
      at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
    },
    words: 'poll',
  },
  'a poll that opens a cycle and releases': {
    async setUp(at) {
      await customer(at);
      at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
      at.bench.clock.advance(DAY);
      await ok(at, 'poll');
      await ok(at, 'provision renew svc-1');
      at.bench.clock.set('2026-12-15T03:00:00Z');
    },
    words: 'poll',
  },
  'a reconcile that repairs': {
    async setUp(at) {
      await customer(at, 'big');
      const { world } = at.panel;
      Object.assign(world.users.get(3)!, { flow: 7, expTime: 1_900_000_000_000, flowResetTime: 4 });
      world.permissions.delete(world.findPermission(3, at.tunnels.jp)!.id);
    },
    words: 'reconcile',
  },
};

/**
 * The panel's whole state. What differs from run to run is replaced: names, passwords, and the ids of permissions, which are given
 * in the order in which these come to be.
 */
function toState({ panel }: FlvxBench): FlvxState {
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

async function onBench<T>(operation: Operation, work: (at: FlvxBench) => Promise<T>): Promise<T> {
  const at = await startFlvxBench();
  try {
    await operation.setUp(at);
    at.panel.server.clearCalls();
    return await work(at);
  } finally {
    expect(at.panel.server.failures).toEqual([]);
    await at.close();
  }
}

/** Calls that the operation makes when nothing fails, and the state that it leaves. */
function undisturbed(operation: Operation): Promise<{ calls: number; state: FlvxState }> {
  return onBench(operation, async (at) => {
    await ok(at, operation.words);
    return { calls: at.panel.server.calls.length, state: toState(at) };
  });
}

const MOST_REPEATS = 4;

/** What is not as it should be after the call failed and the operation was repeated. */
async function disturbed(operation: Operation, call: number, way: string, state: FlvxState): Promise<string[]> {
  return onBench(operation, async (at) => {
    at.panel.server.inject({ ...WAYS[way]!, skip: call, times: 1 });
    // Short only where a call hangs: a busy machine must not add failures of its own.
    if (WAYS[way]?.fault.kind === 'hang') at.bench.write('sluice.yaml', flvxConfig(at.panel.url, '', '', '700ms'));
    let last = await at.run(operation.words);
    at.bench.write('sluice.yaml', flvxConfig(at.panel.url));
    const codes = [last.exitCode];
    while (last.exitCode !== 0 && codes.length <= MOST_REPEATS) {
      at.bench.clock.advance(60_000);
      last = await at.run(operation.words);
      codes.push(last.exitCode);
    }
    const wrong = diffStates(state, toState(at));
    const planned = await at.run('plan');
    if (planned.exitCode !== 0) wrong.push(`plan: ${planned.stdout}`);
    if (![0, 1, 3].includes(codes[0] ?? -1) || last.exitCode !== 0)
      wrong.push(`exit ${codes.join(', ')}: ${last.stdout}`);
    return wrong.map((line) => `call ${call}, ${way}: ${line}`);
  });
}

describeFailingCalls({
  operations: OPERATIONS,
  ways: Object.keys(WAYS),
  toWay: (index) => index,
  undisturbed,
  disturbed,
});
