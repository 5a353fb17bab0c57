import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { easydcim } from '@sluice/easydcim-client/panel';
import { type FakeEasyDcim, manualClock, startFakeEasyDcim } from '@sluice/fake-panels';
import { toPanelEntry, type Moved, type OldToolInput } from '@sluice/panel-kind';
import type { BilledService, OldRow } from '@sluice/quota-core';
import { EngineBench, GB, HOUR, NO_DOUBT } from '../bench/engine-bench.js';
import { TOKEN, toIds } from '../bench/easydcim-bench.js';

const clock = manualClock('2026-11-20T12:00:00Z');
const GUARD = 'mod_easydcim_bw_guard_';
const COUNT = 4;
const numbers = Array.from({ length: COUNT }, (_, index) => index + 1);

let panel: FakeEasyDcim;
let bench: EngineBench;
let moved: Required<Moved>;

const rows = (all: Record<string, string | null>[]): OldRow[] =>
  all.map((values, index) => ({ line: index + 2, values: { id: String(index + 1), ...values } }));

/** What the module has of four services: the second one is cut, the third has an override, the fourth has bought traffic. */
function toInput(): OldToolInput {
  const state = (service: number) => ({
    ...{ serviceid: String(service), easydcim_service_id: String(toIds(service).service) },
    ...{ easydcim_order_id: String(toIds(service).order), cycle_end: '2026-12-14 23:59:59', base_quota_gb: '100.00' },
    ...{ mode: 'TOTAL', last_used_gb: service === 2 ? '120.0000' : '10.0000', last_check_at: '2026-11-20 11:45:00' },
    last_status: service === 2 ? 'limited' : 'ok',
  });
  const billed = (service: number): BilledService => ({
    ...{
      id: `whmcs-${service}`,
      externalId: String(service),
      productId: '12',
      productName: 'Dedicated',
      addresses: [],
    },
    ...{ client: '42', clientName: null, clientEmail: null, status: 'active', billingCycle: 'monthly' },
    ...{ nextDueDate: '2026-12-15', username: null, domain: null },
    fields: { easydcim_service_id: String(toIds(service).service) },
  });
  const tables = {
    [`${GUARD}service_state`]: numbers.map(state),
    [`${GUARD}product_defaults`]: [
      {
        ...{ pid: '12', default_quota_gb: '100.00', default_quota_total_gb: '100.00', default_mode: 'TOTAL' },
        ...{ default_action: 'disable_ports', enabled: '1' },
      },
    ],
    [`${GUARD}service_overrides`]: [
      { serviceid: '3', override_base_quota_gb: '12.50', override_mode: 'IN', override_action: 'suspend' },
    ],
    [`${GUARD}packages`]: [{ name: 'بسته', size_gb: '50.00', price: '9.90', taxed: '1', is_active: '1' }],
    [`${GUARD}purchases`]: [
      {
        ...{ whmcs_serviceid: '4', userid: '42', package_id: '1', size_gb: '50.00', price: '9.90', invoiceid: '7' },
        ...{ cycle_end: '2026-12-14 23:59:59', created_at: '2026-11-18 10:00:00', invoice_status: 'Paid' },
        ...{ payment_status: 'paid', actor: 'autobuy_cron' },
      },
    ],
    [`${GUARD}client_prefs`]: [
      {
        ...{
          serviceid: '4',
          userid: '42',
          autobuy_enabled: '1',
          autobuy_threshold_gb: '5.00',
          autobuy_package_id: '1',
        },
        autobuy_max_per_cycle: '3',
      },
    ],
    tbladdonmodules: [{ module: 'easydcim_bw', setting: 'managed_pids', value: '12' }],
  };
  return {
    panel: { name: 'dcim', settings: { kind: 'easydcim' } as never, timeZone: 'UTC', currency: 'EUR', products: {} },
    tables: new Map(Object.entries(tables).map(([name, all]) => [name, rows(all)])),
    entries: numbers.map((number) =>
      toPanelEntry({
        object: 'service',
        id: String(toIds(number).service),
        refs: {
          easydcim_service_id: String(toIds(number).service),
          easydcim_order_id: String(toIds(number).order),
          easydcim_server_id: String(toIds(number).server),
        },
      }),
    ),
    details: new Map(),
    billed: numbers.map(billed),
    now: '2026-11-20T12:00:00.000Z',
  };
}

beforeEach(async () => {
  panel = await startFakeEasyDcim({ token: TOKEN, now: clock.now, timeZone: 'UTC' });
  const tool = await easydcim.oldTools?.['easydcim-bw']?.();
  moved = { agents: [], ...tool?.read(toInput()) } as Required<Moved>;
  const products = moved.products.map(({ name, settings }) => [name, { panel: 'dcim', ...settings, whmcs: undefined }]);
  const packages = moved.packages.map(({ name, settings }) => [name, settings]);
  const config = `timeZone: UTC
currency: EUR
${NO_DOUBT}
panels:
  dcim: { kind: easydcim, url: "${panel.url}", allowHttp: true, token: ${TOKEN}, retries: 0, timeout: 2s }
products: ${JSON.stringify(Object.fromEntries(products))}
packages: ${JSON.stringify(Object.fromEntries(packages))}
`;
  for (const number of numbers) {
    const ids = toIds(number);
    panel.addService({
      ...{ id: ids.service, orderId: ids.order, serverId: ids.server, user: 10 + number },
      ports: [{ id: ids.port(1), name: 'eth0' }],
    });
    const used = [10, 120, 10, 110][number - 1] ?? 0;
    panel.addTraffic(ids.service, { in: used * GB, out: 0 });
  }
  clock.advance(HOUR);
  bench = await EngineBench.open(clock, { kinds: [easydcim] }, config);
});

afterEach(async () => {
  await bench.close();
  await panel.close();
});

const toId = (place: number | null): string => `whmcs-${moved.services[place ?? -1]?.billingId ?? ''}`;

test('what the module easydcim_bw knew is accepted whole, and counts as it did there', async () => {
  expect(moved.undecided).toEqual([]);
  const { sluice } = bench;
  const due = { client: '42', billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  const services = moved.services.map(({ product, columns }, place) => ({
    ...{ id: toId(place), panel: 'dcim', product: product ?? '', ...due },
    ...columns,
  }));
  expect(await sluice.services.import(services)).toMatchObject({ totals: { added: COUNT }, problems: [] });
  for (const { service, row } of moved.overrides)
    await sluice.overrides.set(toId(service), {
      quota: `${row['quota_gb'] ?? ''}GB`,
      mode: row['mode'],
      action: row['action'],
    });
  const bought = moved.purchases.map(({ service, row }) => ({ service: toId(service), ...row }));
  expect(await sluice.purchases.import(bought)).toMatchObject({ totals: { added: 1 }, problems: [] });
  for (const { service, row } of moved.preferences) {
    const { enabled, package: name, threshold_gb: threshold = '', max_per_cycle: most } = row;
    await sluice.autoBuy.set(
      { service: toId(service) },
      { enabled: enabled === 'yes', package: name, threshold: `${threshold}GB`, maxPerCycle: Number(most) },
    );
  }
  const { services: shown, totals } = await sluice.poll({ dryRun: true });
  expect(shown.map(({ id, allowance }) => [id, allowance?.allowedBytes])).toEqual([
    ['whmcs-1', 100 * GB],
    ['whmcs-2', 100 * GB],
    ['whmcs-3', 12.5 * GB],
    ['whmcs-4', 150 * GB],
  ]);
  // The second is over its quota, and nothing has adopted what the module did.
  expect(totals).toMatchObject({ services: COUNT, wouldHold: 1, purchased: 0 });
  const restricts = { ports: true, order: false, forwards: false };
  expect(moved.limited).toEqual([{ service: 1, usedBytes: 120 * GB, quotaBytes: 100 * GB, restricts }]);
  expect((await sluice.autoBuy.show({ service: 'whmcs-4' })).autoBuy).toMatchObject({
    ...{ enabled: true, package: 'extra-50gb', threshold: String(5 * GB), maxPerCycle: 3 },
  });
});
