import { describe, expect, it } from '@jest/globals';
import { hold, minute, proof, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('evidence', () => {
  const at = useStore();

  it('has one open row for each target', async () => {
    await at.store.holds.add(hold('hold-1'));
    expect(await at.store.evidence.add(proof('e-1'))).toBe(true);
    expect(await at.store.evidence.add(proof('e-2'))).toBe(false);
    expect(await at.store.evidence.add(proof('e-3', { target: '7002', adopted: true, prior: null }))).toBe(true);
    await at.store.evidence.end('e-1', minute(4), 'undone');
    await at.store.evidence.end('e-1', minute(5), 'dropped');
    expect(await at.store.evidence.add(proof('e-4', { since: minute(6) }))).toBe(true);
    expect((await at.store.evidence.open()).map((each) => each.id)).toEqual(['e-3', 'e-4']);
    expect(await at.store.evidence.ofHolds(['hold-1'])).toEqual([
      proof('e-1', { until: minute(4), outcome: 'undone' }),
      proof('e-3', { target: '7002', adopted: true, prior: null }),
      proof('e-4', { since: minute(6) }),
    ]);
    expect(await at.store.evidence.open({ panel: 'relay' })).toEqual([]);
    expect(await at.store.evidence.open({ services: ['svc-1'], panel: 'dcim' })).toHaveLength(2);
  });

  it('belongs to a hold that is there', async () => {
    await expect(at.store.evidence.add(proof('e-1'))).rejects.toMatchObject({ code: 'store_conflict' });
    await expect(at.store.evidence.end('e-1', minute(1), 'undone')).rejects.toMatchObject({ code: 'store_not_found' });
  });

  it('moves only while it is open, to an open hold', async () => {
    await at.store.holds.add(hold('hold-1'));
    await at.store.holds.add(hold('hold-2', { reason: 'manual' }));
    await at.store.holds.add(hold('hold-3', { reason: 'billing' }));
    await at.store.evidence.add(proof('e-1'));
    expect(await at.store.evidence.move('e-1', 'hold-2')).toBe(true);
    expect((await at.store.evidence.ofHolds(['hold-2'])).map((each) => each.id)).toEqual(['e-1']);
    await at.store.holds.end('hold-3', minute(1));
    expect(await at.store.evidence.move('e-1', 'hold-3')).toBe(false);
    expect((await at.store.evidence.ofHolds(['hold-2'])).map((each) => each.id)).toEqual(['e-1']);
    await expect(at.store.evidence.move('e-1', 'hold-9')).rejects.toMatchObject({ code: 'store_not_found' });
    await expect(at.store.evidence.move('e-9', 'hold-1')).rejects.toMatchObject({ code: 'store_not_found' });
    await at.store.evidence.end('e-1', minute(1), 'undone');
    await expect(at.store.evidence.move('e-1', 'hold-1')).rejects.toMatchObject({ code: 'store_conflict' });
  });

  it('moves to the hold of another service on its panel, and to none elsewhere', async () => {
    await at.store.services.put([service('svc-2'), service('svc-3', { panel: 'other' })]);
    await at.store.holds.add(hold('hold-1'));
    await at.store.holds.add(hold('hold-2', { service: 'svc-2' }));
    await at.store.holds.add(hold('hold-3', { service: 'svc-3' }));
    await at.store.evidence.add(proof('e-1'));
    await expect(at.store.evidence.move('e-1', 'hold-3')).rejects.toMatchObject({ code: 'store_conflict' });
    expect(await at.store.evidence.move('e-1', 'hold-2')).toBe(true);
    expect((await at.store.evidence.open({ services: ['svc-2'] })).map((each) => each.id)).toEqual(['e-1']);
    expect(await at.store.evidence.open({ services: ['svc-1'] })).toEqual([]);
  });
});
