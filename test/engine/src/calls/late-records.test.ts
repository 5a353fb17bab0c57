import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView } from '@sluice/engine';
import { during } from '../bench/during.js';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);

const charged = async (): Promise<string[]> => (await at.invoices()).map(({ total }) => total);

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

describe('calls of a month that was billed as nothing', () => {
  it.each(['an empty list', 'a panel that lags'])('are billed once they are listed: %s', async (how) => {
    const lags = how === 'an empty list' ? {} : { visibleAt: Date.parse('2026-11-01T20:00:00Z') };
    at.addCall('2026-10-10T09:00:00-03:00', '70.0000', lags);
    at.addCall('2026-10-20T09:00:00-03:00', '30.0000', lags);
    if (how === 'an empty list') hideCalls();
    expect(await billAt('2026-11-01T08:00:00Z')).toEqual(['svc-1 nothing-to-bill 0.00']);
    at.panel.server.clearFaults();
    expect(await billAt('2026-11-02T08:00:00Z')).toEqual(['svc-1 added 100.00']);
    for (const time of ['2026-11-04T08:00:00Z', '2026-12-02T08:00:00Z', '2027-01-02T08:00:00Z']) await billAt(time);
    expect(await charged()).toEqual(['100.00']);
    expect(await listAlarms()).toEqual([]);
    expect(await at.differences()).toEqual([]);
  });

  it('are billed weeks later, and also where an answer was lost', async () => {
    hideCalls();
    await billAt('2026-11-01T08:00:00Z');
    await billAt('2026-11-03T08:00:00Z');
    at.panel.server.clearFaults();
    at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
    at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status: 500 } });
    await billAt('2026-12-03T08:00:00Z');
    at.panel.server.clearFaults();
    await billAt('2026-12-04T08:00:00Z');
    expect(await charged()).toEqual(['70.00']);
  });

  it('are said not to be searched for, once a day, while the panel does not list them', async () => {
    await billAt('2026-11-01T08:00:00Z');
    at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: '' });
    at.panel.server.inject({ endpoint: 'GET /cdrs', times: 99, fault: { kind: 'status', status: 500 } });
    const listUnsearched = async (): Promise<string[]> => {
      const notices = await at.bench.store.notices.list();
      return notices.filter(({ code }) => code === 'calls_not_searched').map(({ message }) => message);
    };
    for (const time of ['2026-11-02T08:00:00Z', '2026-11-02T09:00:00Z']) await billAt(time);
    const said = 'whether calls of panel "voice" are on no bill is not known: they could not be read: Panel "voice"';
    expect(await listUnsearched()).toEqual([expect.stringContaining(said)]);
    await billAt('2026-11-03T08:00:00Z');
    expect(await listUnsearched()).toHaveLength(2);
  });

  it('wait for their charge', async () => {
    await billAt('2026-11-01T08:00:00Z');
    const id = at.addCall('2026-10-10T09:00:00-03:00', null);
    expect(await billAt('2026-11-02T08:00:00Z')).toEqual(['svc-1 unrated']);
    at.panel.changeCall(id, { charge: '7.0000' });
    expect(await billAt('2026-11-02T09:00:00Z')).toEqual(['svc-1 added 7.00']);
  });

  it('are not reported while they are due', async () => {
    await billAt('2026-11-01T08:00:00Z');
    at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
    at.panel.server.inject({ endpoint: 'GET /cdrs', times: 1, fault: { kind: 'status', status: 500 } });
    expect((await billAt('2026-11-02T08:00:00Z')).join()).toMatch(/^svc-1 PANEL/);
    expect(await listAlarms()).toEqual([]);
    expect(await billAt('2026-11-02T08:05:00Z')).toEqual(['svc-1 added 70.00']);
  });

  it('are billed, and not reported, where the service names no line any more', async () => {
    await billAt('2026-11-01T08:00:00Z');
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: '' });
    at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
    await billAt('2026-11-01T09:00:00Z');
    expect(await listAlarms()).toEqual([]);
    expect(await billAt('2026-11-01T09:05:00Z')).toContain('svc-1 added 70.00');
  });

  it('are not reported by a request for another period', async () => {
    await billAt('2026-11-01T08:00:00Z');
    at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
    at.setTime('2026-11-02T03:00:30Z');
    await at.bill({ period: '2026-09' });
    expect(await listAlarms()).toEqual([]);
    expect(await billAt('2026-11-02T03:05:00Z')).toContain('svc-1 added 70.00');
  });

  it('are not read again each time, and stay nothing without calls', async () => {
    await billAt('2026-11-01T08:00:00Z');
    await billAt('2026-11-02T08:00:00Z');
    const before = countLists();
    expect(await billAt('2026-11-02T09:00:00Z')).toEqual(['svc-1 nothing-to-bill 0.00']);
    expect(countLists()).toBe(before);
    expect(await at.bill({ zeroLine: true })).toEqual(['svc-1 nothing-to-bill 0.00']);
  });

  it('cause no question where the line was made prepaid since', async () => {
    await billAt('2026-11-01T08:00:00Z');
    at.panel.subscriber(LINE).billingType = 'prepaid';
    expect(await billAt('2026-11-02T08:00:00Z')).toEqual(['svc-1 nothing-to-bill 0.00']);
  });

  it('are never billed where a person has charged them', async () => {
    await billAt('2026-11-01T08:00:00Z');
    at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
    await at.bench.edit('  line: {', '  line-2026: {');
    await billAt('2026-11-02T08:00:00Z');
    const [alarm] = await listAlarms();
    expect(alarm?.message).toMatch(/on no invoice: 70/);
    await at.sluice.notices.acknowledge(alarm?.id ?? '');
    await at.bench.edit('  line-2026: {', '  line: {');
    for (const time of ['2026-11-03T08:00:00Z', '2026-11-06T08:00:00Z', '2026-12-02T08:00:00Z']) await billAt(time);
    expect(await charged()).toEqual([]);
    expect(await listAlarms()).toEqual([]);
  });

  it('are billed where the person takes that back', async () => {
    await billAt('2026-11-01T08:00:00Z');
    at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
    await at.bench.edit('  line: {', '  line-2026: {');
    await billAt('2026-11-02T08:00:00Z');
    const [alarm] = await listAlarms();
    await at.sluice.notices.acknowledge(alarm?.id ?? '');
    await at.sluice.notices.acknowledge(alarm?.id ?? '', { undo: true });
    await at.bench.edit('  line-2026: {', '  line: {');
    expect(await billAt('2026-11-02T09:00:00Z')).toEqual(['svc-1 added 70.00']);
  });
});

describe('calls that come after the bill of a line in use', () => {
  let billed = '';

  beforeEach(async () => {
    billed = at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
    expect(await billAt('2026-11-01T08:00:00Z')).toEqual(['svc-1 added 70.00']);
    at.addCall('2026-10-20T09:00:00-03:00', '30.0000');
  });

  it('are reported until a person has charged them, and never billed', async () => {
    await billAt('2026-11-02T08:00:00Z');
    const [alarm] = await listAlarms();
    expect(alarm).toMatchObject({ service: 'svc-1', event: 'billing' });
    expect(alarm?.message).toMatch(/on no invoice: 30/);
    await billAt('2026-11-02T09:00:00Z');
    expect(await listAlarms()).toHaveLength(1);
    const notices = await at.bench.store.notices.list({});
    expect(notices.filter(({ code }) => code === 'calls_unbilled')).toHaveLength(1);
    await at.sluice.notices.acknowledge(alarm?.id ?? '');
    await billAt('2026-12-02T08:00:00Z');
    expect(await listAlarms()).toEqual([]);
    expect(await charged()).toEqual(['70.00']);
  });

  it('are not summed with later ones once a person has charged them', async () => {
    await billAt('2026-11-02T08:00:00Z');
    const [first] = await listAlarms();
    await at.sluice.notices.acknowledge(first?.id ?? '');
    await at.sluice.notices.acknowledge(first?.id ?? '', { note: 'a second time' });
    expect(await at.differences()).toEqual([]);
    at.addCall('2026-10-21T09:00:00-03:00', '1.0000');
    await billAt('2026-11-03T08:00:00Z');
    const [second] = await listAlarms();
    expect(second?.message).toMatch(/on no invoice: 1\.0000/);
    const codes = (await at.bench.store.notices.list({})).map(({ code }) => code);
    expect(codes.filter((code) => code === 'calls_unbilled')).toHaveLength(2);
    await at.sluice.notices.acknowledge(second?.id ?? '');
    await billAt('2026-11-04T08:00:00Z');
    expect(await listAlarms()).toEqual([]);
    at.addCall('2026-10-22T09:00:00-03:00', '2.0000');
    await billAt('2026-11-05T08:00:00Z');
    expect((await listAlarms()).map(({ message }) => message)).toEqual([expect.stringMatching(/: 2\.0000/)]);
    expect(await charged()).toEqual(['70.00']);
  });

  it('are reported again where the person takes that back, also runs later', async () => {
    await billAt('2026-11-02T08:00:00Z');
    const [alarm] = await listAlarms();
    await at.sluice.notices.acknowledge(alarm?.id ?? '');
    await billAt('2026-11-12T08:00:00Z');
    expect(await listAlarms()).toEqual([]);
    await at.sluice.notices.acknowledge(alarm?.id ?? '', { undo: true });
    await billAt('2026-11-12T08:05:00Z');
    expect((await listAlarms()).map(({ message }) => message)).toEqual([expect.stringMatching(/: 30\.0000/)]);
    expect(await charged()).toEqual(['70.00']);
  });

  it('are not reported again where a person charges them while they are read', async () => {
    await billAt('2026-11-02T08:00:00Z');
    const [alarm] = await listAlarms();
    at.setTime('2026-11-02T08:05:00Z');
    const acknowledge = (): Promise<unknown> => at.sluice.notices.acknowledge(alarm?.id ?? '');
    await during(at.panel.server, ({ endpoint }) => endpoint === 'GET /cdrs', at.bill, acknowledge);
    expect(await listAlarms()).toEqual([]);
    at.addCall('2026-10-21T09:00:00-03:00', '1.0000');
    await billAt('2026-11-02T08:10:00Z');
    expect((await listAlarms()).map(({ message }) => message)).toEqual([expect.stringMatching(/: 1\.0000/)]);
  });

  it('are reported no longer once they are gone', async () => {
    await billAt('2026-11-02T08:00:00Z');
    const late = at.addCall('2026-10-21T09:00:00-03:00', '1.0000');
    await at.bill();
    expect((await listAlarms())[0]?.message).toMatch(/on no invoice: 31/);
    at.panel.deleteCall(late);
    await at.bill();
    expect((await listAlarms())[0]?.message).toMatch(/on no invoice: 30/);
  });

  it('are reported no longer once the others cost less', async () => {
    await billAt('2026-11-17T08:00:00Z');
    at.panel.changeCall(billed, { charge: '40.0000' });
    await billAt('2026-11-18T08:00:00Z');
    expect(await listAlarms()).toEqual([]);
  });
});

it('a month that is not over by the clock of the panel is not due', async () => {
  at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
  at.setTime('2026-11-01T03:55:00Z');
  const clock = { now: () => Date.parse('2026-11-01T04:05:00Z'), sleep: () => Promise.resolve() };
  const ahead = await at.bench.start({ clock });
  expect(await ahead.calls.bill()).toMatchObject({ run: { outcome: 'done' }, bills: [] });
  expect(await at.bench.store.notices.list({})).toEqual([]);
  const named = await ahead.calls.bill({ service: 'svc-1', period: '2026-10' });
  expect(named.bills).toMatchObject([{ error: { code: 'period_open' } }]);
  expect(await billAt('2026-11-01T04:05:00Z')).toEqual(['svc-1 added 70.00']);
});
