import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ADOPT,
  dumpStore,
  killAtCommit,
  killAtFile,
  type MovingBench,
  readFolder,
  startMovingBench,
  succeed,
} from './moving-bench.js';

const LONG = process.env['SLUICE_LONG'] === '1';
/** More moments than a command has. */
const MOST = 300;

type State = { store: ReturnType<typeof dumpStore>; config: string };

let at: MovingBench;
let folder: ReturnType<typeof readFolder>;
/** Before `adopt apply`, and after an undisturbed one. */
let [before, whole]: State[] = [];
let goBack: () => void;

const read = (): State => ({ store: dumpStore(at.bench.path('sluice.db')), config: at.bench.read('sluice.yaml') });

beforeAll(async () => {
  at = await startMovingBench();
  // The config is a link into another folder, and others of the group read it.
  mkdirSync(at.bench.path('etc'));
  renameSync(at.bench.path('sluice.yaml'), at.bench.path('etc/shop.yaml'));
  symlinkSync('etc/shop.yaml', at.bench.path('sluice.yaml'));
  chmodSync(at.bench.path('etc/shop.yaml'), 0o640);
  await succeed(at, ADOPT, 3);
  folder = readFolder(at.bench.path('adopted'));
  expect(Object.keys(folder ?? {})).toHaveLength(8);
  before = read();
  goBack = at.keep();
  await succeed(at, 'adopt apply adopted');
  whole = read();
  expect(Object.keys(whole.store)).toEqual(expect.arrayContaining(['services', 'purchases', 'holds', 'evidence']));
  expect(whole.config).toContain('adopted/products.yaml');
});

afterAll(() => at.close());

/** Runs the built command in an environment that kills it; returns whether it did. */
async function isKilled(words: string, env: Record<string, string>): Promise<boolean> {
  const { signal, exitCode, stdout, stderr } = await at.start(words, env).ended;
  if (signal === null && ![0, 3].includes(exitCode)) throw new Error(`${words}: ${exitCode} ${stdout} ${stderr}`);
  return signal === 'SIGKILL';
}

/** Kills a command at each moment in turn until it ends by itself; unless the long tests run, at these alone. */
async function killAtEach(moments: readonly number[], each: (n: number) => Promise<boolean>): Promise<void> {
  if (!LONG) {
    for (const n of moments) expect([n, await each(n)]).toEqual([n, true]);
    return;
  }
  let n = 1;
  while (await each(n)) if (++n > MOST) throw new Error('The command has too many moments.');
  expect(n).toBeGreaterThan(Math.max(1, ...moments));
}

it.each([
  ['before', [35]],
  ['after', [20]],
] as const)(
  '"adopt" that is killed %s anything that it does to files leaves all of them or none; a repeat writes the same',
  async (when, moments) => {
    await killAtEach(moments, async (n) => {
      goBack();
      rmSync(at.bench.path('adopted'), { recursive: true });
      const wasKilled = await isKilled(ADOPT, killAtFile(at.bench.path('adopted.'), when, n));
      const left = readFolder(at.bench.path('adopted'));
      if (left === null) await succeed(at, ADOPT, 3);
      expect(readFolder(at.bench.path('adopted'))).toEqual(folder);
      expect(at.bench.read('sluice.yaml')).toBe(before?.config);
      return wasKilled;
    });
  },
);

/** Expects all or none after a kill, and all after a repeat. */
async function expectWholeAfterRepeat(): Promise<void> {
  const left = read();
  expect([before?.config, whole?.config]).toContain(left.config);
  if (left.store['services'] === undefined) expect(left.store).toEqual(before?.store);
  else expect(left).toEqual(whole);
  expectSameFile();
  await succeed(at, 'adopt apply adopted');
  expect(read()).toEqual(whole);
  expectSameFile();
  const { holds } = JSON.parse(at.bench.read('sluice.db.holds.json')) as { holds: unknown[] };
  expect(holds).toHaveLength(10);
}

function expectSameFile(): void {
  expect(lstatSync(at.bench.path('sluice.yaml')).isSymbolicLink()).toBe(true);
  expect(statSync(at.bench.path('sluice.yaml')).mode & 0o777).toBe(0o640);
}

describe('"adopt apply" that is killed', () => {
  it('before a commit has stored all or nothing; a repeat stores the same', async () => {
    await killAtEach([2, 4], async (n) => {
      goBack();
      const wasKilled = await isKilled('adopt apply adopted', killAtCommit(n));
      await expectWholeAfterRepeat();
      return wasKilled;
    });
  });

  it.each([
    ['before', 'the config', 'etc/shop.yaml.', [3]],
    ['after', 'the config', 'etc/shop.yaml.', [5]],
    ['before', 'the file of open holds', 'sluice.db.holds.json.', [6]],
  ] as const)('%s anything that it does to drafts of %s, too', async (when, _, drafts, moments) => {
    await killAtEach(moments, async (n) => {
      goBack();
      const wasKilled = await isKilled('adopt apply adopted', killAtFile(at.bench.path(drafts), when, n));
      await expectWholeAfterRepeat();
      return wasKilled;
    });
  });
});
