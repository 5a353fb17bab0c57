import { describe, expect, it } from '@jest/globals';
import { minute, override, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('overrides', () => {
  const at = useStore();

  it('ends the open one when another is set', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2')]);
    await at.store.overrides.set(override('o-1'));
    await at.store.overrides.set(override('o-2', { since: minute(5), quotaBytes: null, unlimited: true, mode: 'OUT' }));
    await at.store.overrides.set(override('o-3', { service: 'svc-2' }));
    expect(await at.store.overrides.open(['svc-1'])).toEqual([
      override('o-2', { since: minute(5), quotaBytes: null, unlimited: true, mode: 'OUT' }),
    ]);
    expect((await at.store.overrides.open()).map((each) => each.id)).toEqual(['o-2', 'o-3']);
    expect((await at.store.overrides.all('svc-1')).map((each) => [each.id, each.until])).toEqual([
      ['o-1', minute(5)],
      ['o-2', null],
    ]);
  });

  it('says whether there was one to end', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.overrides.set(override('o-1'));
    expect(await at.store.overrides.end('svc-1', minute(2))).toBe(true);
    expect(await at.store.overrides.end('svc-1', minute(3))).toBe(false);
    expect((await at.store.overrides.all()).map((each) => each.until)).toEqual([minute(2)]);
  });

  it('is refused for a service that is not there', async () => {
    await expect(at.store.overrides.set(override('o-1'))).rejects.toMatchObject({ code: 'store_conflict' });
  });
});
