import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);

async function listAlarms(): Promise<AlarmView[]> {
  const { alarms } = await at.sluice.notices.alarms();
  return alarms.filter(({ code, acknowledged }) => code === 'calls_unbilled' && acknowledged === null);
}

/** Bills as the timer does. */
async function billAt(time: string): Promise<string[]> {
  at.setTime(time);
  return at.bill();
}

/** The panel answers each list of calls with an empty one. */
const hideCalls = (): void => {
  const change = (json: unknown): unknown => ({ ...(json as object), data: [], meta: { total: 0 }, total: 0 });
  at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'mutate', change } });
};

const countLists = (): number => at.panel.server.calls.filter(({ path }) => path.includes('/cdrs')).length;

beforeEach(async () => {
  await at.addService();
  Object.assign(at.panel.subscriber(LINE), { createdAt: Date.parse('2026-09-08T12:00:00-03:00') });
});

describe('calls that came after the bill of a line in use, and that a later list lacks', () => {
  let late = '';

  const listFound = async (): Promise<string[]> =>
    (await listAlarms()).map(({ message }) => message.replace(/^.*: /, ''));

  beforeEach(async () => {
    at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
    expect(await billAt('2026-11-01T08:00:00Z')).toEqual(['svc-1 added 70.00']);
    late = at.addCall('2026-10-20T09:00:00-03:00', '30.0000');
    await billAt('2026-11-17T08:00:00Z');
    expect(await listFound()).toEqual(['30.0000 BRL']);
  });

  it('are reported again once they are listed again, also weeks later', async () => {
    at.panel.deleteCall(late);
    await billAt('2026-11-18T08:00:00Z');
    expect(await listFound()).toEqual([]);
    await billAt('2026-12-18T08:00:00Z');
    at.addCall('2026-10-20T09:00:00-03:00', '30.0000');
    await billAt('2026-12-18T09:00:00Z');
    expect(await listFound()).toEqual(['30.0000 BRL']);
    await billAt('2027-02-18T08:00:00Z');
    const before = countLists();
    await billAt('2027-02-18T09:00:00Z');
    expect(countLists()).toBe(before);
    expect(await listFound()).toEqual([]);
  });

  it('stay reported by a run whose clock is ahead', async () => {
    await billAt('2027-01-06T08:00:00Z');
    const { now } = at.bench.clock;
    const ahead = { now: () => now() + 120 * 86_400_000, sleep: () => Promise.resolve() };
    await at.bench.restart({ clock: ahead });
    await at.bill();
    await at.bench.restart();
    expect(await listFound()).toEqual(['30.0000 BRL']);
    for (const time of ['2027-01-08T09:00:00Z', '2027-01-20T09:00:00Z']) await billAt(time);
    expect(await listFound()).toEqual(['30.0000 BRL']);
  });

  describe('together with those that were billed', () => {
    beforeEach(hideCalls);

    const listNotices = async (): Promise<string[]> =>
      (await at.bench.store.notices.list({})).map(({ code }) => code).filter((code) => code === 'calls_unbilled');

    it('stay reported, as the same alarm', async () => {
      const before = await listAlarms();
      for (const time of ['2026-11-18T08:00:00Z', '2026-11-18T08:05:00Z']) await billAt(time);
      expect(await listAlarms()).toEqual(before);
      at.panel.server.clearFaults();
      await billAt('2026-11-19T08:00:00Z');
      expect(await listAlarms()).toEqual(before);
      expect(await listNotices()).toHaveLength(1);
    });

    it('are charged once by an acknowledgement, which can be taken back', async () => {
      await billAt('2026-11-18T08:00:00Z');
      const [alarm] = await listAlarms();
      await at.sluice.notices.acknowledge(alarm?.id ?? '');
      await billAt('2026-11-18T09:00:00Z');
      expect(await listAlarms()).toEqual([]);
      await at.sluice.notices.acknowledge(alarm?.id ?? '', { undo: true });
      await billAt('2026-11-18T10:00:00Z');
      expect(await listFound()).toEqual(['30.0000 BRL']);
      await at.sluice.notices.acknowledge((await listAlarms())[0]?.id ?? '');
      at.panel.server.clearFaults();
      await billAt('2026-11-19T08:00:00Z');
      expect(await listAlarms()).toEqual([]);
      expect(await at.differences()).toEqual([]);
    });

    it('are summed with those that come later, and reported until they are three months old', async () => {
      await billAt('2026-11-18T08:00:00Z');
      at.panel.server.clearFaults();
      at.addCall('2026-10-21T09:00:00-03:00', '1.0000');
      await billAt('2026-11-18T09:00:00Z');
      expect(await listFound()).toEqual(['31.0000 BRL']);
      hideCalls();
      await billAt('2026-12-18T08:00:00Z');
      expect(await listFound()).toEqual(['31.0000 BRL']);
      await billAt('2027-02-18T08:00:00Z');
      expect(await listFound()).toEqual([]);
    });
  });
});

it('calls of a month that was billed as nothing stay due though a later list lacks them', async () => {
  await billAt('2026-11-01T08:00:00Z');
  at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
  at.panel.server.inject({ endpoint: 'GET /cdrs', times: 1, fault: { kind: 'status', status: 500 } });
  expect((await billAt('2026-11-02T08:00:00Z')).join()).toMatch(/^svc-1 PANEL/);
  hideCalls();
  expect(await billAt('2026-11-02T08:05:00Z')).toEqual(['svc-1 nothing-to-bill 0.00']);
  at.panel.server.clearFaults();
  expect(await billAt('2026-11-02T08:10:00Z')).toEqual(['svc-1 added 70.00']);
  const before = countLists();
  await billAt('2026-11-02T08:15:00Z');
  expect(countLists()).toBe(before);
});
