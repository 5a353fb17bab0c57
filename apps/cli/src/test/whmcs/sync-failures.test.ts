import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServiceDetail, SyncReport } from '@sluice/engine';
import { expectCleanOutput, HOSTILE } from '../hostile-text.js';
import { startWhmcsBench, type WhmcsBench } from './whmcs-bench.js';

let at: WhmcsBench;
beforeEach(async () => {
  at = await startWhmcsBench();
});
afterEach(() => at.close());

const stored = async (): Promise<string[]> => {
  const { services } = (await at.bench.sluice('service list --json')).json<{ services: ServiceDetail[] }>();
  return services.map(({ id, nextDueDate }) => `${id} ${nextDueDate}`);
};
type Row = Record<string, unknown>;

/** Changes the row of a service in every list of services. */
function spoilRow(id: number, spoil: (row: Row) => unknown): void {
  const change = (json: unknown): unknown => {
    const { products } = json as { products: { product: Row[] } };
    for (const row of products.product) if (row['id'] === id) spoil(row);
    return json;
  };
  at.whmcs.server.inject({ endpoint: 'GetClientsProducts', fault: { kind: 'mutate', change } });
}

const failure = async (words = ''): Promise<string> => {
  const { exitCode, stdout } = await at.sync(words);
  const { error } = JSON.parse(stdout) as { error?: { code: string; message: string } };
  return `${exitCode} ${error?.code} ${error?.message}`;
};

describe('a sync that fails as a whole', () => {
  it('changes nothing, exits with 1 and names the cause', async () => {
    at.addService(1);
    expect((await at.sync()).exitCode).toBe(0);
    at.addService(2);
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    const { quirks, server } = at.whmcs;
    quirks.refusedAddress = '2001:db8::7';
    expect(await failure()).toMatch(/^1 billing_unavailable .*2001:db8::7.*whmcs\.accessKey/);
    quirks.refusedAddress = null;
    quirks.denied.add('GetClientsProducts');
    expect(await failure('--dry-run')).toMatch(/^1 billing_unavailable .*GetClientsProducts/i);
    quirks.denied.clear();
    at.bench.env['WHMCS_SECRET'] = 'wrong-secret';
    expect(await failure()).toMatch(/^1 billing_unavailable .*whmcs\.secret/);
    at.bench.env['WHMCS_SECRET'] = at.whmcs.secret;
    quirks.mostRows = 1;
    quirks.missingPages.add(1);
    expect(await failure()).toMatch(/^1 billing_unavailable .*incomplete list/);
    quirks.missingPages.clear();
    quirks.shifting.add('GetClientsProducts');
    expect(await failure()).toMatch(/^1 billing_unavailable .*incomplete list/);
    quirks.shifting.clear();
    server.inject({ endpoint: 'GetClientsProducts', fault: { kind: 'html' } });
    expect(await failure()).toMatch(/^1 billing_unavailable /);
    expect(await stored()).toEqual(['whmcs-1 2026-12-15']);
    expect(at.bench.printed).not.toContain(at.whmcs.secret);
    const log = (await at.bench.sluice('log list --runs --json')).json<{
      entries: { command: string; exitCode: number }[];
    }>();
    expect(log.entries.filter(({ command }) => command === 'service sync').map(({ exitCode }) => exitCode)).toEqual([
      ...Array<number>(5).fill(1),
      0,
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
    const { exitCode } = await at.bench.sluice('service sync --json', { signal: stop.signal });
    expect([exitCode, await stored()]).toEqual([130, []]);
    expect((await at.sync()).json<SyncReport>().totals.added).toBe(2);
  });

  it('takes a list without most of the known services for broken', async () => {
    for (let number = 1; number <= 6; number++) at.addService(number);
    await at.sync();
    for (let number = 1; number <= 5; number++) at.whmcs.deleteService(number);
    expect(await failure()).toMatch(/^1 list_too_short WHMCS lists only 1 of the 6 services/);
    expect((await at.sync('--allow-mass')).json<SyncReport>().totals).toMatchObject({ vanished: 5, unchanged: 1 });
  });

  it('needs the section of WHMCS', async () => {
    at.bench.write(
      'sluice.yaml',
      at.bench
        .read('sluice.yaml')
        .replace(/, whmcs: \{[^}]*\}/g, '')
        .replace(/^whmcs:.*$/m, ''),
    );
    expect(await failure()).toMatch(/^2 no_source The config names no billing system.*"whmcs"/);
  });
});

describe('services with problems', () => {
  it('leaves them as they are, does the others and exits with 3', async () => {
    for (let number = 1; number <= 7; number++) at.addService(number);
    await at.sync();
    at.whmcs.setField(1, 'easydcim_service_id', '502');
    at.whmcs.setField(2, 'base_quota_override_gb', 'plenty');
    at.whmcs.service(3).billingCycle = 'Fortnightly';
    at.whmcs.setField(4, 'easydcim_service_id', '');
    at.whmcs.service(5).nextDueDate = '2027-01-15';
    at.whmcs.service(6).productId = 11;
    at.whmcs.setField(6, 'easydcim_service_id', '506');
    at.whmcs.service(7).nextDueDate = 'soon';
    const partial = await at.sync();
    const { problems, totals } = partial.json<SyncReport>();
    expect([partial.exitCode, totals.changed]).toEqual([3, 2]);
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
    for (const number of [1, 2]) at.addService(number);
    await at.sync();
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    at.whmcs.service(2).nextDueDate = '2027-01-15';
    at.addService(3);
    spoilRow(1, spoil);
    for (const words of ['', '--service 1']) {
      const synced = await at.sync(words);
      const { problems } = synced.json<SyncReport>();
      expect([synced.exitCode, problems]).toEqual([
        3,
        [{ service: 'whmcs-1', key: null, message: expect.stringMatching(message) }],
      ]);
      expect(await stored()).toEqual(['whmcs-1 2026-12-15', 'whmcs-2 2027-01-15', 'whmcs-3 2026-12-15']);
    }
    at.whmcs.server.clearFaults();
    expect((await at.sync()).json<SyncReport>().totals).toMatchObject({ changed: 1, unchanged: 2 });
  });

  it('does not need what it does not store', async () => {
    at.addService(1);
    spoilRow(1, (row) => Object.assign(row, { regdate: 'soon', recurringamount: 'R$49,90 BRL' }));
    expect((await at.sync()).exitCode).toBe(0);
    expect(await stored()).toEqual(['whmcs-1 2026-12-15']);
  });

  it.each<[string, (row: Row) => unknown]>([
    ['without its id', (row) => (row['id'] = null)],
    ['with another thing as its id', (row) => (row['id'] = 'one')],
  ])('takes no service for vanished because of one %s', async (_name, spoil) => {
    for (const number of [1, 2]) at.addService(number);
    await at.sync();
    at.whmcs.service(2).nextDueDate = '2027-01-15';
    spoilRow(1, spoil);
    for (const words of ['', '--service 1']) {
      const synced = await at.sync(words);
      const { problems, totals } = synced.json<SyncReport>();
      expect([synced.exitCode, totals.vanished, problems]).toEqual([
        3,
        0,
        [
          {
            service: '',
            key: null,
            message: expect.stringMatching(/service of WHMCS: id: expected an id; .*vanished/),
          },
        ],
      ]);
      expect(await stored()).toEqual(['whmcs-1 2026-12-15', 'whmcs-2 2027-01-15']);
    }
    expect((await at.bench.sluice('service sync')).stderr).toMatch(/^sluice: A service of WHMCS: id: expected/m);
  });

  it('keeps the product of services whose group can’t be read', async () => {
    at.addService(1, { product: 12 });
    at.addService(2);
    await at.sync();
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    const change = (json: unknown): unknown => {
      const { products } = json as { products: { product: Row[] } };
      for (const row of products.product) if (row['pid'] === 12) row['pid'] = null;
      return json;
    };
    at.whmcs.server.inject({ endpoint: 'GetProducts', fault: { kind: 'mutate', change } });
    const synced = await at.sync();
    expect([synced.exitCode, synced.json<SyncReport>().problems[0]?.message]).toEqual([
      3,
      expect.stringMatching(/^A product of WHMCS: pid: /),
    ]);
    expect(await stored()).toEqual(['whmcs-1 2027-01-15', 'whmcs-2 2026-12-15']);
  });

  it('keeps what WHMCS has no value for, and what the operator set', async () => {
    at.addService(1);
    await at.sync();
    await at.bench.sluice('service set whmcs-1 protected_until=2026-12-01 email=ana@example.com');
    expect((await at.sync()).json<SyncReport>().totals.unchanged).toBe(1);
    at.whmcs.service(1).overrideAutoSuspend = true;
    at.whmcs.service(1).suspendNotBefore = '2026-12-24';
    await at.sync();
    const detail = (await at.bench.sluice('service show whmcs-1 --json')).json<ServiceDetail>();
    expect(detail.protectedUntil).toBe('2026-12-24');
  });

  it('shows hostile names on one line, and stores no text that a panel must not get', async () => {
    at.addService(1);
    const product = at.whmcs.addProduct({ id: 100, name: HOSTILE, groupId: 9, fields: [HOSTILE] });
    at.whmcs.addService({ id: 100, client: 77, product, fields: { [HOSTILE]: HOSTILE } });
    at.whmcs.addService({ id: 101, client: 77, product: 10, status: HOSTILE });
    at.whmcs.addService({ id: 102, client: 77, product: 10, billingCycle: HOSTILE });
    at.whmcs.setField(1, 'easydcim_user', 'a\r\nX-Admin: 1');
    expect((await expectCleanOutput(at.bench, 'service sync --dry-run')).exitCode).toBe(3);
    expect((await at.sync()).exitCode).toBe(3);
    expect(await stored()).toEqual([]);
  });
});

describe('a sync beside other commands', () => {
  it('waits for a service that another run works on, and stores nothing while it does', async () => {
    at.addService(1);
    at.addService(2);
    await at.sync();
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    at.whmcs.service(2).nextDueDate = '2027-01-15';
    const now = new Date(at.bench.clock.now()).toISOString();
    const owner = { host: 'test', pid: 77, processStart: '9' };
    const lease = await at.bench.store(async (store) => {
      const request = { owner, run: 'run-elsewhere', now, ttlMs: 3_600_000, isAlive: () => true };
      const result = await store.leases.acquire({ name: 'service:whmcs-2', ...request });
      if (!result.acquired) throw new Error('not free');
      return result.lease;
    });
    expect(await failure('--wait-lock 1s')).toMatch(/^5 lease_held .*whmcs-2/);
    expect(await stored()).toEqual(['whmcs-1 2026-12-15', 'whmcs-2 2026-12-15']);
    await at.bench.store((store) => store.leases.release(lease));
    expect((await at.sync()).exitCode).toBe(0);
    expect(await stored()).toEqual(['whmcs-1 2027-01-15', 'whmcs-2 2027-01-15']);
  });

  it('stores what a poll under way leaves to the next run', async () => {
    at.addService(1);
    at.addService(2);
    await at.sync();
    await at.poll();
    at.panel.addTraffic(501, { in: 200 * 1024 ** 3, out: 0 });
    at.whmcs.setField(1, 'base_quota_override_gb', '500');
    let synced: unknown = null;
    at.panel.server.inject({
      endpoint: /bandwidth|usage|graph/i,
      times: 1,
      fault: {
        kind: 'wait',
        until: async () => {
          synced = (await at.sync()).json<SyncReport>().totals.changed;
        },
      },
    });
    await at.poll('--allow-mass');
    expect(synced).toBe(1);
    const held = (await at.bench.sluice('hold list --json')).json<{ holds: unknown[] }>().holds;
    expect(held).toEqual([]);
  });

  it('syncs 3,000 services in pages', async () => {
    for (let id = 1; id <= 3000; id++) {
      const fields = { easydcim_service_id: String(id) };
      at.whmcs.addService({ id, client: 77, product: 11, nextDueDate: '2026-12-15', fields });
    }
    expect((await at.sync()).json<SyncReport>().totals).toMatchObject({ seen: 3000, added: 3000 });
    expect(at.whmcs.server.calls.length).toBeGreaterThan(30);
    expect((await at.sync()).json<SyncReport>().totals).toMatchObject({ unchanged: 3000 });
  });
});
