import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { easydcim } from '@sluice/easydcim-client/panel';
import { createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { type FakeEasyDcim, manualClock, startFakeEasyDcim } from '@sluice/fake-panels';
import { openStore, type StateStore } from '@sluice/state-store';

const TOKEN = 'panel-secret-9f3c';
const DAY = 86_400_000;
const time = manualClock('2026-11-20T12:00:00Z');
const clock = { ...time, sleep: () => Promise.resolve() };

let fakes: FakeEasyDcim[];
let store: StateStore;
let sluice: Sluice;
/** How often the store was cleaned up, and whether that fails. */
let [pruned, fails] = [0, false];

beforeEach(async () => {
  [pruned, fails] = [0, false];
  fakes = await Promise.all(
    ['a', 'b', 'c'].map(() => startFakeEasyDcim({ token: TOKEN, now: clock.now, timeZone: 'UTC' })),
  );
  const panels = Object.fromEntries(
    fakes.map(({ url }, index) => [`p${index}`, { kind: 'easydcim', url, token: TOKEN, allowHttp: true, retries: 0 }]),
  );
  store = await openStore({ location: ':memory:', clock });
  const { prune } = store.maintenance;
  store.maintenance.prune = (request) => {
    pruned += 1;
    return fails ? Promise.reject(new Error('no room')) : prune(request);
  };
  const config = parseConfig({ timeZone: 'UTC', panels, products: {} }, [easydcim]);
  sluice = await createSluice({ config, store, kinds: [easydcim], clock });
});
afterEach(async () => {
  await sluice.close();
  await store.close();
  for (const fake of fakes) await fake.close();
});

const reconcileEach = async (): Promise<void> => {
  for (const panel of ['p0', 'p1', 'p2']) {
    await sluice.reconcile({ panel });
    time.advance(60_000);
  }
};

it('is cleaned up once a day by runs over one panel each', async () => {
  await reconcileEach();
  expect(pruned).toBe(1);
  time.advance(DAY - 600_000);
  await reconcileEach();
  expect(pruned).toBe(2);
});

it('is cleaned up by each run over all panels, and then by no run over one of them on that day', async () => {
  await sluice.reconcile();
  await sluice.reconcile();
  await reconcileEach();
  expect(pruned).toBe(2);
});

it('is cleaned up by the next run where that failed', async () => {
  fails = true;
  const failed = await sluice.reconcile({ panel: 'p0' });
  expect(failed.error?.message).toContain('no room');
  fails = false;
  await reconcileEach();
  expect(pruned).toBe(2);
});
