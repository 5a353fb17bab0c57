import { describe, expect, it } from '@jest/globals';
import type { DeliveryRecord } from '../notice-records.js';
import { minute, notice } from '../test/records.js';
import { useStore } from '../test/use-store.js';

const delivery = (id: string, change: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  id,
  notice: 'n-1',
  channel: 'ops',
  event: 'threshold',
  recipient: null,
  state: 'pending',
  attempts: 0,
  nextAt: minute(1),
  lastError: null,
  sentAt: null,
  at: minute(1),
  ...change,
});

describe('deliveries', () => {
  const at = useStore();

  it('keeps one per notice and channel, and returns the due ones of a channel with their notices', async () => {
    const { deliveries, notices } = at.store;
    await notices.add([notice('n-1'), notice('n-2')]);
    await deliveries.add([delivery('d-1'), delivery('d-2', { channel: 'mail' }), delivery('d-3')]);
    await deliveries.add([delivery('d-4', { notice: 'n-2', nextAt: minute(0) })]);
    const due = async (now: string) =>
      (await deliveries.due({ channel: 'ops', now, limit: 10 })).map((each) => [each.delivery.id, each.notice.id]);
    expect(await due(minute(0))).toEqual([['d-4', 'n-2']]);
    expect(await due(minute(1))).toEqual([
      ['d-4', 'n-2'],
      ['d-1', 'n-1'],
    ]);
    expect(await deliveries.update('d-1', { state: 'given-up' })).toBe(true);
    expect(await deliveries.update('d-2', { state: 'sent' })).toBe(true);
    expect(await deliveries.counts()).toEqual([
      { channel: 'ops', state: 'given-up', count: 1 },
      { channel: 'ops', state: 'pending', count: 1 },
    ]);
    expect((await deliveries.list({ limit: 2 })).map((each) => each.delivery.id)).toEqual(['d-4', 'd-2']);
  });

  it('returns those that a clock that was ahead has planned too late, after the others', async () => {
    const { deliveries, notices } = at.store;
    await notices.add([notice('n-1'), notice('n-2'), notice('n-3')]);
    await deliveries.add(
      [9, 2, 1].map((due, index) => delivery(`d-${index + 1}`, { notice: `n-${index + 1}`, nextAt: minute(due) })),
    );
    const due = async (limit: number) =>
      (await deliveries.due({ channel: 'ops', now: minute(1), latest: minute(5), limit })).map(
        (each) => each.delivery.id,
      );
    expect([await due(10), await due(1)]).toEqual([['d-3', 'd-1'], ['d-3']]);
  });

  it('never changes one that was sent', async () => {
    const { deliveries, notices } = at.store;
    await notices.add([notice('n-1')]);
    await deliveries.add([delivery('d-1')]);
    const sent = { state: 'sent', attempts: 1, sentAt: minute(2) } as const;
    expect(await deliveries.update('d-1', sent)).toBe(true);
    expect(await deliveries.update('d-1', { state: 'given-up' })).toBe(false);
    expect(await deliveries.list({ state: 'sent' })).toEqual([
      { delivery: delivery('d-1', sent), notice: notice('n-1') },
    ]);
    expect(await deliveries.due({ channel: 'ops', now: minute(9), limit: 10 })).toEqual([]);
  });
});

describe('conditions', () => {
  const at = useStore();

  it('last until they end', async () => {
    const { conditions } = at.store;
    expect(await conditions.end('unreachable:dcim')).toBe(false);
    for (const runs of [1, 2])
      await conditions.put({ key: 'unreachable:dcim', since: minute(0), runs, details: { runs } });
    expect(await conditions.get('unreachable:dcim')).toMatchObject({ runs: 2, details: { runs: 2 } });
    expect(await conditions.end('unreachable:dcim')).toBe(true);
    expect(await conditions.get('unreachable:dcim')).toBeNull();
  });
});
