import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);

async function listAlarms(): Promise<AlarmView[]> {
  const { alarms } = await at.sluice.notices.alarms();
  return alarms.filter(({ code, acknowledged }) => code === 'calls_unbilled' && acknowledged === null);
}

/** Bills as the timer does, and returns what is on no invoice then, as far as nobody has acknowledged it. */
async function billAt(time: string): Promise<string[]> {
  at.setTime(time);
  await at.bill();
  return (await listAlarms()).map(({ message }) => message.replace(/^.*: /, ''));
}

/** Acknowledges the one alarm that is open, and returns its id. */
async function acknowledge(): Promise<string> {
  const [alarm, ...more] = await listAlarms();
  expect(more).toEqual([]);
  await at.sluice.notices.acknowledge(alarm!.id);
  return alarm!.id;
}

const takeBack = (id: string): Promise<unknown> => at.sluice.notices.acknowledge(id, { undo: true });

async function expectAcknowledged(ids: readonly string[]): Promise<void> {
  const { alarms } = await at.sluice.notices.alarms();
  const known = alarms.filter(({ code, acknowledged }) => code === 'calls_unbilled' && acknowledged !== null);
  expect(known.map(({ id }) => id).sort()).toEqual([...ids].sort());
}

const listCharged = async (): Promise<string[]> =>
  (await at.bench.store.callBills.list({})).map(({ charged }) => charged).filter((charged) => Number(charged) !== 0);

describe('an acknowledgement of calls that came after the end of a service', () => {
  let first = '';

  beforeEach(async () => {
    await at.addService();
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    at.setTime('2026-11-25T12:00:00Z');
    at.addCall('2026-11-25T08:00:00-03:00', '9.0000');
    expect(await billAt('2026-11-25T12:00:00Z')).toEqual(['9.0000 BRL']);
    first = await acknowledge();
  });

  it('is taken back after another call came', async () => {
    at.addCall('2026-11-25T10:00:00-03:00', '3.0000');
    expect(await billAt('2026-11-26T12:00:00Z')).toEqual(['3.0000 BRL']);
    await expectAcknowledged([first]);
    await takeBack(first);
    expect((await listAlarms()).map(({ id }) => id)).toContain(first);
    expect(await billAt('2026-11-26T13:00:00Z')).toEqual(['12.0000 BRL']);
    await acknowledge();
    expect(await billAt('2026-11-26T14:00:00Z')).toEqual([]);
    expect(await listCharged()).toEqual(['12.0000']);
  });

  it('is taken back after others of later calls, each by itself, until they are three months old', async () => {
    at.addCall('2026-11-25T10:00:00-03:00', '3.0000');
    await billAt('2026-11-26T12:00:00Z');
    const second = await acknowledge();
    at.addCall('2026-11-26T10:00:00-03:00', '2.0000');
    expect(await billAt('2026-11-27T12:00:00Z')).toEqual(['2.0000 BRL']);
    const third = await acknowledge();
    await expectAcknowledged([first, second, third]);
    expect(await billAt('2027-01-27T12:00:00Z')).toEqual([]);
    await expectAcknowledged([first, second, third]);
    await takeBack(first);
    expect(await billAt('2027-01-27T13:00:00Z')).toEqual(['9.0000 BRL']);
    await expectAcknowledged([second, third]);
    expect((await listCharged()).sort()).toEqual(['2.0000', '3.0000']);
    expect(await billAt('2027-03-27T12:00:00Z')).toEqual([]);
    await expectAcknowledged([]);
  });

  it('has another id than what is found at the same time', async () => {
    const ids = [first];
    for (const minute of [40, 45, 50]) {
      at.addCall(`2026-11-25T08:${minute}:00-03:00`, '1.0000');
      expect(await billAt('2026-11-25T12:00:00Z')).toEqual(['1.0000 BRL']);
      ids.push(await acknowledge());
    }
    await expectAcknowledged(ids);
    expect(await listCharged()).toEqual(['12.0000']);
  });

  it('is taken back also where an earlier version stored it', async () => {
    await at.bench.store.write(async ({ conditions }) => {
      const [found] = await conditions.list('calls_unbilled:');
      await conditions.end(found!.key);
      const { isCharged: _, charges: _charges, ...details } = found!.details as { isCharged: boolean; charges: [] };
      await conditions.put({ ...found!, key: 'calls_unbilled:voice:9001:', details });
    });
    expect(await billAt('2026-11-26T12:00:00Z')).toEqual([]);
    await expectAcknowledged([first]);
    await takeBack(first);
    expect(await listCharged()).toEqual([]);
    expect(await billAt('2026-11-26T13:00:00Z')).toEqual(['9.0000 BRL']);
  });

  describe('and of others in the same period', () => {
    let second = '';

    beforeEach(async () => {
      at.addCall('2026-11-25T08:30:00-03:00', '5.0000');
      expect(await billAt('2026-11-26T12:00:00Z')).toEqual(['5.0000 BRL']);
      second = await acknowledge();
      expect(await billAt('2026-11-26T13:00:00Z')).toEqual([]);
      expect(await listCharged()).toEqual(['14.0000']);
    });

    it('takes back only what it charged', async () => {
      await takeBack(first);
      expect(await listCharged()).toEqual(['5.0000']);
      expect(await billAt('2026-11-26T14:00:00Z')).toEqual(['9.0000 BRL']);
      await acknowledge();
      expect(await billAt('2026-11-26T15:00:00Z')).toEqual([]);
      expect(await listCharged()).toEqual(['14.0000']);
    });

    it('charges the same again where the person decides again at once', async () => {
      await takeBack(first);
      await at.sluice.notices.acknowledge(first);
      expect(await listCharged()).toEqual(['14.0000']);
      expect(await billAt('2026-11-26T14:00:00Z')).toEqual([]);
      await takeBack(second);
      expect(await billAt('2026-11-26T15:00:00Z')).toEqual(['5.0000 BRL']);
    });

    it.each([true, false])('charges both again once both are taken back, the first one first: %s', async (isFirst) => {
      for (const id of [first, second]) await takeBack(id);
      for (const id of isFirst ? [first, second] : [second, first]) await at.sluice.notices.acknowledge(id);
      expect(await listCharged()).toEqual(['14.0000']);
      expect(await billAt('2026-11-26T14:00:00Z')).toEqual([]);
      await takeBack(second);
      expect(await listCharged()).toEqual(['9.0000']);
      expect(await billAt('2026-11-26T15:00:00Z')).toEqual(['5.0000 BRL']);
    });

    it.each([true, false])('leaves no bill once both are taken back, the first one first: %s', async (isFirst) => {
      for (const id of isFirst ? [first, second] : [second, first]) await takeBack(id);
      expect(await listCharged()).toEqual([]);
      expect(await billAt('2026-11-26T14:00:00Z')).toEqual(['14.0000 BRL']);
      await at.sluice.services.set('svc-1', { status: 'active' });
      await billAt('2026-12-02T12:00:00Z');
      expect(await billAt('2026-12-02T13:00:00Z')).toEqual([]);
      expect((await at.invoices()).map(({ total }) => total)).toEqual(['14.00']);
    });
  });
});

it('is not acknowledged where a bill has the calls by now', async () => {
  await at.addService();
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  at.addCall('2026-11-25T08:00:00-03:00', '9.0000');
  expect(await billAt('2026-11-25T12:00:00Z')).toEqual(['9.0000 BRL']);
  const [{ id } = { id: '' }] = await listAlarms();
  await at.sluice.services.set('svc-1', { status: 'active' });
  at.setTime('2026-12-02T12:00:00Z');
  expect(await at.bill({ service: 'svc-1' })).toContain('svc-1 added 9.00');
  expect((await listAlarms()).map((alarm) => alarm.id)).toEqual([id]);
  await expect(at.sluice.notices.acknowledge(id)).rejects.toMatchObject({ code: 'unknown_alarm' });
  await expectAcknowledged([]);
  expect(await listCharged()).toEqual(['9.0000']);
  expect(await billAt('2026-12-02T13:00:00Z')).toEqual([]);
});

describe('an alarm of an earlier version, which stored of late calls of a bill no more than their sum', () => {
  const details = {
    panel: 'voice',
    service: 'svc-1',
    message: 'calls of line 9001 are on no invoice',
    total: '30.0000',
  };
  const since = '2026-12-03T08:00:00.000Z';
  const id = `calls-voice:9001:svc-1:${Date.parse(since).toString(36)}`;
  const key = 'calls_unbilled:voice:9001:svc-1';

  beforeEach(async () => {
    await at.addService();
    at.addCall('2026-11-10T09:00:00-03:00', '70.0000');
    expect(await billAt('2026-12-02T08:00:00Z')).toEqual([]);
    at.addCall('2026-11-20T09:00:00-03:00', '30.0000');
    expect(await billAt('2026-12-03T08:00:00Z')).toEqual(['30.0000 BRL']);
    await at.bench.store.write(async ({ conditions }) => {
      await conditions.put({ key, since, runs: 1, details: { ...details, parts: [] } });
      const acknowledged = { at: since, by: 'ops', note: null };
      await conditions.put({
        key: `acknowledged:${id.slice(0, id.lastIndexOf(':'))}:${since}`,
        since,
        runs: 1,
        details: acknowledged,
      });
    });
    await expectAcknowledged([id]);
  });

  it('counts as charged where it was acknowledged and is found again', async () => {
    expect(await billAt('2026-12-03T09:00:00Z')).toEqual([]);
    expect(await listCharged()).toEqual(['100.0000']);
    at.addCall('2026-11-21T09:00:00-03:00', '1.0000');
    expect(await billAt('2026-12-04T08:00:00Z')).toEqual(['1.0000 BRL']);
    await expectAcknowledged([id]);
    await takeBack(id);
    expect(await listCharged()).toEqual(['70.0000']);
    expect(await billAt('2026-12-05T08:00:00Z')).toEqual(['31.0000 BRL']);
    await acknowledge();
    expect(await listCharged()).toEqual(['101.0000']);
  });

  it('counts as charged where more is found at once', async () => {
    at.addCall('2026-11-21T09:00:00-03:00', '1.0000');
    expect(await billAt('2026-12-04T08:00:00Z')).toEqual(['1.0000 BRL']);
    expect(await listCharged()).toEqual(['100.0000']);
    const next = await acknowledge();
    expect(await listCharged()).toEqual(['101.0000']);
    await expectAcknowledged([id, next]);
  });

  it('is charged once where it is acknowledged again, and not at all where that was taken back', async () => {
    await at.sluice.notices.acknowledge(id, { note: 'again' });
    expect(await billAt('2026-12-03T09:00:00Z')).toEqual([]);
    expect(await billAt('2026-12-03T10:00:00Z')).toEqual([]);
    expect(await listCharged()).toEqual(['100.0000']);
    await takeBack(id);
    expect(await billAt('2026-12-03T11:00:00Z')).toEqual(['30.0000 BRL']);
    expect(await listCharged()).toEqual(['70.0000']);
  });

  it('is charged where it is acknowledged before the first run', async () => {
    await takeBack(id);
    await at.sluice.notices.acknowledge(id);
    expect(await billAt('2026-12-03T09:00:00Z')).toEqual([]);
    expect(await listCharged()).toEqual(['100.0000']);
    expect(await at.differences()).toEqual([]);
  });

  it('stays open where that was taken back before the first run', async () => {
    await takeBack(id);
    expect(await billAt('2026-12-03T09:00:00Z')).toEqual(['30.0000 BRL']);
    expect(await listCharged()).toEqual(['70.0000']);
  });
});
