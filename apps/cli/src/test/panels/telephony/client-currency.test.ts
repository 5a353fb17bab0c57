import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView, ComparedBill, InvoiceView } from '@sluice/engine';
import { startForEachTest } from '../../each-test.js';
import { startTelephonyBench } from './telephony-bench.js';

const at = startForEachTest(startTelephonyBench);

const HOUR_MS = 3_600_000;

/** Lists what nobody has acknowledged. */
async function listAlarms(): Promise<AlarmView[]> {
  const { alarms } = (await at.run('notice list')).json<{ alarms: AlarmView[] }>();
  return alarms.filter(({ code, acknowledged }) => code === 'calls_unbilled' && acknowledged === null);
}

async function listUnbilled(): Promise<string[]> {
  const { bills } = (await at.run('call reconcile --service svc-1')).json<{ bills: ComparedBill[] }>();
  return bills.filter(({ bill }) => bill === null).map(({ difference, late }) => `${late.length}: ${difference}`);
}

async function listInvoices(): Promise<string[]> {
  const { invoices } = (await at.run('invoice list')).json<{ invoices: InvoiceView[] }>();
  return invoices.map(({ client, total, currency }) => `${client}: ${total} ${currency}`);
}

/** Runs a command, and expects its exit code; returns what it printed. */
async function run(words: string, exitCode = 0): Promise<string> {
  const outcome = await at.bench.sluice(words);
  expect([words, outcome.exitCode, outcome.stdout + outcome.stderr]).toEqual([words, exitCode, expect.any(String)]);
  return outcome.stdout + outcome.stderr;
}

describe('calls of a client who is billed in another currency', () => {
  beforeEach(async () => {
    await run('credit add 42 5 --currency EUR');
    await at.addService();
    at.addCall('2026-11-12T09:00:00-03:00', '7.0000');
    at.bench.clock.set(Date.parse('2026-12-02T12:00:00Z'));
    at.addCall('2026-12-02T08:30:00-03:00', '11.0000');
  });

  it('are charged by hand as the remedy says, and those of the next client are billed', async () => {
    const refused = await run('call bill', 1);
    expect(refused).toContain('The calls of "svc-1" are not billed: Client "42" is billed in EUR, not in BRL');
    expect(refused).toContain('"sluice notice ack ID": "sluice notice list" shows them');
    expect(refused).toContain('"sluice service set svc-1 client=ID"');
    at.bench.clock.advance(HOUR_MS);
    await run('service set svc-1 client=43');
    at.addCall('2026-12-02T10:30:00-03:00', '3.0000');
    at.bench.clock.advance(2 * HOUR_MS);
    await run('call bill', 1);
    expect(await listUnbilled()).toEqual(['1: 7.0000', '1: 11.0000']);
    expect(await run('provision terminate svc-1 --final-invoice --yes', 1)).toContain('The final bill');
    // The bill of the present client does not wait for those of the former one.
    expect(await listInvoices()).toEqual(['43: 3.00 BRL']);

    await run('call bill', 3);
    const alarms = await listAlarms();
    expect(alarms).toMatchObject([{ service: 'svc-1', message: expect.stringMatching(/: 18\.0000 BRL$/) }]);
    await run(`notice ack ${alarms[0]?.id ?? ''}`);
    expect(await run('call bill')).not.toContain('is billed in EUR');
    expect([await listAlarms(), await listUnbilled()]).toEqual([[], []]);
    await run('provision terminate svc-1 --final-invoice --yes');
    expect(await listInvoices()).toEqual(['43: 3.00 BRL']);
  });

  it('are due again once a person takes back that they were charged', async () => {
    await run('call bill', 1);
    const [alarm] = await listAlarms();
    await run(`notice ack ${alarm?.id ?? ''}`);
    await run('call bill');
    await run(`notice ack ${alarm?.id ?? ''} --undo`);
    await run('call bill', 1);
    expect(await listAlarms()).toMatchObject([{ message: expect.stringMatching(/: 7\.0000 BRL$/) }]);
  });
});
