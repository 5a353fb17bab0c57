import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openStore } from '../open-store.js';
import { acquireSchema, type EmptySchema, whyNoPostgres } from '../testing/index.js';
import { type Child, compileStore, start } from '../test/child-processes.js';
import { fillEveryTable, ODD_TEXTS, readEveryTable } from '../test/every-table.js';
import { service } from '../test/records.js';
import { unpack } from '../test/unpack.js';
import { clock, useStore } from '../test/use-store.js';
import { copyStore } from './copy-store.js';

const at = useStore();
const reason = whyNoPostgres();
/** Every point where it can be killed only on request: they are more than a hundred. */
const isLong = process.env['SLUICE_LONG'] === '1';
const LIMIT_MS = isLong ? 3_600_000 : 600_000;
const TEXTS = ODD_TEXTS.filter((text) => !text.includes('u0000'));

/** Copies a store, and is killed at the n-th call of anything that a copy calls; prints how many calls there were. */
const COPY = `
import { copyStore } from './store/index.js';
const [from, to, nth] = process.argv.slice(2);
let calls = 0;
const step = (value) => {
  if ((calls += 1) === Number(nth)) process.kill(process.pid, 'SIGKILL');
  return value;
};
await copyStore({
  ...{ from, to },
  clock: { now: () => step(Date.parse('2026-03-01T00:00:00.000Z')) },
  id: () => step('copy-of-' + process.pid),
  refuseActive: () => step(undefined),
  onProgress: () => step(undefined),
});
console.log(calls);
`;

let kills = 0;
const run = (from: string, to: string, nth: number): Child =>
  start(at.folder, `copy-${(kills += 1)}`, COPY, from, to, String(nth));

/** Writes to a store, and returns what refused it; null where nothing did. */
async function write(location: string): Promise<string | null> {
  try {
    const store = await openStore({ location, clock, create: false });
    try {
      await store.conditions.put({ key: 'written', since: 'now', runs: 1, details: null });
      await store.conditions.end('written');
      return null;
    } finally {
      await store.close();
    }
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** Copies a file, killed at these points, each time going on to the end; nothing is lost, and never are both stores written to. */
async function survive(points: readonly number[], toTarget: () => Promise<string>): Promise<void> {
  const before = await readEveryTable(at.location);
  for (const nth of points) {
    const to = await toTarget();
    const backup = join(at.folder, `source-${nth}`);
    await at.store.maintenance.backup(backup);
    const from = unpack(backup);
    const child = run(from, to, nth);
    await child.rest();
    expect([nth, child.process.signalCode]).toEqual([nth, 'SIGKILL']);
    const codes = [await write(from), await write(to)];
    // Before the first change the store goes on; from then on neither is written to.
    expect([nth, codes[0] === null ? codes[1] : codes[0]]).toEqual([
      nth,
      codes[0] === null ? expect.stringMatching(/^store_(missing|incomplete)$/) : 'store_moved',
    ]);
    expect([nth, codes[1]]).toEqual([nth, expect.stringMatching(/^store_(missing|incomplete|too_old)$/)]);
    await copyStore({ from, to, clock, id: () => 'again', refuseActive: () => undefined });
    expect([await write(from), await write(to)]).toEqual(['store_moved', null]);
    const back = join(at.folder, `back-${nth}.db`);
    await copyStore({ from: to, to: back, clock, id: () => 'back', refuseActive: () => undefined });
    expect(await readEveryTable(back)).toEqual(before);
  }
}

/** Counts what a copy calls: so many points has it. */
async function countPoints(to: string): Promise<number> {
  compileStore(at.folder);
  await fillEveryTable(at.location, TEXTS.slice(0, 4));
  const backup = join(at.folder, 'counted');
  await at.store.maintenance.backup(backup);
  const [calls] = await run(unpack(backup), to, 0).rest();
  return Number(calls);
}

/** A point among the rows and the last one; all where that is asked for. */
function choosePoints(count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  return isLong ? all : all.filter((nth) => nth === 60 || nth === count);
}

describe('a copy that is killed', () => {
  it(
    'to a file goes on when it is repeated',
    async () => {
      let target = 0;
      const points = choosePoints(await countPoints(join(at.folder, 'counted.db')));
      await survive(isLong ? points : points.slice(-1), () =>
        Promise.resolve(join(at.folder, `target-${(target += 1)}.db`)),
      );
    },
    LIMIT_MS,
  );
});

(reason === null ? describe : describe.skip)(`a copy with PostgreSQL${reason === null ? '' : ` (${reason})`}`, () => {
  let schema: EmptySchema;
  beforeAll(async () => {
    schema = await acquireSchema();
  });
  beforeEach(() => schema.drop());
  afterAll(() => schema.release());

  it(
    'that is killed goes on when it is repeated',
    async () => {
      const points = choosePoints(await countPoints(schema.url));
      expect(points.length).toBeGreaterThan(1);
      await survive(isLong ? points : points.slice(0, 1), async () => {
        await schema.drop();
        return schema.url;
      });
    },
    LIMIT_MS,
  );

  it.each(['a file', 'PostgreSQL'])(
    'of %s has all that others wrote to the store until they were refused',
    async (kind) => {
      const from = kind === 'a file' ? at.location : schema.url;
      const to = kind === 'a file' ? schema.url : join(at.folder, 'target.db');
      const stores = await Promise.all([1, 2, 3].map(() => openStore({ location: from, clock, wait: 60_000 })));
      const written: string[] = [];
      const refused: string[] = [];
      let isBegun: () => void = () => undefined;
      const begun = new Promise<void>((resolve) => (isBegun = resolve));
      const writing = stores.map(async (store, writer) => {
        for (let number = 0; ; number += 1) {
          const id = `svc-${writer}-${number}`;
          try {
            await store.services.put([service(id)]);
            written.push(id);
          } catch (error) {
            refused.push((error as { code: string }).code);
            return;
          }
          if (written.length > 30) isBegun();
          // A file is written to without a wait.
          await setImmediate();
        }
      });
      await begun;
      await copyStore({ from, to, clock, id: () => 'beside', refuseActive: () => undefined, wait: 60_000 });
      await Promise.all(writing);
      for (const store of stores) await store.close();
      expect(new Set(refused)).toEqual(new Set(['store_moved']));
      const copy = await openStore({ location: to, clock });
      expect((await copy.services.ids()).sort()).toEqual(written.sort());
      await copy.close();
    },
  );
});
