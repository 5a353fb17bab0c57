import { describe, expect, it } from '@jest/globals';
import type { SyncOptions } from '@sluice/engine/options';
import { during } from '../bench/during.js';
import { errorOf } from '../bench/engine-bench.js';
import { startWhmcsBench } from '../bench/whmcs-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startWhmcsBench);

const stored = async (): Promise<string[]> => {
  const { services } = await at.sluice.services.list();
  return services.map(({ id, nextDueDate }) => `${id} ${nextDueDate}`);
};
type Row = Record<string, unknown>;
/** Adds the services 1 to `count`, and stores them. */
const addStored = async (count: number): Promise<void> => {
  for (let number = 1; number <= count; number++) at.addService(number);
  await at.sync();
};

/** Changes the row of an id in every list of services, or of products. */
function spoilRow(id: number, spoil: (row: Row) => unknown, [endpoint, key] = ['GetClientsProducts', 'id']): void {
  const change = (json: unknown): unknown => {
    const { products } = json as { products: { product: Row[] } };
    for (const row of products.product) if (row[key] === id) spoil(row);
    return json;
  };
  at.whmcs.server.inject({ endpoint, fault: { kind: 'mutate', change } });
}

/** The kind, the code and the message of the error that a sync is refused with. */
const failure = async (options?: SyncOptions): Promise<string> => {
  const error = await errorOf(at.sync(options));
  return error === null ? '' : `${error.kind ?? ''} ${error.code} ${error.message}`;
};

describe('a sync that fails as a whole', () => {
  it('changes nothing, and names the cause', async () => {
    at.addService(1);
    expect((await at.sync()).run.outcome).toBe('done');
    at.addService(2);
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    const { quirks, server } = at.whmcs;
    quirks.refusedAddress = '2001:db8::7';
    expect(await failure()).toMatch(/^billing billing_unavailable .*2001:db8::7.*whmcs\.accessKey/);
    quirks.refusedAddress = null;
    quirks.denied.add('GetClientsProducts');
    expect(await failure({ dryRun: true })).toMatch(/^billing billing_unavailable .*GetClientsProducts/i);
    quirks.denied.clear();
    await at.bench.edit(at.whmcs.secret, 'wrong-secret');
    expect(await failure()).toMatch(/^billing billing_unavailable .*whmcs\.secret/);
    await at.bench.edit('wrong-secret', at.whmcs.secret);
    quirks.mostRows = 1;
    quirks.missingPages.add(1);
    expect(await failure()).toMatch(/^billing billing_unavailable .*incomplete list/);
    quirks.missingPages.clear();
    quirks.shifting.add('GetClientsProducts');
    expect(await failure()).toMatch(/^billing billing_unavailable .*incomplete list/);
    quirks.shifting.clear();
    server.inject({ endpoint: 'GetClientsProducts', fault: { kind: 'html' } });
    expect(await failure()).toMatch(/^billing billing_unavailable /);
    expect(await stored()).toEqual(['whmcs-1 2026-12-15']);
    const log = await at.sluice.log.list({ kinds: ['run'] });
    expect(log.entries.flatMap(({ command, outcome }) => (command === 'service sync' ? [outcome] : []))).toEqual([
      ...Array<string>(5).fill('failed'),
      'done',
    ]);
  });

  it('changes nothing when it is interrupted between two pages, and frees its lease', async () => {
    at.addService(1);
    at.addService(2);
    at.whmcs.quirks.mostRows = 1;
    const stop = new AbortController();
    const until = (): Promise<void> => {
      stop.abort('SIGINT');
      return Promise.resolve();
    };
    at.whmcs.server.inject({ endpoint: 'GetClientsProducts', skip: 1, times: 1, fault: { kind: 'wait', until } });
    await expect(at.sync({ signal: stop.signal })).rejects.toMatchObject({ kind: 'interrupted' });
    expect(await stored()).toEqual([]);
    expect((await at.sync()).totals.added).toBe(2);
  });

  it('takes a list without most of the known services for broken', async () => {
    await addStored(6);
    for (let number = 1; number <= 5; number++) at.whmcs.deleteService(number);
    expect(await failure()).toMatch(/^billing list_too_short WHMCS lists only 1 of the 6 services/);
    expect((await at.sync({ allowMass: true })).totals).toMatchObject({ vanished: 5, unchanged: 1 });
  });

  it('needs the section of WHMCS', async () => {
    await at.bench.edit(/, whmcs: \{[^}]*\}/g, '');
    await at.bench.edit(/^whmcs:.*$/m, '');
    expect(await failure()).toMatch(/^usage no_source The config names no billing system.*"whmcs"/);
  });
});

describe('services with problems', () => {
  it('leaves them as they are, does the others and ends in part', async () => {
    await addStored(7);
    at.whmcs.setField(1, 'easydcim_service_id', '502');
    at.whmcs.setField(2, 'base_quota_override_gb', 'plenty');
    at.whmcs.service(3).billingCycle = 'Fortnightly';
    at.whmcs.setField(4, 'easydcim_service_id', '');
    at.whmcs.service(5).nextDueDate = '2027-01-15';
    at.whmcs.service(6).productId = 11;
    at.whmcs.setField(6, 'easydcim_service_id', '506');
    at.whmcs.service(7).nextDueDate = 'soon';
    const { run, problems, totals } = await at.sync();
    expect([run.outcome, totals.changed]).toEqual(['partial', 2]);
    expect(problems.map(({ service, key }) => `${service} ${key}`).sort()).toEqual([
      'whmcs-1 easydcim_service_id',
      'whmcs-2 base_quota_override_gb',
      'whmcs-3 billing_cycle',
      'whmcs-4 easydcim_service_id',
      'whmcs-7 next_due_date',
    ]);
    expect((await stored()).slice(4)).toEqual(['whmcs-5 2027-01-15', 'whmcs-6 2026-12-15', 'whmcs-7 2026-12-15']);
  });

  it.each<[string, (row: Row) => unknown, RegExp]>([
    ['without its client', (row) => (row['clientid'] = null), /clientid: expected an id/],
    ['with an empty status', (row) => (row['status'] = ''), /status: expected text/],
    ['with a list as its cycle', (row) => (row['billingcycle'] = []), /billingcycle: expected text/],
  ])('leaves one %s as it is', async (_name, spoil, message) => {
    await addStored(2);
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    at.whmcs.service(2).nextDueDate = '2027-01-15';
    at.addService(3);
    spoilRow(1, spoil);
    for (const options of [{}, { service: '1' }]) {
      const { run, problems } = await at.sync(options);
      expect(run.outcome).toBe('partial');
      expect(problems).toEqual([{ service: 'whmcs-1', key: null, message: expect.stringMatching(message) }]);
      expect(await stored()).toEqual(['whmcs-1 2026-12-15', 'whmcs-2 2027-01-15', 'whmcs-3 2026-12-15']);
    }
    at.whmcs.server.clearFaults();
    expect((await at.sync()).totals).toMatchObject({ changed: 1, unchanged: 2 });
  });

  it('does not need what it does not store', async () => {
    at.addService(1);
    spoilRow(1, (row) => Object.assign(row, { regdate: 'soon', recurringamount: 'R$49,90 BRL' }));
    expect((await at.sync()).run.outcome).toBe('done');
    expect(await stored()).toEqual(['whmcs-1 2026-12-15']);
  });

  it.each<[string, (row: Row) => unknown]>([
    ['without its id', (row) => (row['id'] = null)],
    ['with another thing as its id', (row) => (row['id'] = 'one')],
  ])('takes no service for vanished because of one %s', async (_name, spoil) => {
    await addStored(2);
    at.whmcs.service(2).nextDueDate = '2027-01-15';
    spoilRow(1, spoil);
    for (const options of [{}, { service: '1' }]) {
      const { run, problems, totals } = await at.sync(options);
      const message = expect.stringMatching(/service of WHMCS: id: expected an id; .*vanished/);
      expect([run.outcome, totals.vanished, problems]).toEqual(['partial', 0, [{ service: '', key: null, message }]]);
      expect(await stored()).toEqual(['whmcs-1 2026-12-15', 'whmcs-2 2027-01-15']);
    }
  });

  it('follows WHMCS with services whose product left the config, and frees the ids of those that end', async () => {
    await addStored(2);
    at.addService(3, { product: 11 });
    await at.sync();
    await at.poll();
    await at.bench.edit(/^ {2}ports: .*\n/m, '');
    Object.assign(at.whmcs.service(1), { status: 'Terminated', nextDueDate: '2027-03-01' });
    Object.assign(at.whmcs.service(2), { status: 'Suspended', nextDueDate: '2027-03-01' });
    for (const changed of [2, 0]) {
      const { run, totals, problems, skipped } = await at.sync();
      expect([run.outcome, totals.changed + totals.terminated]).toEqual(['partial', changed]);
      expect(problems).toMatchObject([
        { service: 'whmcs-1', key: 'product' },
        { service: 'whmcs-2', key: 'product' },
      ]);
      expect(skipped).toMatchObject([{ services: ['whmcs-1', 'whmcs-2'] }]);
    }
    const { services } = await at.sluice.services.list();
    expect(services.map(({ id, lifecycle, nextDueDate }) => `${id} ${lifecycle} ${nextDueDate}`)).toEqual([
      'whmcs-1 terminated 2027-03-01',
      'whmcs-2 suspended 2027-03-01',
      'whmcs-3 active 2026-12-15',
    ]);
    at.whmcs.addService({
      ...{ id: 4, client: 77, product: 11, nextDueDate: '2026-12-15' },
      fields: { easydcim_service_id: '501' },
    });
    expect((await at.sync()).totals.added).toBe(1);
    at.whmcs.service(2).nextDueDate = 'soon';
    at.whmcs.service(2).status = 'Active';
    await at.sync();
    expect((await at.sluice.services.show('whmcs-2')).lifecycle).toBe('suspended');
  });

  it('keeps the product of services whose group can’t be read', async () => {
    at.addService(1, { product: 12 });
    at.addService(2);
    await at.sync();
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    spoilRow(12, (row) => (row['pid'] = null), ['GetProducts', 'pid']);
    const message = expect.stringMatching(/^A product of WHMCS: pid: /);
    expect(await at.sync()).toMatchObject({ run: { outcome: 'partial' }, problems: [{ message }] });
    expect(await stored()).toEqual(['whmcs-1 2027-01-15', 'whmcs-2 2026-12-15']);
  });

  it('keeps what WHMCS has no value for, and what the operator set', async () => {
    await addStored(1);
    await at.sluice.services.set('whmcs-1', { protected_until: '2026-12-01', email: 'ana@example.com' });
    expect((await at.sync()).totals.unchanged).toBe(1);
    at.whmcs.service(1).overrideAutoSuspend = true;
    at.whmcs.service(1).suspendNotBefore = '2026-12-24';
    await at.sync();
    const detail = await at.sluice.services.show('whmcs-1');
    expect(detail.protectedUntil).toBe('2026-12-24');
  });

  it('stores no text that a panel must not get', async () => {
    at.addService(1);
    at.whmcs.addService({ id: 101, client: 77, product: 10, status: 'a\nb' });
    at.whmcs.addService({ id: 102, client: 77, product: 10, billingCycle: 'a\nb' });
    at.whmcs.setField(1, 'easydcim_user', 'a\r\nX-Admin: 1');
    expect((await at.sync()).run.outcome).toBe('partial');
    expect(await stored()).toEqual([]);
  });
});

describe('a sync beside other commands', () => {
  it('stores what a poll under way leaves to the next run', async () => {
    await addStored(2);
    await at.poll();
    at.panel.addTraffic(501, { in: 200 * 1024 ** 3, out: 0 });
    at.whmcs.setField(1, 'base_quota_override_gb', '500');
    const reads = ({ endpoint }: { endpoint: string }): boolean => /bandwidth|usage|graph/i.test(endpoint);
    await during(
      at.panel.server,
      reads,
      () => at.poll({ allowMass: true }),
      async () => {
        expect((await at.sync()).totals.changed).toBe(1);
      },
    );
    expect((await at.sluice.holds.list()).holds).toEqual([]);
  });

  it('syncs 3,000 services in pages', async () => {
    for (let id = 1; id <= 3000; id++) {
      const fields = { easydcim_service_id: String(id) };
      at.whmcs.addService({ id, client: 77, product: 11, nextDueDate: '2026-12-15', fields });
    }
    expect((await at.sync()).totals).toMatchObject({ seen: 3000, added: 3000 });
    expect(at.whmcs.server.calls.length).toBeGreaterThan(30);
    expect((await at.sync()).totals).toMatchObject({ unchanged: 3000 });
  });
});
