import { describe, expect, it } from '@jest/globals';
import { hold, minute, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('holds', () => {
  const at = useStore();

  it('has one open hold of a reason for each service', async () => {
    expect(await at.store.holds.add(hold('h-1'))).toBe(true);
    expect(await at.store.holds.add(hold('h-2'))).toBe(false);
    expect(await at.store.holds.add(hold('h-3', { reason: 'manual', origin: 'operator', note: 'asked' }))).toBe(true);
    await at.store.holds.end('h-1', minute(5));
    expect(await at.store.holds.add(hold('h-4', { since: minute(6) }))).toBe(true);
    expect((await at.store.holds.open()).map((each) => each.id)).toEqual(['h-3', 'h-4']);
    expect((await at.store.holds.all({ service: 'svc-1' })).map((each) => [each.id, each.until])).toEqual([
      ['h-1', minute(5)],
      ['h-3', null],
      ['h-4', null],
    ]);
  });

  it('keeps the first end', async () => {
    await at.store.holds.add(hold('h-1'));
    await at.store.holds.end('h-1', minute(5));
    await at.store.holds.end('h-1', minute(9));
    expect((await at.store.holds.all()).map((each) => each.until)).toEqual([minute(5)]);
    await expect(at.store.holds.end('h-9', minute(9))).rejects.toMatchObject({ code: 'store_not_found' });
  });

  it('reverts an end unless another hold of the reason is open', async () => {
    await at.store.holds.add(hold('h-1'));
    await at.store.holds.end('h-1', minute(5));
    expect(await at.store.holds.reopen('h-1')).toBe(true);
    expect(await at.store.holds.open()).toEqual([hold('h-1')]);
    await at.store.holds.end('h-1', minute(6));
    await at.store.holds.add(hold('h-2', { since: minute(7) }));
    expect(await at.store.holds.reopen('h-1')).toBe(false);
    expect((await at.store.holds.open()).map(({ id }) => id)).toEqual(['h-2']);
    await expect(at.store.holds.reopen('h-9')).rejects.toMatchObject({ code: 'store_not_found' });
  });

  it('lists open ones by service, panel and reason', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2', { panel: 'relay' })]);
    await at.store.holds.add(hold('h-1'));
    await at.store.holds.add(hold('h-2', { service: 'svc-2' }));
    await at.store.holds.add(hold('h-3', { service: 'svc-2', reason: 'billing' }));
    const ids = async (filter: Parameters<typeof at.store.holds.open>[0]): Promise<string[]> =>
      (await at.store.holds.open(filter)).map((each) => each.id);
    expect(await ids({ services: ['svc-2'] })).toEqual(['h-2', 'h-3']);
    expect(await ids({ panel: 'relay', reason: 'billing' })).toEqual(['h-3']);
    expect(await ids({ panel: 'dcim' })).toEqual(['h-1']);
  });

  it('changes what a hold rests on', async () => {
    await at.store.holds.add(hold('h-1'));
    await at.store.holds.update('h-1', { note: 'n', cycle: null, usedBytes: 20, allowedBytes: null });
    await at.store.holds.update('h-1', {});
    const changed = hold('h-1', { note: 'n', cycle: null, usedBytes: 20, allowedBytes: null });
    expect(await at.store.holds.open()).toEqual([changed]);
    await expect(at.store.holds.update('h-1', { usedBytes: 0.5 })).rejects.toMatchObject({ code: 'store_invalid' });
    expect(await at.store.holds.open()).toEqual([changed]);
  });
});
