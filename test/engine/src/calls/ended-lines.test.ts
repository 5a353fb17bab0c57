import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView, TerminateOptions } from '@sluice/engine';
import { openForEachTest } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const [FORMER, NEXT] = [501, 502];

const at = openForEachTest(() => startTelephonyBench({ whmcs: '' }));
beforeEach(async () => {
  for (const id of [FORMER, NEXT]) at.whmcs.addClient({ id, currency: 'BRL' });
  at.whmcs.addProduct({ id: 10, name: 'Line', fields: ['astbilling_subscriber_id'] });
  addService(7, FORMER);
  await sync();
});

function addService(id: number, client: number): void {
  const fields = { astbilling_subscriber_id: LINE };
  at.whmcs.addService({ id, client, product: 10, nextDueDate: '2026-12-01', fields });
}

async function sync(): Promise<void> {
  expect((await at.sluice.services.sync()).run.outcome).toBe('done');
}

/** What each client pays for calls. */
const charged = (): string[] =>
  at.whmcs
    .invoices()
    .flatMap(({ client, lines }) => lines.map((line) => ({ client, ...line })))
    .filter(({ description }) => description.includes('AB:'))
    .map(({ client, amount }) => `${client}: ${amount}`)
    .sort();

/** What waits for somebody because calls are on no bill. */
async function listAlarms(isAcknowledged = false): Promise<AlarmView[]> {
  const { alarms } = await at.sluice.notices.alarms();
  return alarms.filter(
    ({ code, acknowledged }) => code === 'calls_unbilled' && (acknowledged !== null) === isAcknowledged,
  );
}

describe('a line that a command ends', () => {
  const terminate = async (how: TerminateOptions): Promise<void> => {
    expect((await at.sluice.provision.terminate('whmcs-7', how)).run.outcome).toBe('done');
  };

  beforeEach(async () => {
    await at.bill();
    at.setTime('2026-11-20T12:00:00Z');
  });

  it('is billed for the call that was in progress, once the grace is over', async () => {
    await terminate({ finalInvoice: true });
    at.addCall('2026-11-20T08:00:00-03:00', '250.0000');
    at.setTime('2026-11-20T12:30:00Z');
    expect(await at.bill()).not.toContain('whmcs-7 added 250.00');
    at.setTime('2026-11-20T13:01:00Z');
    expect(await at.bill()).toContain('whmcs-7 added 250.00');
    at.setTime('2027-01-02T13:01:00Z');
    expect(charged()).toEqual(['501: 250.00']);
    expect((await at.bill()).filter((line) => line.includes(' added '))).toEqual([]);
  });

  it('reports the call that was in progress where the final bill has its time', async () => {
    const id = at.addCall('2026-11-19T08:00:00-03:00', '2.0000');
    await terminate({ finalInvoice: true });
    const late = at.addCall('2026-11-20T08:00:00-03:00', '250.0000');
    for (const time of ['2026-11-20T13:01:00Z', '2026-12-02T12:00:00Z', '2027-01-02T13:01:00Z']) {
      at.setTime(time);
      await at.bill();
    }
    expect(charged()).toEqual(['501: 2.00']);
    expect(await at.differences([{ id, charge: '2.0000' }])).toMatchObject([
      { service: 'whmcs-7', difference: '250.0000', late: [late] },
    ]);
    const [alarm] = await listAlarms();
    const message = `calls of line ${LINE} since 2026-11-01 (America/Sao_Paulo) are on no invoice: 250.0000 BRL`;
    expect(alarm).toMatchObject({ service: 'whmcs-7', event: 'billing', message, acknowledged: null });
    await at.sluice.notices.acknowledge(alarm?.id ?? '', { note: 'known' });
    await at.bill();
    expect(await listAlarms()).toEqual([]);
    expect(await listAlarms(true)).toMatchObject([{ id: alarm?.id, acknowledged: { note: 'known' } }]);
    at.panel.deleteCall(late);
    await at.bill();
    expect(await listAlarms(true)).toEqual([]);
  });

  it('loses no call where it was suspended for the grace before', async () => {
    expect((await at.sluice.provision.suspend('whmcs-7')).run.outcome).toBe('done');
    at.addCall('2026-11-20T08:00:00-03:00', '250.0000');
    at.setTime('2026-11-20T13:01:00Z');
    await terminate({ finalInvoice: true });
    at.setTime('2027-01-02T13:01:00Z');
    await at.bill();
    expect(charged()).toEqual(['501: 250.00']);
  });

  it('is not charged for calls that were paid already, also where the panel has the line no longer', async () => {
    at.panel.subscriber(LINE).billingType = 'prepaid';
    at.addCall('2026-11-19T08:00:00-03:00', '2.0000');
    await terminate({ finalInvoice: true });
    at.panel.server.inject({ endpoint: /^GET \/subscribers\/[^/]+$/, fault: { kind: 'status', status: 404 } });
    for (const time of ['2026-11-20T13:01:00Z', '2026-12-02T12:00:00Z']) {
      at.setTime(time);
      await at.bill();
    }
    expect(charged()).toEqual([]);
    expect(await at.differences()).toEqual([]);
  });

  it('stays prepaid where staff removed it on the panel', async () => {
    at.panel.subscriber(LINE).billingType = 'prepaid';
    at.setTime('2026-12-02T12:00:00Z');
    await at.bill();
    at.addCall('2026-12-19T08:00:00-03:00', '2.0000');
    at.panel.server.inject({ endpoint: /^GET \/subscribers\/[^/]+$/, fault: { kind: 'status', status: 404 } });
    at.setTime('2027-01-02T12:00:00Z');
    await at.bill();
    expect(charged()).toEqual([]);
  });

  it('shows calls that were given up, and bills none of them', async () => {
    at.addCall('2026-11-20T08:00:00-03:00', '250.0000');
    await terminate({ forfeitUnbilled: true });
    at.setTime('2026-12-02T12:00:00Z');
    expect((await at.bill()).filter((line) => line.includes(' added '))).toEqual([]);
    expect(await at.differences()).toMatchObject([{ service: 'whmcs-7', bill: null, difference: '250.0000' }]);
    expect(await listAlarms()).toEqual([]);
  });
});
