import { chownSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { ADOPT, dumpStore, type MovingBench, startMovingBench, succeed } from './moving-bench.js';

type State = { store: ReturnType<typeof dumpStore>; config: string };

let at: MovingBench;
let goBack: () => void;
/** Before `adopt apply`, and after it. */
let [before, whole]: State[] = [];
/** How many calls of the panel it makes. */
let calls = 0;

const APPLY = 'adopt apply adopted';

const read = (): State => ({ store: dumpStore(at.bench.path('sluice.db')), config: at.bench.read('sluice.yaml') });

beforeAll(async () => {
  at = await startMovingBench();
  await succeed(at, ADOPT, 3);
  before = read();
  goBack = at.keep();
  const ignore = at.shop.panel.server.onCall(() => (calls += 1));
  await succeed(at, APPLY);
  ignore();
  whole = read();
  goBack();
});

afterEach(() => {
  at.shop.panel.server.clearFaults();
  goBack();
});

afterAll(() => at.close());

/** Does something while `adopt apply` waits for the answer to its n-th call, the first one being 0; returns how it ended. */
async function during(n: number, work: () => void | Promise<void>) {
  let isDone = false;
  const until = async (): Promise<void> => {
    await work();
    isDone = true;
  };
  at.shop.panel.server.inject({ skip: n, times: 1, fault: { kind: 'wait', until } });
  const outcome = await at.sluice(APPLY);
  expect([n, isDone]).toEqual([n, true]);
  return outcome;
}

/** Each call, of which the first and the last ones are tried, and some between. */
const listCalls = (): number[] => [...new Set([...few([...Array(calls).keys()], 14), calls - 1])];

describe('"adopt apply"', () => {
  it('by two processes at once stores the same', async () => {
    const ends = await Promise.all([at.start(APPLY).ended, at.start(APPLY).ended]);
    expect(ends.map(({ exitCode }) => exitCode)).toContain(0);
    for (const { exitCode, stderr } of ends)
      if (exitCode !== 0) expect(stderr).toMatch(/nothing was stored; repeat it|another run/);
    expect(read()).toEqual(whole);
    await succeed(at, APPLY);
    expect(read()).toEqual(whole);
  });

  it('beside another one stores the same, whenever that comes', async () => {
    for (const n of listCalls()) {
      goBack();
      const { exitCode, stderr } = await during(n, async () => {
        expect((await at.start(APPLY).ended).exitCode).toBe(0);
      });
      if (exitCode !== 0) expect([exitCode, stderr]).toEqual([2, expect.stringContaining('repeat it')]);
      expect([n, read()]).toEqual([n, whole]);
    }
  });

  it('does not overwrite a config that was edited meanwhile, and stores nothing then', async () => {
    const edited = `${before?.config ?? ''}# edited\n`;
    for (const n of listCalls()) {
      goBack();
      const { exitCode, stderr } = await during(n, () => {
        writeFileSync(at.bench.path('sluice.yaml'), edited);
      });
      expect([n, exitCode, stderr]).toEqual([n, 2, expect.stringContaining('was changed meanwhile')]);
      expect([n, read()]).toEqual([n, { store: before?.store, config: edited }]);
    }
  });

  it('of which the panel fails at any call stores all or nothing, and leaves the config as it was with nothing', async () => {
    for (const n of listCalls()) {
      goBack();
      at.shop.panel.server.inject({ skip: n, times: 1, fault: { kind: 'cut' } });
      const { exitCode } = await at.sluice(APPLY);
      expect([n, read()]).toEqual([n, exitCode === 0 ? whole : before]);
      if (n === 0) expect(exitCode).not.toBe(0);
    }
  });

  it('keeps the owner of the config', async () => {
    if (process.getuid?.() !== 0) return;
    const file = at.bench.path('sluice.yaml');
    chownSync(file, 1234, 2345);
    await succeed(at, `--config ${file} ${APPLY}`);
    expect(statSync(file)).toMatchObject({ uid: 1234, gid: 2345 });
  });
});
