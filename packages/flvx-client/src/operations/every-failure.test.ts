import { diffStates, type FaultRule, type FlvxState } from '@sluice/fake-panels';
import { describe, expect, it } from '@jest/globals';
import { journalling, nothingKept, scenarios, type Scenario } from '../test/scenarios.js';
import { name, startWorld, type World } from '../test/world.js';

type Way = Pick<FaultRule, 'fault' | 'when'> & { way: string };

const body = (code: number, msg: string): FaultRule['fault'] => ({
  kind: 'body',
  body: { code, msg, ts: 1_795_156_811_072 },
});
const before: Way[] = [
  { way: 'time-out before', fault: { kind: 'hang' } },
  { way: 'cut before', fault: { kind: 'cut' } },
  { way: 'code -1', fault: body(-1, '节点不在线') },
  { way: 'code -2', fault: body(-2, 'database is locked (5) (SQLITE_BUSY)') },
  { way: 'code 401', fault: body(401, '无效的token或token已过期') },
  { way: 'code 403', fault: body(403, '权限不足，仅管理员可操作') },
];
const after: Way[] = [
  { way: 'time-out after the change', fault: { kind: 'hang' }, when: 'after' },
  { way: 'cut after the change', fault: { kind: 'cut' }, when: 'after' },
];
const seldom: Way[] = [
  { way: 'cut within the answer', fault: { kind: 'truncated' }, when: 'after' },
  { way: 'code -2 after the change', fault: body(-2, 'database is locked (5) (SQLITE_BUSY)'), when: 'after' },
  { way: 'HTTP 504 page after the change', fault: { kind: 'html', status: 504 }, when: 'after' },
];

interface Failure extends Way {
  n: number;
  endpoint: string;
  times: number;
}

/** The whole table takes minutes: without SLUICE_LONG every write fails in every way, and every read in two. */
const long = process.env.SLUICE_LONG === '1';

/** Reads fail three times in a row, because the transport repeats them by itself. */
function failuresOf(calls: Recorded['calls']): Failure[] {
  return calls.flatMap(({ endpoint, changing }, n) => {
    const ways = changing
      ? [...before, ...after, ...(long ? seldom : [])]
      : before.filter(({ way }) => long || /cut|403/.test(way));
    const times = changing ? (long ? [1, 3] : [1]) : [3];
    return ways.flatMap((way) => times.map((often) => ({ ...way, n, endpoint, times: often })));
  });
}

interface Recorded {
  /** What a run without any failure leaves behind. */
  state: FlvxState;
  calls: { endpoint: string; changing: boolean }[];
}

async function inWorld<T>(scenario: Scenario, work: (world: World) => Promise<T>): Promise<T> {
  const world = await startWorld({ timeouts: { writeMs: 120, readMs: 120 }, retry: { baseDelayMs: 1 } });
  try {
    scenario.setUp(world.flvx);
    return await work(world);
  } finally {
    await world.close();
    expect(world.flvx.server.failures).toEqual([]);
  }
}

function record(scenario: Scenario): Promise<Recorded> {
  return inWorld(scenario, async ({ flvx, client }) => {
    const kept = nothingKept();
    const result = await scenario.run(client, kept, { hooks: journalling(kept) });
    expect({ done: result.done, error: result.error }).toEqual({ done: true, error: null });
    return { state: flvx.state(), calls: flvx.server.calls.map(({ endpoint, changing }) => ({ endpoint, changing })) };
  });
}

/** The operation with its n-th call failing this way, then again by a new client, as the next run of a program would. */
function failAndRepeat(scenario: Scenario, failure: Failure, expected: FlvxState): Promise<string[]> {
  const { n, times, fault, when } = failure;
  return inWorld(scenario, async ({ flvx, client, connect }) => {
    const kept = nothingKept();
    const options = { hooks: journalling(kept) };
    flvx.server.inject({ skip: n, times, fault, ...(when === undefined ? {} : { when }) });
    await scenario.run(client, kept, options).catch((error: unknown) => {
      expect(error).toHaveProperty('code');
    });
    flvx.server.clearFaults();
    const result = await scenario.run(connect(), kept, options);
    const problems = diffStates(expected, flvx.state());
    if (!result.done) problems.push(`not done: ${result.remaining.map((step) => step.id).join(' ')}`);
    const accounts = [...flvx.world.users.values()].filter((user) => user.user === name).length;
    if (accounts > 1) problems.push(`${accounts} accounts`);
    return problems;
  });
}

async function inParallel<Item>(items: Item[], workers: number, work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

describe('every call failing in every way, and the operation run again', () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'ends in the same final state: %s',
    async (_name, scenario) => {
      const { state, calls } = await record(scenario);
      const cases = failuresOf(calls);
      const wrong: Record<string, string[]> = {};
      await inParallel(cases, 12, async (failure) => {
        const problems = await failAndRepeat(scenario, failure, state);
        const { way, n, endpoint, times } = failure;
        if (problems.length > 0) wrong[`${way}, ${times} times from call ${n} (${endpoint})`] = problems;
      });
      expect(wrong).toEqual({});
      expect(cases.length).toBeGreaterThan(calls.length);
    },
    180_000,
  );
});
