import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { REAL_PROCESS } from '../real-process.js';
import { serveOn } from '../serve-on.js';
import { ADOPT, dumpStore, type MovingBench, startMovingBench, succeed } from './moving-bench.js';
import type { ProcessEnd } from '../command-process.js';

let at: MovingBench;
let goBack: () => void;
let whole: ReturnType<typeof dumpStore> = {};

const APPLY = 'adopt apply adopted';

/** Tables of what is adopted. */
const ADOPTED = ['services', 'purchases', 'holds', 'evidence', 'service_overrides', 'auto_buy_preferences'];

const read = (): [string, string[] | undefined][] => {
  const store = dumpStore(at.bench.path('sluice.db'));
  return ADOPTED.map((table) => [table, store[table]?.map(withoutRuns)]);
};

/** Without what runs find out: the cycle that a poll begins. */
const withoutRuns = (row: string): string => row.replace(/"cycle":"[^"]*",?/, '');

beforeAll(async () => {
  at = await startMovingBench();
  await succeed(at, ADOPT, 3);
  goBack = at.keep();
  await succeed(at, APPLY);
  whole = dumpStore(at.bench.path('sluice.db'));
});

afterEach(() => {
  at.shop.panel.server.clearFaults();
});

afterAll(() => at.close());

const expected = (): [string, string[] | undefined][] =>
  ADOPTED.map((table) => [table, whole[table]?.map(withoutRuns)]);

it('is applied once more during a poll, which does not disturb it', async () => {
  for (const n of few([0, 1, 3, 5], 2)) {
    goBack();
    await succeed(at, APPLY);
    const applied: ProcessEnd[] = [];
    const until = async (): Promise<void> => {
      applied.push(await at.start(APPLY).ended);
    };
    at.shop.panel.server.inject({ skip: n, times: 1, fault: { kind: 'wait', until } });
    await succeed(at, 'poll');
    expect([n, applied.length]).toEqual([n, 1]);
    for (const { exitCode, stderr } of applied) if (exitCode !== 0) expect([exitCode, stderr]).toEqual([6, stderr]);
    await succeed(at, APPLY);
    expect([n, read()]).toEqual([n, expected()]);
  }
});

it('is applied beside serve, whose runs work with it from then on', async () => {
  goBack();
  at.bench.write('sluice.yaml', `${at.bench.read('sluice.yaml')}serve: { listen: "127.0.0.1:0" }\n`);
  const { owner, isAlive } = REAL_PROCESS;
  const serving = await serveOn(at.bench, 'serve', { ...(owner && { owner }), ...(isAlive && { isAlive }) });
  const applied = await at.start(APPLY).ended;
  expect([applied.exitCode, applied.stderr]).toEqual([0, '']);
  expect(read()).toEqual(expected());
  at.bench.clock.advance(2000);
  await fetch(serving.url);
  const { stderr } = await serving.stop();
  expect(stderr).toBe('sluice: The config was changed; what begins from now on works with it\n');
  expect(at.shop.panel.server.changingCalls()).toEqual([]);
});
