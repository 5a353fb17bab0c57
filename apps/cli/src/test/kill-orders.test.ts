import { describe, expect, it } from '@jest/globals';
import { isHoldsFileStale, type RunReport, nodeFiles } from '@sluice/engine';
import { runCommand, startCommand } from './command-process.js';
import { closeAfterTest } from './each-test.js';
import { addToPanel, GB, HOUR, toIds } from './easydcim-bench.js';
import { importServices, toCsv, startKillBench, succeed, type KillBench } from './kill/kill-bench.js';
import { armKill, drawKillPoint, type KillPoint } from './kill/kill-point.js';
import { describeOnEachStore, type StoreKind } from './kill/kill-stores.js';
import { seeds, underSeed, type SeededRandom } from './seeded-random.js';

const LONG = process.env['SLUICE_LONG'] === '1';
const cases = seeds(LONG ? 60 : 1).map((seed, index) => ({ seed, number: index + 1 }));
const PRODUCTS = ['ports', 'order', 'both', 'both', 'ports', 'order'] as const;

/** Services on panel and store that nothing was done to yet. */
async function addServices(at: KillBench): Promise<void> {
  for (const [index] of PRODUCTS.entries()) addToPanel(at.panel, index + 1, [1, 2]);
  at.panel.staffDisablePort(toIds(1).port(2));
  at.panel.staffSuspendOrder(toIds(4).order, 'not paid');
  await importServices(
    at,
    PRODUCTS.map((product, index) => ({ number: index + 1, product })),
  );
}

/** Starts the command and kills it at that point, or lets it end. */
async function killed(at: KillBench, words: string, point: KillPoint): Promise<void> {
  const run = startCommand(words.split(' '), { cwd: at.bench.folder, env: at.env });
  const disarm = armKill(at.panel, run, point);
  await run.ended;
  disarm();
}

const orderEvents = ({ panel }: KillBench): string[] =>
  panel.events
    .filter((event) => event.by === 'api' && event.what.endsWith('order'))
    .map((event) => `${event.what} ${event.id} ${event.changed}`);

async function within(kind: StoreKind, work: (at: KillBench) => Promise<void>): Promise<void> {
  const at = closeAfterTest(await startKillBench(kind));
  await addServices(at);
  await work(at);
  expect((await at.sluice('db check')).exitCode).toBe(0);
  expect(await at.bench.store((store) => isHoldsFileStale(store, nodeFiles, at.bench.folder))).toBe(false);
}

describeOnEachStore((kind) => {
  const isSkipped = kind !== 'a file' && !LONG;
  const because = isSkipped ? ' (in npm run test:long)' : '';
  const most = isSkipped ? describe.skip : describe;

  most(`hold release --all that is killed${because}`, () => {
    const work = (random: SeededRandom): Promise<void> =>
      within(kind, async (at) => {
        const first = at.panel.snapshot();
        const past = Date.now() - HOUR;
        for (const number of [1, 2, 3, 4]) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0, at: past });
        await succeed(at, 'poll');
        await succeed(at, 'hold add svc-5');
        await succeed(at, 'provision suspend svc-6');
        const begun = at.panel.events.length;
        for (let kills = random.whole(1, 3); kills > 0; kills--) {
          at.panel.server.latencyMs = random.whole(0, 8);
          await killed(at, 'hold release --all --yes', drawKillPoint(random, 4));
        }
        const last = await runCommand(['hold', 'release', '--all', '--yes', '--json'], {
          cwd: at.bench.folder,
          env: at.env,
        });
        expect([last.exitCode, last.stderr]).toEqual([0, '']);
        expect(at.panel.snapshot()).toEqual(first);
        const undone = at.panel.events.slice(begun).filter((event) => event.what !== 'enable-port');
        expect(undone.map((event) => `${event.what} ${event.id} ${event.changed}`).sort()).toEqual(
          [2, 3, 5, 6].map((number) => `unsuspend-order ${toIds(number).order} true`),
        );
        await succeed(at, 'poll');
        expect(at.panel.snapshot()).toEqual(first);
        await at.bench.store(async (store) => {
          expect(await store.evidence.open()).toEqual([]);
          expect(await store.holds.open()).toEqual([]);
        });
      });

    it.each(cases)('is finished by a repeat, and nothing is given back twice ($number)', ({ seed }) =>
      underSeed(seed, work),
    );
  });

  most(`an order by name that is killed${because}`, () => {
    const ORDERS = ['provision suspend', 'provision unsuspend', 'hold add', 'hold release'];

    const work = (random: SeededRandom): Promise<void> =>
      within(kind, async (at) => {
        const changes = new Map<string, boolean>();
        for (let orders = random.whole(2, 4); orders > 0; orders--) {
          const service = `svc-${random.pick([2, 3, 5])}`;
          at.panel.server.latencyMs = random.whole(0, 8);
          await killed(at, `${random.pick(ORDERS)} ${service}`, drawKillPoint(random, 1));
          changes.set(service, true);
          if (random.chance(0.5)) await killed(at, 'poll', drawKillPoint(random, 3));
        }
        const last = await runCommand(['poll', '--json'], { cwd: at.bench.folder, env: at.env });
        expect([last.exitCode, last.stderr]).toEqual([0, '']);
        const held = last.json<RunReport>().services.filter((service) => service.holds.length > 0);
        const suspended = [2, 3, 5].filter((number) => at.panel.order(toIds(number).order).status === 'suspended');
        expect(suspended.map((number) => `svc-${number}`)).toEqual(held.map((service) => service.id));
        expect(orderEvents(at).filter((line) => line.endsWith('false'))).toEqual([]);
        // What one order did the next may undo: it goes to and fro, never twice the same way.
        for (const number of [2, 3, 5]) {
          const own = orderEvents(at).filter((line) => line.includes(` ${toIds(number).order} `));
          const words = own.map((line) => line.split('-')[0]);
          expect(words).toEqual(words.map((_, index) => (index % 2 === 0 ? 'suspend' : 'unsuspend')));
        }
        expect(at.panel.order(toIds(4).order).suspension).toEqual({ by: 'staff', reason: 'not paid' });
        await at.bench.store(async (store) => {
          expect(await store.actions.unresolved()).toEqual([]);
        });
      });

    it.each(cases)('is done wholly or not at all after the next poll ($number)', ({ seed }) => underSeed(seed, work));
  });

  it.each(cases)('an import that is killed has stored all of its rows or none ($number)', ({ seed }) =>
    underSeed(seed, async (random) => {
      const at = closeAfterTest(await startKillBench(kind));
      const rows = 3000;
      at.bench.write(
        'services.csv',
        toCsv(Array.from({ length: rows }, (_, index) => ({ number: index + 1, product: 'ports' }))),
      );
      await killed(at, 'service import services.csv', { kind: 'time', ms: random.whole(100, 1200) });
      const count = async (): Promise<number> => (await at.bench.store((store) => store.services.ids())).length;
      expect([0, rows]).toContain(await count());
      await succeed(at, 'service import services.csv');
      expect(await count()).toBe(rows);
      expect((await at.sluice('db check')).exitCode).toBe(0);
    }),
  );
});
