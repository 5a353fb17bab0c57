import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TerminateOptions } from '@sluice/engine/options';
import { useBench } from '../bench/each-test.js';
import { LINE } from '../bench/telephony-bench.js';
import { startWhmcsLines } from './whmcs-lines.js';

const at = useBench(startWhmcsLines);

const terminate = async (how: TerminateOptions): Promise<void> => {
  expect((await at.sluice.provision.terminate('whmcs-7', how)).run.outcome).toBe('done');
};

describe('a line that a command ends', () => {
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
    expect(at.charged()).toEqual(['501: 250.00']);
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
    expect(at.charged()).toEqual(['501: 2.00']);
    expect(await at.differences([{ id, charge: '2.0000' }])).toMatchObject([
      { service: 'whmcs-7', difference: '250.0000', late: [late] },
    ]);
    const [alarm] = await at.listAlarms();
    const message = `calls of line ${LINE} since 2026-11-01 (America/Sao_Paulo) are on no invoice: 250.0000 BRL`;
    expect(alarm).toMatchObject({ service: 'whmcs-7', event: 'billing', message, acknowledged: null });
    await at.sluice.notices.acknowledge(alarm?.id ?? '', { note: 'known' });
    await at.bill();
    expect(await at.listAlarms()).toEqual([]);
    expect(await at.listAlarms(true)).toMatchObject([{ id: alarm?.id, acknowledged: { note: 'known' } }]);
    expect(await at.differences()).toEqual([]);
    at.setTime('2027-03-01T12:00:00Z');
    await at.bill();
    expect(await at.listAlarms(true)).toEqual([]);
  });

  it('loses no call where it was suspended for the grace before', async () => {
    expect((await at.sluice.provision.suspend('whmcs-7')).run.outcome).toBe('done');
    at.addCall('2026-11-20T08:00:00-03:00', '250.0000');
    at.setTime('2026-11-20T13:01:00Z');
    await terminate({ finalInvoice: true });
    at.setTime('2027-01-02T13:01:00Z');
    await at.bill();
    expect(at.charged()).toEqual(['501: 250.00']);
  });

  it('shows calls that were given up, and bills none of them', async () => {
    at.addCall('2026-11-20T08:00:00-03:00', '250.0000');
    await terminate({ forfeitUnbilled: true });
    at.setTime('2026-12-02T12:00:00Z');
    expect((await at.bill()).filter((line) => line.includes(' added '))).toEqual([]);
    expect(await at.differences()).toMatchObject([{ service: 'whmcs-7', bill: null, difference: '250.0000' }]);
    expect(await at.listAlarms()).toEqual([]);
  });
});

it('a line whose order is pending is billed as before', async () => {
  at.addCall('2026-10-05T09:00:00-03:00', '7.0000');
  await at.sluice.services.set('whmcs-7', { status: 'pending' });
  expect(await at.bill()).toEqual(['whmcs-7 added 7.00']);
  at.addCall('2026-11-05T09:30:00-03:00', '2.0000');
  at.setTime('2026-12-02T12:00:00Z');
  const items = [{ service: 7, description: 'Line', amount: '50.00' }];
  const invoice = at.whmcs.addInvoice({ client: 501, status: 'Unpaid', items });
  expect(await at.bill({ invoice: String(invoice) })).toEqual(['whmcs-7 added 2.00']);
  await at.sluice.services.set('whmcs-7', { status: 'active' });
  expect((await at.bill()).filter((line) => line.includes(' added '))).toEqual([]);
});

const body = { error: { code: 'not_found', message: 'no such subscriber' } };
const NOT_FOUND = { kind: 'status', status: 404, body } as const;

describe('a prepaid line', () => {
  beforeEach(async () => {
    await at.bench.edit('planId: "11"', 'planId: "11", billingType: prepaid');
    at.panel.subscriber(LINE).billingType = 'prepaid';
    await at.bill();
    at.setTime('2026-11-20T12:00:00Z');
  });

  it('is not charged for calls that were paid already, also where the panel has the line no longer', async () => {
    at.addCall('2026-11-19T08:00:00-03:00', '2.0000');
    await terminate({ finalInvoice: true });
    at.panel.server.inject({ endpoint: /^GET \/subscribers\/[^/]+$/, fault: NOT_FOUND });
    for (const time of ['2026-11-20T13:01:00Z', '2026-12-02T12:00:00Z']) {
      at.setTime(time);
      await at.bill();
    }
    expect(at.charged()).toEqual([]);
    expect(await at.differences()).toEqual([]);
  });

  it('stays prepaid where staff removed it on the panel', async () => {
    at.setTime('2026-12-02T12:00:00Z');
    await at.bill();
    at.addCall('2026-12-19T08:00:00-03:00', '2.0000');
    at.panel.server.inject({ endpoint: /^GET \/subscribers\/[^/]+$/, fault: NOT_FOUND });
    at.setTime('2027-01-02T12:00:00Z');
    await at.bill();
    expect(at.charged()).toEqual([]);
  });
});
