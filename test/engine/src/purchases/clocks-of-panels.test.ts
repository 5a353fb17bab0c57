import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type FakeEasyDcim, startFakeEasyDcim } from '@sluice/fake-panels';
import { useOpened } from '../bench/each-test.js';
import { codeOf, GB, HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { AUTO, listStatuses } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);
const OTHER = 'token-of-the-other';

/** A panel that each run reads before the one of `whmcs-1`, and how far its clock is behind. */
let other: FakeEasyDcim;
const behind = { ms: 0 };

beforeEach(async () => {
  behind.ms = 0;
  await open({ product: AUTO });
  const now = (): number => at.bench.clock.now() - behind.ms;
  other = await startFakeEasyDcim({ token: OTHER, now, timeZone: 'UTC' });
  const settings = `kind: easydcim, url: "${other.url}", allowHttp: true, token: ${OTHER}, retries: 0`;
  await at.bench.edit('panels:\n', `panels:\n  another: { ${settings} }\n`);
  await at.bench.edit('products:\n', 'products:\n  beside: { panel: another, quota: { total: 100GB } }\n');
  other.addService({ id: 601, orderId: 701, serverId: 801, user: 9, ports: [{ id: 9001, name: 'eth0' }] });
  const cycle = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  await at.sluice.services.add('a', { panel: 'another', product: 'beside', ...cycle, easydcim_service_id: '601' });
  at.whmcs.addCredit(CLIENT, '50.00');
});
afterEach(() => other.close());

/** Runs after this traffic, and returns what became of the services. */
async function runAfter(gigabytes: number) {
  at.panel.addTraffic(501, { in: gigabytes * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  const { services, panels } = await at.poll();
  const one = services.find(({ id }) => id === 'whmcs-1');
  return {
    refused: panels.map(({ panel, error }) => `${panel} ${error.code}`),
    ...{ status: one?.status, error: one?.error?.code, purchases: await listStatuses(at) },
  };
}

it('a service buys automatically although the clock was set during the run over another panel', async () => {
  const forget = other.server.onCall(() => {
    forget();
    at.bench.clock.advance(HOUR);
  });
  const after = { status: 'ok', error: undefined, purchases: ['paid'] };
  expect(await runAfter(95)).toEqual({ refused: ['another clock_wrong'], ...after });
});

it('a service buys automatically although the clock of another panel is wrong', async () => {
  behind.ms = 3 * HOUR;
  const after = { status: 'ok', error: undefined, purchases: ['paid'] };
  expect(await runAfter(95)).toEqual({ refused: ['another clock_wrong'], ...after });
});

it('a service whose purchase is open buys nothing while only another panel returns a time, which is another one', async () => {
  const off = at.whmcs.server.inject({ endpoint: 'CreateInvoice', fault: { kind: 'cut' } });
  await codeOf(at.buy('r1'));
  off();
  behind.ms = 3 * HOUR;
  at.panel.server.sendsDate = false;
  const refused = ['another clock_wrong'];
  expect(await runAfter(82)).toEqual({ refused, status: 'failed', error: 'clock_wrong', purchases: ['pending'] });
  at.panel.server.sendsDate = true;
  expect(await runAfter(0)).toEqual({ refused, status: 'ok', error: undefined, purchases: ['paid'] });
});
