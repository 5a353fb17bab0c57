import { beforeEach, describe, expect, it } from '@jest/globals';
import { useFlvxBench } from '../bench/flvx-bench.js';

const at = useFlvxBench();
beforeEach(() => at.create(1));

const renew = async (options?: { ref?: string | undefined; until?: string }): Promise<string> =>
  (await at.sluice.provision.renew('svc-1', options)).run.outcome;
const dueDate = async (): Promise<unknown> => (await at.bench.store.services.get('svc-1'))?.nextDueDate;
const setDueDate = (date: string): Promise<unknown> => at.sluice.services.set('svc-1', { next_due_date: date });
const cutOff = (): (() => void) => at.panel.server.inject({ fault: { kind: 'status', status: 500 } });

describe('a renewal with a key', () => {
  it('renews once per key, and once more for another', async () => {
    for (const [ref, due] of [
      ['a', '2027-01-15'],
      ['a', '2027-01-15'],
      ['b', '2027-02-15'],
      ['a', '2027-02-15'],
      ['b', '2027-02-15'],
    ]) {
      expect([await renew({ ref }), await dueDate()]).toEqual(['done', due]);
    }
    expect([await renew(), await dueDate()]).toEqual(['done', '2027-03-15']);
  });

  it('finishes the interrupted renewal of its key, however late, and another key renews in the same outage', async () => {
    const restore = cutOff();
    await renew({ ref: 'a' });
    expect(await dueDate()).toBe('2027-01-15');
    await renew({ ref: 'a' });
    expect(await dueDate()).toBe('2027-01-15');
    await renew({ ref: 'b' });
    expect(await dueDate()).toBe('2027-02-15');
    await renew({ ref: 'a' });
    expect(await dueDate()).toBe('2027-02-15');
    restore();
    expect([await renew({ ref: 'b' }), await renew({ ref: 'a' }), await dueDate()]).toEqual([
      'done',
      'done',
      '2027-02-15',
    ]);
    const expiry = new Date(at.panel.user(3)?.expTime ?? 0).toISOString();
    expect(expiry.slice(0, 10)).toBe('2027-02-15');
  });

  it('finishes what was interrupted after more than half of the renewed time', async () => {
    const restore = cutOff();
    await renew({ ref: 'a' });
    restore();
    at.bench.clock.set('2027-01-10T00:00:00Z');
    expect([await renew({ ref: 'a' }), await dueDate()]).toEqual(['done', '2027-01-15']);
  });

  it('refuses the key of a renewal to another date', async () => {
    expect(await renew({ ref: 'a', until: '2027-03-01' })).toEqual('done');
    expect(await renew({ ref: 'a', until: '2027-03-01' })).toEqual('done');
    await expect(renew({ ref: 'a', until: '2027-04-01' })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'ref_used',
    });
    expect(await dueDate()).toBe('2027-03-01');
  });
});

describe('a renewal without a key', () => {
  it('moves the due date once when a repeat finishes what was broken off', async () => {
    at.panel.server.inject({ endpoint: /user\/update$/, fault: { kind: 'cut' }, times: 2 });
    expect(await renew()).not.toBe('done');
    for (const due of ['2027-01-15', '2027-02-15']) {
      expect(await renew()).toBe('done');
      expect(at.panel.user(3)?.expTime).toBe(Date.parse(due));
    }
  });
});

describe('a renewal that was interrupted', () => {
  const later = '2027-01-20';
  const earlier = '2026-12-20';

  it.each([{}, { ref: 'a' }, { ref: 'a', until: '2027-01-15' }])(
    'as %j keeps a later due date that was set before its repeat',
    async (options) => {
      const restore = cutOff();
      await renew(options);
      expect(await dueDate()).toBe('2027-01-15');
      restore();
      await setDueDate(later);
      const preview = await at.sluice.provision.renew('svc-1', { ...options, dryRun: true });
      expect(preview.service.nextDueDate).toBe(later);
      expect([await renew(options), await dueDate()]).toEqual(['done', later]);
      expect(at.panel.user(3)?.expTime).toBe(Date.parse(later));
      expect(await at.bench.store.actions.unresolved()).toEqual([]);
    },
  );

  it('keeps a later due date when a repeat without its key replaces it, and is done then', async () => {
    const restore = cutOff();
    await renew({ ref: 'a' });
    restore();
    await setDueDate(later);
    expect([await renew(), await renew({ ref: 'a' }), await dueDate()]).toEqual(['done', 'done', later]);
  });

  it('moves an earlier due date that was set before its repeat to its own', async () => {
    const restore = cutOff();
    await renew();
    restore();
    await setDueDate(earlier);
    expect([await renew(), await dueDate()]).toEqual(['done', '2027-01-15']);
  });

  it('moves a later due date back to the date that the repeat states', async () => {
    const restore = cutOff();
    await renew({ until: '2027-01-15' });
    restore();
    await setDueDate(later);
    expect([await renew({ until: '2027-01-15' }), await dueDate()]).toEqual(['done', '2027-01-15']);
  });
});
