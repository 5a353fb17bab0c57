import { expect, it } from '@jest/globals';
import type { ServiceDetail } from '@sluice/engine';
import { expectCleanOutput, HOSTILE } from '../hostile-text.js';
import { startForEachTest } from '../each-test.js';
import { startWhmcsBench } from './whmcs-bench.js';

const at = startForEachTest(startWhmcsBench);

const stored = async (): Promise<string[]> => {
  const { services } = (await at.bench.sluice('service list --json')).json<{ services: ServiceDetail[] }>();
  return services.map(({ id }) => id);
};

it('a sync that is refused exits with 1, and prints no secret', async () => {
  at.addService(1);
  at.bench.env['WHMCS_SECRET'] = 'wrong-secret';
  const { exitCode, json } = await at.sync();
  expect([exitCode, json()]).toMatchObject([1, { error: { code: 'billing_unavailable' } }]);
  at.bench.env['WHMCS_SECRET'] = at.whmcs.secret;
  at.whmcs.quirks.denied.add('GetClientsProducts');
  expect((await at.sync('--dry-run')).exitCode).toBe(1);
  const { entries } = (await at.bench.sluice('log list --runs --json')).json<{ entries: object[] }>();
  expect(entries).toMatchObject([{ command: 'service sync', exitCode: 1 }]);
  expect(at.bench.printed).not.toContain(at.whmcs.secret);
});

it('a sync that is interrupted exits with 130', async () => {
  at.addService(1);
  const stop = new AbortController();
  const until = (): Promise<void> => {
    stop.abort('SIGINT');
    return Promise.resolve();
  };
  at.whmcs.server.inject({ endpoint: 'GetClientsProducts', times: 1, fault: { kind: 'wait', until } });
  const { exitCode } = await at.bench.sluice('service sync --json', { signal: stop.signal });
  expect([exitCode, await stored()]).toEqual([130, []]);
});

it('a row of no service is named on stderr', async () => {
  at.addService(1);
  const change = (json: unknown): unknown => {
    const { products } = json as { products: { product: Record<string, unknown>[] } };
    for (const row of products.product) row['id'] = null;
    return json;
  };
  at.whmcs.server.inject({ endpoint: 'GetClientsProducts', fault: { kind: 'mutate', change } });
  const { exitCode, stderr } = await at.bench.sluice('service sync');
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^sluice: A service of WHMCS: id: expected/m);
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
