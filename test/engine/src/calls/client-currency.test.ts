import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';
import { FORMER, startWhmcsLines } from './whmcs-lines.js';

describe('calls of a client of the ledger who has another currency', () => {
  const at = useBench(startTelephonyBench);

  async function listAlarms(): Promise<AlarmView[]> {
    const { alarms } = await at.sluice.notices.alarms();
    return alarms.filter(({ code, acknowledged }) => code === 'calls_unbilled' && acknowledged === null);
  }

  beforeEach(async () => {
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    await at.sluice.credit.add('42', { amount: '5', currency: 'EUR' });
    await at.addService();
    at.addCall('2026-10-12T09:00:00-03:00', '70.0000');
    expect(await at.bill()).toEqual(['svc-1 currency_mismatch 70.00']);
  });

  const changes: Record<string, () => Promise<unknown>> = {
    'has its line': () => Promise.resolve(),
    'names another line': () => at.sluice.services.set('svc-1', { astbilling_subscriber_id: '9002' }),
    'was removed': async () => {
      await at.sluice.services.set('svc-1', { status: 'terminated' });
      await at.sluice.services.remove('svc-1');
    },
  };
  it.each(Object.entries(changes))(
    'are reported once, and charged once by hand: its service %s',
    async (_name, change) => {
      at.setTime('2026-11-06T12:00:00Z');
      await change();
      at.setTime('2026-11-06T14:00:00Z');
      await at.bill();
      expect(await at.differences()).toMatchObject([{ line: LINE, bill: null, difference: '70.0000' }]);
      const alarms = await listAlarms();
      expect(alarms).toMatchObject([{ message: expect.stringMatching(/: 70\.0000 BRL$/) }]);
      await at.sluice.notices.acknowledge(alarms[0]?.id ?? '');
      expect((await at.bill()).filter((words) => words.includes('currency_mismatch'))).toEqual([]);
      expect([await listAlarms(), await at.differences(), await at.invoices()]).toEqual([[], [], []]);
    },
  );

  it('stay reported where their period fails for another reason', async () => {
    at.setTime('2026-11-06T12:00:00Z');
    await at.bill();
    const [alarm] = await listAlarms();
    at.addCall('2026-10-13T09:00:00-03:00', null);
    at.setTime('2026-11-07T12:00:00Z');
    expect((await at.bill())[0]).not.toContain('currency_mismatch');
    expect(await listAlarms()).toMatchObject([{ id: alarm?.id }]);
  });

  it('are tried no more and wait for nobody where they are given up', async () => {
    await at.sluice.provision.terminate('svc-1', { forfeitUnbilled: true });
    at.setTime('2026-11-06T12:00:00Z');
    expect([await at.bill(), await listAlarms()]).toEqual([[], []]);
    expect(await at.differences()).toMatchObject([{ line: LINE, bill: null, difference: '70.0000' }]);
  });
});

describe('calls of a client of the ledger who gets another currency', () => {
  const at = useBench(startTelephonyBench);

  it('are on no invoice that is open in the currency of before', async () => {
    await at.addService();
    at.addCall('2026-10-12T09:00:00-03:00', '70.0000');
    expect(await at.bill()).toEqual(['svc-1 added 70.00']);
    await at.sluice.credit.add('42', { amount: '500', currency: 'EUR' });
    at.setTime('2026-12-02T12:00:00Z');
    at.addCall('2026-11-12T09:00:00-03:00', '30.0000');
    expect(await at.bill()).toContain('svc-1 currency_mismatch 30.00');
    expect((await at.invoices()).map(({ total }) => total)).toEqual(['70.00']);
    const { alarms } = await at.sluice.notices.alarms();
    expect(alarms.map(({ code }) => code)).toContain('calls_unbilled');
  });
});

describe('calls of a client of WHMCS who has another currency', () => {
  const at = useBench(startWhmcsLines);

  it.each([0, 1, 2, 3])(
    'are reported until he has theirs, and billed then; calls %i on fail meanwhile',
    async (skip) => {
      at.whmcs.addClient({ id: FORMER, currency: 'EUR' });
      at.addCall('2026-10-12T09:00:00-03:00', '70.0000');
      const { bills } = await at.sluice.calls.bill();
      expect(bills).toMatchObject([{ error: { code: 'currency_mismatch' } }]);
      expect(bills[0]?.error?.message).toMatch(/^The calls of "whmcs-7" are not billed: .* EUR/);
      expect(await at.listAlarms()).toHaveLength(1);
      at.whmcs.server.inject({ match: () => true, skip, times: 99, fault: { kind: 'status', status: 503 } });
      await at.bill();
      at.whmcs.server.clearFaults();
      expect(await at.listAlarms()).toHaveLength(1);
      at.whmcs.addClient({ id: FORMER, currency: 'BRL' });
      Object.assign(at.whmcs.world.clients.get(FORMER) ?? {}, { status: 'Closed' });
      expect(await at.bill()).toEqual(['whmcs-7 client_closed 70.00']);
      expect(await at.listAlarms()).toHaveLength(1);
      at.whmcs.addClient({ id: FORMER, currency: 'BRL' });
      expect(await at.bill()).toEqual(['whmcs-7 added 70.00']);
      expect([await at.listAlarms(), at.charged()]).toEqual([[], [`${FORMER}: 70.00`]]);
    },
  );
});
