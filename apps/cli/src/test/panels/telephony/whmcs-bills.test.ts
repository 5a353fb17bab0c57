import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import { LINE, startTelephonyBench, type TelephonyBench } from './telephony-bench.js';

let at: TelephonyBench;
let whmcs: FakeWhmcs;
beforeEach(async () => {
  at = await startTelephonyBench();
  whmcs = await startFakeWhmcs({ now: () => at.bench.clock.now() });
  at.bench.env['WHMCS_SECRET'] = whmcs.secret;
  const own = 'allowHttp: true, identifier: fake-whmcs-identifier, secret: "${env:WHMCS_SECRET}"';
  const calls = 'calls: { taxed: false, onlyWriter: true }';
  const texts = 'invoiceLines: { calls: "Chamadas de {username}, {from} a {last} ({service})" }';
  const config = at.bench.read('sluice.yaml').replace('planId: "11" }', 'planId: "11" }, whmcs: { productIds: [10] }');
  const section = `whmcs: { url: "${whmcs.url}", ${own}, ${calls}, fields: { ddd: DDD, channels: Canais } }`;
  at.bench.write('sluice.yaml', `${config}billing: whmcs\n${section}\n${texts}\n`);
  await at.bench.giveStore();
});
afterEach(async () => {
  await whmcs.close();
  await at.close();
});

it('a service of WHMCS becomes a line by its custom fields, and its calls a line of its invoice', async () => {
  const names = { first_name: 'Ana', Last_Name: 'Lima', document: '98765432100', email: 'ana@example.com' };
  const values = { ...names, astbilling_username: 'ana', DDD: '11', 'Canais|Lines': '4' };
  whmcs.addClient({ id: 77, currency: 'BRL' });
  whmcs.addProduct({ id: 10, name: 'Line', fields: Object.keys(values) });
  whmcs.addService({ id: 7, client: 77, product: 10, nextDueDate: '2026-12-01', fields: values });
  expect((await at.run('service sync')).exitCode).toBe(0);
  const made = await at.run('provision create whmcs-7');
  expect([made.exitCode, made.json()]).toMatchObject([0, { credentials: { username: 'ana' } }]);
  const line = at.panel.subscribers().find(({ username }) => username === 'ana');
  expect(line).toMatchObject({ channels: 4, areaCode: '11', externalRef: 'whmcs:service:7' });

  at.bench.clock.set(Date.parse('2026-12-02T12:00:00Z'));
  at.addCall('2026-11-10T09:00:00-03:00', '1.5000', { subscriber: line?.id });
  const items = [{ service: 7, description: 'Line', amount: '50.00' }];
  const invoice = whmcs.addInvoice({ client: 77, status: 'Unpaid', items });
  // The answer to the change of the invoice is lost.
  const cut = { match: ({ changing }: { changing: boolean }) => changing, fault: { kind: 'cut' } } as const;
  whmcs.server.inject({ ...cut, when: 'after', times: 1 });
  const outcomes: unknown[] = [];
  for (let run = 0; run < 3; run += 1) {
    const { exitCode, json } = await at.run('call bill --period 2026-11 --service whmcs-7');
    outcomes.push([exitCode, json<{ bills: { state: string; invoice: string }[] }>().bills[0]?.state]);
    const [bill] = json<{ bills: { csv: string | null }[] }>().bills;
    expect(existsSync(bill?.csv ?? '')).toBe(true);
    at.bench.clock.advance(60_000);
  }
  expect(outcomes).toEqual([
    [0, 'added'],
    [0, 'already-added'],
    [0, 'already-added'],
  ]);
  const lines = whmcs.invoice(invoice).lines.filter(({ description }) => description.includes('AB:'));
  const description = expect.stringMatching(/^Chamadas de ana, 2026-11-01 a 2026-11-30 \(whmcs-7\) AB:[0-9a-f]{12}$/);
  expect(lines).toMatchObject([{ amount: '1.50', description }]);
});

it('no calls are billed to a client who is closed in WHMCS', async () => {
  whmcs.addClient({ id: 77, currency: 'BRL' });
  const values = {
    astbilling_username: 'ana',
    first_name: 'Ana',
    Last_Name: 'Lima',
    document: '98765432100',
    DDD: '11',
  };
  whmcs.addProduct({ id: 10, name: 'Line', fields: [...Object.keys(values), 'Canais', 'email'] });
  const fields = { ...values, Canais: '4', email: 'ana@example.com' };
  whmcs.addService({ id: 7, client: 77, product: 10, nextDueDate: '2026-12-01', fields });
  expect((await at.run('service sync')).exitCode).toBe(0);
  expect((await at.run('provision create whmcs-7')).exitCode).toBe(0);
  const line = at.panel.subscribers().find(({ username }) => username === 'ana');
  at.bench.clock.set(Date.parse('2026-12-02T12:00:00Z'));
  at.addCall('2026-11-10T09:00:00-03:00', '1.5000', { subscriber: line?.id });
  const items = [{ service: 7, description: 'Line', amount: '50.00' }];
  const invoice = whmcs.addInvoice({ client: 77, status: 'Unpaid', items });
  whmcs.world.clients.get(77)!.status = 'Closed';
  const refused = await at.run('call bill --period 2026-11 --service whmcs-7');
  const { bills } = refused.json<{ bills: { state: string; error: { code: string } | null }[] }>();
  expect(bills).toMatchObject([{ state: 'failed', error: { code: 'client_closed' } }]);
  expect(whmcs.invoice(invoice).lines.length).toBe(1);
  whmcs.world.clients.get(77)!.status = 'Active';
  at.bench.clock.advance(60_000);
  expect((await at.run('call bill --period 2026-11 --service whmcs-7')).json()).toMatchObject({
    bills: [{ state: 'added' }],
  });
});

it('a bill in doubt says how it is sent again', async () => {
  whmcs.addClient({ id: 77, currency: 'BRL' });
  whmcs.addProduct({ id: 10, name: 'Line', fields: ['astbilling_subscriber_id'] });
  whmcs.addService({
    id: 7,
    client: 77,
    product: 10,
    nextDueDate: '2026-12-01',
    fields: { astbilling_subscriber_id: LINE },
  });
  expect((await at.run('service sync')).exitCode).toBe(0);
  at.bench.clock.set(Date.parse('2026-12-02T12:00:00Z'));
  at.addCall('2026-11-10T09:00:00-03:00', '1.5000');
  whmcs.server.inject({ match: ({ changing }) => changing, fault: { kind: 'cut' }, when: 'before', times: 1 });
  for (const words of ['call bill', 'call bill']) {
    const { exitCode, stdout } = await at.bench.sluice(words);
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringContaining('reads the invoices for the line of whmcs-7 again'),
    ]);
    expect(stdout).toContain('send it again with --resend');
  }
});
