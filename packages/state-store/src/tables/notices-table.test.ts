import { describe, expect, it } from '@jest/globals';
import { minute, notice } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('notices', () => {
  const at = useStore();

  it('writes each event once, and says which were new', async () => {
    const first = notice('n-1', { key: 'k' });
    expect(await at.store.notices.add([first, notice('n-2', { key: 'k' }), notice('n-3')])).toEqual([
      first,
      notice('n-3'),
    ]);
    expect(await at.store.notices.add([notice('n-4', { key: 'k' })])).toEqual([]);
    expect((await at.store.notices.list()).map((each) => each.id)).toEqual(['n-1', 'n-3']);
  });

  it('lists by each filter', async () => {
    await at.store.notices.add([
      notice('n-1', { run: null, service: null, panel: null, at: minute(1) }),
      notice('n-2', { at: minute(2) }),
      notice('n-3', { at: minute(3), run: 'run-2' }),
    ]);
    const ids = async (filter: Parameters<typeof at.store.notices.list>[0]): Promise<string[]> =>
      (await at.store.notices.list(filter)).map((each) => each.id);
    expect(await ids({ run: 'run-2' })).toEqual(['n-3']);
    expect(await ids({ service: 'svc-1' })).toEqual(['n-2', 'n-3']);
    expect(await ids({ since: minute(2), limit: 1 })).toEqual(['n-2']);
    expect(await ids({ newestFirst: true, limit: 1 })).toEqual(['n-3']);
  });
});
