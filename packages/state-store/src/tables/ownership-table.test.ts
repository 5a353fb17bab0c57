import { describe, expect, it } from '@jest/globals';
import type { OwnershipRecord, ServiceRecord } from '../records.js';
import { numberSubject } from '../ownership-change.js';
import { minute, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('who had an object', () => {
  const at = useStore();
  const line = { line: '9001' };
  const made = (id: string, n: number, change: Partial<ServiceRecord> = {}): ServiceRecord =>
    service(id, { panel: 'tel', refs: line, client: 'a', createdAt: minute(n), updatedAt: minute(n), ...change });

  async function periods(subject = 'line:9001', panel = 'tel'): Promise<string[]> {
    const rows = await at.store.ownership.list({ panel, subjects: [subject] });
    return rows.map(describeRow);
  }

  const describeRow = ({ service: id, client, since, until }: OwnershipRecord): string =>
    `${id} ${client ?? '-'} ${toMinute(since)}..${toMinute(until)}`;

  function toMinute(time: string | null): string {
    return time === null ? '' : String((Date.parse(time) - Date.parse(minute(0))) / 60_000);
  }

  it('is the first known service, since before it was known', async () => {
    await at.store.services.put([made('svc-1', 1)]);
    expect(await periods()).toEqual(['svc-1 a ..']);
    expect(await periods('service:svc-1', '')).toEqual(['svc-1 a ..']);
  });

  it('changes with the client of its service', async () => {
    await at.store.services.put([made('svc-1', 1)]);
    await at.store.services.update([{ id: 'svc-1', client: 'b', clientSince: minute(5), updatedAt: minute(5) }]);
    await at.store.services.update([{ id: 'svc-1', product: 'other', updatedAt: minute(6) }]);
    expect(await periods()).toEqual(['svc-1 a ..5', 'svc-1 b 5..']);
    expect(await periods('service:svc-1', '')).toEqual(['svc-1 a ..5', 'svc-1 b 5..']);
  });

  it('is the first client of a service as long as it is known', async () => {
    await at.store.services.put([made('svc-1', 1, { client: null })]);
    await at.store.services.update([{ id: 'svc-1', client: 'b', updatedAt: minute(5) }]);
    expect(await periods()).toEqual(['svc-1 b ..']);
  });

  it('passes on when a service ends, in whichever order both are stored', async () => {
    await at.store.services.put([made('svc-1', 1)]);
    await at.store.write(async (tables) => {
      await tables.services.update([{ id: 'svc-1', status: 'terminated', updatedAt: minute(5) }]);
      await tables.services.put([made('svc-2', 4, { client: 'b' })]);
    });
    expect(await periods()).toEqual(['svc-1 a ..5', 'svc-2 b 5..']);
    await at.store.services.update([
      { id: 'svc-2', refs: { line: '7' }, updatedAt: minute(8) },
      { id: 'svc-1', status: 'active', updatedAt: minute(8) },
    ]);
    expect(await periods()).toEqual(['svc-1 a ..5', 'svc-2 b 5..8', 'svc-1 a 8..']);
    expect(await periods('line:7')).toEqual(['svc-2 b 8..']);
  });

  it('begins where a service leaves its panel for an object of another one', async () => {
    await at.store.services.put([made('svc-1', 1)]);
    await at.store.services.update([{ id: 'svc-1', refs: { line: null }, updatedAt: minute(5) }]);
    await at.store.services.update([{ id: 'svc-1', panel: 'tel2', refs: { line: '7' }, updatedAt: minute(5) }]);
    expect(await periods('line:7', 'tel2')).toEqual(['svc-1 a 5..']);
  });

  it('ends with a change of panel and object in one, where the panel only got another name', async () => {
    await at.store.services.put([made('svc-1', 1)]);
    await at.store.services.update([{ id: 'svc-1', panel: 'tel2', refs: { line: '7' }, updatedAt: minute(5) }]);
    expect(await periods('line:9001', 'tel2')).toEqual(['svc-1 a ..5']);
    expect(await periods('line:7', 'tel2')).toEqual(['svc-1 a 5..']);
  });

  it('begins where a service names another object that nobody had, not where it names its first', async () => {
    await at.store.services.put([made('svc-1', 1), made('svc-2', 1, { refs: {} })]);
    await at.store.services.update([
      { id: 'svc-1', refs: { line: '7' }, updatedAt: minute(5) },
      { id: 'svc-2', refs: { line: '8' }, updatedAt: minute(5) },
    ]);
    expect([await periods('line:7'), await periods('line:8')]).toEqual([['svc-1 a 5..'], ['svc-2 a ..']]);
  });

  it('begins where a service names another object, although it named none for a while', async () => {
    await at.store.services.put([made('svc-1', 1)]);
    await at.store.services.update([{ id: 'svc-1', refs: { line: null }, updatedAt: minute(5) }]);
    await at.store.services.update([{ id: 'svc-1', refs: { line: '9002', other: '7' }, updatedAt: minute(8) }]);
    expect([await periods(), await periods('line:9002'), await periods('other:7')]).toEqual([
      ['svc-1 a ..5'],
      ['svc-1 a 8..'],
      ['svc-1 a ..'],
    ]);
  });

  it('has it on while nobody else had it since an end by mistake', async () => {
    await at.store.services.put([made('svc-1', 1)]);
    await at.store.services.update([{ id: 'svc-1', status: 'vanished', updatedAt: minute(5) }]);
    await at.store.services.update([{ id: 'svc-1', status: 'active', updatedAt: minute(7) }]);
    expect(await periods()).toEqual(['svc-1 a ..']);
  });

  it('stays known when its service is removed', async () => {
    await at.store.services.put([made('svc-1', 1)]);
    await at.store.services.remove('svc-1', minute(5));
    await at.store.services.put([made('svc-2', 9, { client: 'b' })]);
    expect(await periods()).toEqual(['svc-1 a ..5', 'svc-2 b 9..']);
    expect((await at.store.ownership.list({ service: 'svc-1' })).map(describeRow)).toEqual([
      'svc-1 a ..5',
      'svc-1 a ..5',
    ]);
  });

  it('keeps its history when its panel gets another name', async () => {
    await at.store.services.put([made('svc-1', 1)]);
    await at.store.services.update([{ id: 'svc-1', client: 'b', clientSince: minute(5), updatedAt: minute(5) }]);
    await at.store.services.update([{ id: 'svc-1', panel: 'voice', updatedAt: minute(6) }]);
    expect(await periods()).toEqual([]);
    expect(await periods('line:9001', 'voice')).toEqual(['svc-1 a ..5', 'svc-1 b 5..']);
  });

  it('shows two services on one object', async () => {
    await at.store.services.put([made('svc-1', 1), made('svc-2', 1, { client: 'b' })]);
    expect(await periods()).toEqual(['svc-1 a ..', 'svc-2 b 1..']);
  });

  describe('a number', () => {
    const number = '+551140001234';
    const pass = (id: string, n: number, has: boolean): Promise<void> =>
      at.store.ownership.passNumber({ panel: 'tel', service: id, number, has, at: minute(n) });
    const owners = (panel = 'tel'): Promise<string[]> => periods(numberSubject(number), panel);

    it('is with a service until another has it', async () => {
      await at.store.services.put([made('svc-1', 1), made('svc-2', 1, { client: 'b', refs: { line: '7' } })]);
      await pass('svc-1', 2, true);
      await pass('svc-1', 3, true);
      expect(await owners()).toEqual(['svc-1 a 2..']);
      await pass('svc-2', 5, true);
      await pass('svc-1', 6, false);
      expect(await owners()).toEqual(['svc-1 a 2..5', 'svc-2 b 5..']);
      await pass('svc-2', 8, false);
      await pass('svc-1', 9, true);
      expect(await owners()).toEqual(['svc-1 a 2..5', 'svc-2 b 5..8', 'svc-1 a 9..']);
    });

    it('was with the service that gives it up, since before it was known', async () => {
      await at.store.services.put([made('svc-1', 1)]);
      await pass('svc-1', 4, false);
      await pass('svc-1', 5, false);
      expect(await owners()).toEqual(['svc-1 a ..4']);
    });

    it('changes with the client, the panel and the end of its service', async () => {
      await at.store.services.put([made('svc-1', 1)]);
      await pass('svc-1', 2, true);
      await at.store.services.update([{ id: 'svc-1', client: 'b', clientSince: minute(5), updatedAt: minute(5) }]);
      await at.store.services.update([{ id: 'svc-1', panel: 'voice', updatedAt: minute(6) }]);
      expect([await owners(), await owners('voice')]).toEqual([[], ['svc-1 a 2..5', 'svc-1 b 5..']]);
      await at.store.services.update([{ id: 'svc-1', status: 'vanished', updatedAt: minute(7) }]);
      expect((await owners('voice')).at(-1)).toBe('svc-1 b 5..7');
      await at.store.services.update([{ id: 'svc-1', status: 'active', updatedAt: minute(8) }]);
      expect((await owners('voice')).at(-1)).toBe('svc-1 b 5..');
      await at.store.services.remove('svc-1', minute(9));
      expect(await owners('voice')).toEqual(['svc-1 a 2..5', 'svc-1 b 5..9']);
    });
  });
});
