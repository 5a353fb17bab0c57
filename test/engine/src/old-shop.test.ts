import { afterEach, expect, it } from '@jest/globals';
import { easydcim } from '@sluice/easydcim-client/panel';
import type { Sluice } from '@sluice/engine';
import { buildOldShop, manualClock, type OldShop } from '@sluice/fake-panels';
import { EngineBench } from './bench/engine-bench.js';

type Row = Record<string, string>;

let opened: { bench: EngineBench; shop: OldShop } | undefined;

afterEach(async () => {
  await opened?.bench.close();
  await opened?.shop.close();
  opened = undefined;
});

/** The rows of tables whose cells have neither commas nor quotes; NULL is absent. */
function readRows({ exports }: OldShop, table: string): Row[] {
  const [head = '', ...lines] = (exports.get(`mod_easydcim_bw_guard_${table}.csv`) ?? '').trim().split('\n');
  const columns = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.flatMap((name, at) => (cells[at] === 'NULL' ? [] : [[name, cells[at] ?? '']])));
  });
}

function toConfig(shop: OldShop): string {
  const toProduct = (row: Row): string => {
    const quota = row['default_quota_gb'] === undefined ? 'unlimited' : `{ default: ${row['default_quota_gb']}GB }`;
    const action = toAction(row['default_action']);
    return `  ${toName(row['pid'])}: { panel: dcim, quota: ${quota}, mode: ${row['default_mode'] ?? ''}, action: ${action} }`;
  };
  return `timeZone: ${shop.timeZone}
currency: EUR
panels:
  dcim: { kind: easydcim, url: "${shop.panel.url}", allowHttp: true, token: ${shop.token}, retries: 0 }
products:
${readRows(shop, 'product_defaults').slice(0, 6).map(toProduct).join('\n')}
`;
}

const toName = (product: string | undefined): string => `product-${product ?? ''}`;
const toAction = (text: string | undefined): string =>
  ({ disable_ports: 'disable-ports', suspend: 'suspend-order' })[text ?? ''] ?? 'both';

/** Moves in by hand what the tool knew, in the rows of imports. */
async function moveIn(sluice: Sluice, shop: OldShop): Promise<void> {
  const { whmcs, expected, panel } = shop;
  const states = readRows(shop, 'service_state').slice(0, expected.services);
  const services = states.map((state, index): { line: number; values: Row } => {
    const id = Number(state['serviceid']);
    const { clientId, productId, billingCycle, nextDueDate, status } = whmcs.service(id);
    const values = {
      ...{ id: `whmcs-${id}`, panel: 'dcim', product: toName(String(productId)), client: String(clientId) },
      ...{ billing_cycle: billingCycle, next_due_date: nextDueDate ?? '', status: status.toLowerCase() },
      easydcim_service_id: state['easydcim_service_id'] ?? '',
      easydcim_order_id: state['easydcim_order_id'] ?? '',
    };
    return { line: index + 2, values };
  });
  expect((await sluice.services.import(services)).problems).toEqual([]);
  for (const row of readRows(shop, 'service_overrides').slice(0, expected.overrides.length)) {
    const { override_base_quota_gb: gb, override_mode: mode, override_action: action } = row;
    await sluice.overrides.set(`whmcs-${row['serviceid'] ?? ''}`, {
      ...(gb !== undefined && { quota: `${gb}GB` }),
      ...(mode !== undefined && { mode }),
      ...(action !== undefined && { action: toAction(action) }),
    });
  }
  const purchases = readRows(shop, 'purchases').slice(0, expected.purchases.length);
  const bought = purchases.map((row): Row => {
    const bytes = String(Math.round(Number(row['size_gb']) * 1024 ** 3));
    const what = { package: `old-${row['package_id'] ?? ''}`, bytes, price: row['price'] ?? '', currency: 'EUR' };
    const actor = row['actor'] === 'autobuy_cron' ? 'auto' : 'manual';
    return { service: `whmcs-${row['whmcs_serviceid'] ?? ''}`, ...what, at: row['created_at'] ?? '', actor };
  });
  expect((await sluice.purchases.import(bought)).problems).toEqual([]);
  const holds = expected.adoptable.map((service): Row => {
    const number = Number(service.replace('whmcs-', '')) - 1000;
    const ports = [1, 2].map((port) => 20_000 + number * 10 + port);
    const down = ports.filter((port) => panel.port(port).adminState === 'down');
    const order = panel.order(7000 + number).status === 'suspended' ? 'yes' : 'no';
    return { service, reason: 'quota', ports: down.join(' '), order, note: 'limited by the old tool' };
  });
  expect((await sluice.holds.adoptAll(holds)).problems).toEqual([]);
}

/** Services whose ports or order are on now and were off before, by their ids. */
function listBack(before: ReturnType<typeof readOff>, after: ReturnType<typeof readOff>): string[] {
  const back = [...before].filter((each) => !after.has(each)).map((each) => Number(/\d+$/.exec(each)?.[0]));
  return [...new Set(back.map((number) => `whmcs-${1000 + number}`))].sort();
}

/** What is off on the panel, each by its kind and the number of its service. */
function readOff({ panel }: OldShop): Set<string> {
  const { ports, orders } = panel.snapshot();
  const down = Object.entries(ports).flatMap(([id, { adminState }]) =>
    adminState === 'down' ? [`port ${Number(id) % 10} of ${Math.floor((Number(id) - 20_000) / 10)}`] : [],
  );
  const suspended = Object.entries(orders).flatMap(([id, { status }]) =>
    status === 'suspended' ? [`order of ${Number(id) - 7000}`] : [],
  );
  return new Set([...down, ...suspended]);
}

it('changes nothing on the panel at first; once their cycles have ended, exactly the ten come back', async () => {
  const clock = manualClock('2026-11-30T09:30:00Z');
  const shop = await buildOldShop({ now: clock.now });
  const bench = await EngineBench.open(clock, { kinds: [easydcim] }, toConfig(shop));
  opened = { bench, shop };
  const { sluice } = bench;
  await moveIn(sluice, shop);
  const before = readOff(shop);
  const first = await sluice.poll();
  expect([first.run.outcome, first.totals.actions, shop.panel.server.changingCalls()]).toEqual(['done', 0, []]);
  await sluice.reconcile();
  expect(shop.panel.server.changingCalls()).toEqual([]);
  const { holds } = await sluice.holds.list({ open: true });
  const ofQuota = holds.filter(({ reason }) => reason === 'quota').map(({ service }) => service);
  expect(ofQuota.sort()).toEqual([...shop.expected.adoptable, shop.expected.unpaid].sort());
  clock.set(`${shop.expected.allReopenedOn}T12:00:00Z`);
  await sluice.poll();
  expect(listBack(before, readOff(shop))).toEqual([...shop.expected.adoptable].sort());
  expect([...readOff(shop)].filter((each) => !before.has(each))).toEqual([]);
});
