import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StateStore } from './store.js';
import { service } from './test/records.js';
import { useStore } from './test/use-store.js';

describe('with each write undone before it is made', () => {
  const at = useStore();
  let store: StateStore;
  beforeEach(async () => {
    process.env['SLUICE_TEST_WRITES'] = 'twice';
    store = await at.open();
  });
  afterEach(() => {
    Reflect.deleteProperty(process.env, 'SLUICE_TEST_WRITES');
  });

  it('work runs twice, and nothing of the first run is there', async () => {
    let runs = 0;
    const seen: string[][] = [];
    const result = await store.write(async (tables) => {
      runs += 1;
      seen.push(await tables.services.ids());
      await tables.services.put([service(`svc-${runs}`)]);
      return runs;
    });
    expect([result, seen, await store.services.ids()]).toEqual([2, [[], []], ['svc-2']]);
  });

  it('work that throws runs once', async () => {
    let runs = 0;
    const failing = store.write(() => Promise.reject(new RangeError(`run ${(runs += 1)}`)));
    await expect(failing).rejects.toThrow('run 1');
    await expect(
      store.write((tables) => tables.actions.end('none', { state: 'applied', endedAt: null })),
    ).rejects.toMatchObject({
      code: 'store_not_found',
    });
  });
});
