import { beforeEach, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { done } from '../bench/outcomes.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';
import { createReports } from './world.js';

const at = useBench(() =>
  startTelephonyBench({
    whmcs: 'fields: { ddd: DDD, channels: Canais }',
    more: 'invoiceLines: { calls: "Chamadas de {username}, {from} a {last} ({service})" }\n',
  }),
);

let invoice: number;
/** Client 77 has ordered a line, which was called, and has an unpaid invoice. */
beforeEach(async () => {
  const names = { first_name: 'Ana', Last_Name: 'Lima', document: '98765432100', email: 'ana@example.com' };
  const values = { ...names, astbilling_username: 'ana', DDD: '11', 'Canais|Lines': '4' };
  at.whmcs.addClient({ id: 77, currency: 'BRL' });
  at.whmcs.addProduct({ id: 10, name: 'Line', fields: Object.keys(values) });
  at.whmcs.addService({ id: 7, client: 77, product: 10, nextDueDate: '2026-12-01', fields: values });
  await done(at.sluice.services.sync());
  const made = await done(at.sluice.provision.create('whmcs-7'));
  expect(made).toMatchObject({ credentials: { username: 'ana' } });
  const line = at.panel.subscribers().find(({ username }) => username === 'ana');
  expect(line).toMatchObject({ channels: 4, areaCode: '11', externalRef: 'whmcs:service:7' });
  at.setTime('2026-12-02T12:00:00Z');
  at.addCall('2026-11-10T09:00:00-03:00', '1.5000', { subscriber: line?.id });
  const items = [{ service: 7, description: 'Line', amount: '50.00' }];
  invoice = at.whmcs.addInvoice({ client: 77, status: 'Unpaid', items });
});

it('a service of WHMCS becomes a line by its custom fields, and its calls a line of its invoice', async () => {
  // The answer to the change of the invoice is lost.
  const cut = { match: ({ changing }: { changing: boolean }) => changing, fault: { kind: 'cut' } } as const;
  at.whmcs.server.inject({ ...cut, when: 'after', times: 1 });
  const outcomes: unknown[] = [];
  const reports = createReports();
  for (let round = 0; round < 3; round += 1) {
    const { run, bills } = await at.sluice.calls.bill({ service: 'whmcs-7', period: '2026-11', reports });
    outcomes.push([run.outcome, bills[0]?.state]);
    expect(bills[0]?.csv).toMatch(/^\/reports\//);
    at.bench.clock.advance(60_000);
  }
  expect(outcomes).toEqual([
    ['done', 'added'],
    ['done', 'already-added'],
    ['done', 'already-added'],
  ]);
  const lines = at.whmcs.invoice(invoice).lines.filter(({ description }) => description.includes('AB:'));
  const description = expect.stringMatching(/^Chamadas de ana, 2026-11-01 a 2026-11-30 \(whmcs-7\) AB:[0-9a-f]{12}$/);
  expect(lines).toMatchObject([{ amount: '1.50', description }]);
});

it('no calls are billed to a client who is closed in WHMCS', async () => {
  at.whmcs.world.clients.get(77)!.status = 'Closed';
  const { bills } = await at.sluice.calls.bill({ service: 'whmcs-7', period: '2026-11' });
  expect(bills).toMatchObject([{ state: 'failed', error: { code: 'client_closed' } }]);
  expect(at.whmcs.invoice(invoice).lines.length).toBe(1);
  at.whmcs.world.clients.get(77)!.status = 'Active';
  at.bench.clock.advance(60_000);
  expect(await at.sluice.calls.bill({ service: 'whmcs-7', period: '2026-11' })).toMatchObject({
    bills: [{ state: 'added' }],
  });
});
