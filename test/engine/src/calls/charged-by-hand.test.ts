import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView } from '@sluice/engine';
import type { CallBillRecord } from '@sluice/state-store';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

type UnbilledPart = Pick<
  CallBillRecord,
  'key' | 'service' | 'subscriber' | 'start' | 'end' | 'currency' | 'charged' | 'calls'
>;

const at = useBench(startTelephonyBench);

async function listAlarms(): Promise<AlarmView[]> {
  const { alarms } = await at.sluice.notices.alarms();
  return alarms.filter(({ code, acknowledged }) => code === 'calls_unbilled' && acknowledged === null);
}
const charged = async (): Promise<string[]> => (await at.invoices()).map(({ total }) => total);

/** Bills as the timer does, and expects calls of this amount to be on no invoice. */
async function expectUnbilled(amount: string): Promise<AlarmView> {
  await at.bill();
  const [alarm] = await listAlarms();
  expect(alarm?.message).toMatch(new RegExp(`on no invoice: ${amount}`));
  return alarm!;
}

/** The service is away from its line from the 6th to the 20th of November; in that time 70.00 are called. */
const ABSENCES: Record<string, { leave: () => Promise<unknown>; back: () => Promise<unknown> }> = {
  'a service that ends and is active again': {
    leave: () => at.sluice.services.set('svc-1', { status: 'terminated' }),
    back: () => at.sluice.services.set('svc-1', { status: 'active' }),
  },
  'a service that names another line and its own again': {
    leave: () => at.sluice.services.set('svc-1', { astbilling_subscriber_id: '9002' }),
    back: () => at.sluice.services.set('svc-1', { astbilling_subscriber_id: LINE }),
  },
};

describe.each(Object.entries(ABSENCES))('calls of %s', (_name, { leave, back }) => {
  beforeEach(async () => {
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    await at.addService();
    at.addCall('2026-11-02T09:00:00-03:00', '1.0000');
    at.setTime('2026-11-06T12:00:00Z');
    await leave();
    at.addCall('2026-11-10T09:00:00-03:00', '70.0000');
    at.setTime('2026-11-12T12:00:00Z');
  });

  async function goOn(): Promise<void> {
    at.setTime('2026-11-20T12:00:00Z');
    await back();
    at.addCall('2026-11-25T09:00:00-03:00', '2.0000');
    at.setTime('2026-12-02T12:00:00Z');
    await at.bill();
  }

  it('are charged once: an acknowledgement says that this was done by hand', async () => {
    const { id } = await expectUnbilled('70');
    await at.sluice.notices.acknowledge(id, { note: 'charged by hand' });
    await goOn();
    expect(await charged()).toEqual(['3.00']);
    expect(await listAlarms()).toEqual([]);
    expect(await at.differences()).toEqual([]);
  });

  it('are reported where more of them arrive after that', async () => {
    const { id } = await expectUnbilled('70');
    await at.sluice.notices.acknowledge(id);
    at.addCall('2026-11-11T09:00:00-03:00', '5.0000');
    await expectUnbilled('[56]');
    await goOn();
    expect(await charged()).toEqual(['3.00']);
    await expectUnbilled('[56]');
  });

  it('are charged once where that is acknowledged while they are read for a bill', async () => {
    const { id } = await expectUnbilled('70');
    at.setTime('2026-11-20T12:00:00Z');
    await back();
    at.setTime('2026-12-02T12:00:00Z');
    const nothing = {
      write: () => Promise.resolve(),
      finish: () => Promise.resolve('/r'),
      discard: () => Promise.resolve(),
    };
    const open = async (): Promise<typeof nothing> => {
      await at.sluice.notices.acknowledge(id);
      return nothing;
    };
    const reports = { format: 'rfc4180' as const, find: () => Promise.resolve(null), open };
    expect((await at.bill({ reports })).join('\n')).toContain('period_overlaps');
    await at.bill();
    expect(await charged()).toEqual(['1.00']);
    expect(await at.differences()).toEqual([]);
  });

  it('are billed with the others where nobody has acknowledged them, or took that back', async () => {
    const { id } = await expectUnbilled('70');
    await at.sluice.notices.acknowledge(id);
    await at.sluice.notices.acknowledge(id, { undo: true });
    await goOn();
    expect(await charged()).toEqual(['73.00']);
    expect(await listAlarms()).toEqual([]);
  });
});

describe('calls of a line that nothing bills any more', () => {
  beforeEach(async () => {
    await at.addService();
    at.addCall('2026-11-02T09:00:00-03:00', '70.0000');
    at.setTime('2026-11-06T12:00:00Z');
  });

  const moves = { 'the same id': LINE, 'another id': '9002' };
  it.each(Object.entries(moves))('are reported where its service moves to another system: %s', async (_name, id) => {
    await at.bench.edit(/^( {2}voice)(: .*)127\.0\.0\.1(.*)$/m, '$&\n$12$2localhost$3');
    await at.bench.edit(/^ {2}line: (\{ panel: voice)(.*)$/m, '  line: $1$2\n  line2: $12$2');
    await at.sluice.services.set('svc-1', { panel: 'voice2', product: 'line2', astbilling_subscriber_id: id });
    await expectUnbilled('70');
    // Both panels are one system, whose line of that id neither bills for this time.
    const own = { service: 'svc-1', line: LINE, bill: null };
    expect(await at.differences()).toMatchObject(id === LINE ? [own, { ...own, service: null }] : [own]);
    at.setTime('2026-12-02T12:00:00Z');
    await expectUnbilled('70');
  });

  it('are reported where its service was removed, the last one of the panel', async () => {
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    await at.sluice.services.remove('svc-1');
    await expectUnbilled('70');
    expect(await at.differences()).toMatchObject([{ service: 'svc-1', line: LINE, bill: null }]);
  });
});

describe('a stored bill of calls that a person has charged', () => {
  const list = async () =>
    (await at.sluice.calls.bills()).bills.map(({ state, total, calls }) => [state, total, calls]);

  it('says so with their charge, also where its period had a bill of nothing before', async () => {
    await at.addService();
    await at.bill();
    expect(await list()).toEqual([['zero', '0.00', 0]]);
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    at.addCall('2026-10-12T09:00:00-03:00', '12.0000');
    at.addCall('2026-11-05T11:00:00-03:00', '3.5000');
    at.setTime('2026-11-06T12:00:00Z');
    await at.bill();
    const alarms = await listAlarms();
    expect(alarms.map(({ message }) => message.slice(-11)).sort()).toEqual([' 3.5000 BRL', '12.0000 BRL']);
    expect(await list()).toEqual([
      ['zero', '0.00', 0],
      ['zero', '0.00', 0],
    ]);
    for (const { id } of alarms) await at.sluice.notices.acknowledge(id);
    expect(await list()).toEqual([
      ['by-hand', '3.5000', 1],
      ['zero', '0.00', 0],
      ['by-hand', '12.0000', 1],
    ]);
    expect(await at.sluice.calls.bill({ service: 'svc-1', period: '2026-10' })).toMatchObject({
      bills: [{ state: 'nothing-to-bill', reason: 'by-hand' }],
    });
    const { bills } = await at.sluice.calls.bills();
    for (const { id } of bills.filter(({ state }) => state === 'by-hand')) {
      const report = at.sluice.calls.billReport(id);
      await expect(report).rejects.toMatchObject({ code: 'no_report' });
      await expect(report).rejects.toThrow('charged by hand');
    }
    for (const { id } of alarms) await at.sluice.notices.acknowledge(id, { undo: true });
    expect(await list()).toEqual([
      ['zero', '0.00', 0],
      ['zero', '0', 0],
    ]);
  });

  it('has its report where it was made of those calls before', async () => {
    await at.addService();
    at.addCall('2026-10-12T09:00:00-03:00', '12.0000');
    await at.bill();
    // As the end of a client leaves a bill that was not sent.
    const [bill] = (await at.sluice.calls.bills()).bills;
    await at.bench.store.callBills.update(bill?.id ?? '', { state: 'zero', note: 'by-hand', invoice: null });
    expect(await list()).toEqual([['by-hand', '12.0000', 1]]);
    expect((await at.sluice.calls.billReport(bill?.id ?? '')).text).toContain('12.0000');
  });
});

describe('calls that are found after a person read what is on no invoice', () => {
  beforeEach(async () => {
    await at.addService();
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    at.setTime('2026-11-25T12:00:00Z');
    at.addCall('2026-11-25T08:00:00-03:00', '9.0000');
  });

  it('are on no invoice after the person acknowledged what was there', async () => {
    const { id } = await expectUnbilled('9.0000');
    at.setTime('2026-11-25T15:00:00Z');
    at.addCall('2026-11-25T10:00:00-03:00', '5.0000');
    const { id: next } = await expectUnbilled('14.0000');
    await expect(at.sluice.notices.acknowledge(id)).rejects.toMatchObject({ code: 'unknown_alarm' });
    await expectUnbilled('14.0000');
    await at.sluice.notices.acknowledge(next);
    await at.bill();
    expect(await listAlarms()).toEqual([]);
  });

  it('change nothing for the person where the amount is the same', async () => {
    const { id } = await expectUnbilled('9.0000');
    at.setTime('2026-11-25T15:00:00Z');
    expect(await expectUnbilled('9.0000')).toMatchObject({ id });
  });
});

describe('calls of a line before the last one of a service that names none any more', () => {
  beforeEach(async () => {
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    await at.addService();
    at.addCall('2026-11-02T09:00:00-03:00', '70.0000');
    at.setTime('2026-11-06T12:00:00Z');
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: '9002' });
    at.panel.addCall({ subscriber: '9002', startedAt: '2026-11-07T12:00:00Z', talkSeconds: 45, charge: '3.0000' });
    at.setTime('2026-11-08T12:00:00Z');
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: '' });
    at.setTime('2026-11-08T14:00:00Z');
  });

  it('stay reported, and those of the last line are billed', async () => {
    await expectUnbilled('70');
    at.setTime('2026-12-02T12:00:00Z');
    await expectUnbilled('70');
    expect(await charged()).toEqual(['3.00']);
    expect(await at.differences()).toMatchObject([{ service: 'svc-1', line: LINE, bill: null, difference: '70.0000' }]);
  });

  it.each([true, false])('are charged once where the service names it again, acknowledged: %s', async (isCharged) => {
    const { id } = await expectUnbilled('70');
    if (isCharged) await at.sluice.notices.acknowledge(id);
    at.setTime('2026-11-20T12:00:00Z');
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: LINE });
    at.setTime('2026-12-02T12:00:00Z');
    await at.bill();
    await at.bill();
    expect(await charged()).toEqual(isCharged ? ['3.00'] : ['73.00']);
    expect(await listAlarms()).toEqual([]);
  });
});

describe('calls whose bill had failed before their service left the line', () => {
  let failed = '';

  beforeEach(async () => {
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    await at.addService();
    at.addCall('2026-10-12T09:00:00-03:00', '1.0000');
    await at.bill();
    at.addCall('2026-11-02T09:00:00-03:00', '70.0000');
    failed = at.addCall('2026-11-03T09:00:00-03:00', null);
    at.setTime('2026-11-06T12:00:00Z');
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    at.setTime('2026-11-06T14:00:00Z');
    expect(await at.bill()).toContain('svc-1 unrated');
    await at.sluice.services.set('svc-1', { status: 'active', astbilling_subscriber_id: '9002' });
  });

  async function comeBack(): Promise<void> {
    at.panel.changeCall(failed, { charge: '0.5000' });
    at.setTime('2026-11-20T12:00:00Z');
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: LINE });
    at.setTime('2026-12-02T12:00:00Z');
    await at.bill();
  }

  it('are charged once where a person has charged them', async () => {
    const { id } = await expectUnbilled('70');
    await at.sluice.notices.acknowledge(id);
    await comeBack();
    expect(await charged()).toEqual(['1.00']);
  });

  it('are billed where the person takes that back', async () => {
    const { id } = await expectUnbilled('70');
    await at.sluice.notices.acknowledge(id);
    await at.sluice.notices.acknowledge(id, { undo: true });
    await comeBack();
    expect(await charged()).toEqual(['71.50']);
  });
});

it('late calls of a line that its service has left are reported, also where another reference has the same number', async () => {
  at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
  await at.addService();
  at.addCall('2026-11-02T09:00:00-03:00', '1.0000');
  at.setTime('2026-12-02T12:00:00Z');
  await at.bill();
  await at.sluice.services.set('svc-1', { astbilling_subscriber_id: '9002', order_id: LINE });
  at.setTime('2026-12-03T12:00:00Z');
  at.addCall('2026-11-10T09:00:00-03:00', '70.0000');
  await expectUnbilled('70');
  expect(await charged()).toEqual(['1.00']);
});

it('calls of a period that another bill has are not acknowledged as charged', async () => {
  await at.addService();
  at.addCall('2026-11-02T09:00:00-03:00', '1.0000');
  at.setTime('2026-11-06T12:00:00Z');
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  at.addCall('2026-11-10T09:00:00-03:00', '70.0000');
  at.setTime('2026-11-12T12:00:00Z');
  const { id } = await expectUnbilled('70');
  const { store } = at.bench;
  const [found] = await store.conditions.list('calls_unbilled:');
  const [part] = (found!.details as { parts: UnbilledPart[] }).parts;
  const nothing = { client: '501', invoice: null, description: '', amount: '0', digest: '', file: null, note: null };
  const times = { at: '2026-11-12T12:00:00.000Z', sentAt: null, endedAt: null, run: null };
  // The same line under another name of its panel.
  const other = { id: 'cb-other', panel: 'voice-before', state: 'failed', billing: 'ledger' } as const;
  expect(await store.callBills.add({ ...part!, ...nothing, ...times, ...other })).toBe(true);
  await expect(at.sluice.notices.acknowledge(id)).rejects.toMatchObject({ code: 'unknown_alarm' });
  expect(await listAlarms()).toMatchObject([{ id }]);
});
