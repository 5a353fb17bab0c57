import { afterEach, expect, it } from '@jest/globals';
import { manualClock } from '../core/manual-clock.js';
import { buildOldShop, type OldShop } from './build-old-shop.js';

const GUARD = 'mod_easydcim_bw_guard_';
const clock = manualClock('2026-11-30T09:30:00Z');
const shops: OldShop[] = [];

async function build(seed = 1): Promise<OldShop> {
  const shop = await buildOldShop({ seed, now: clock.now });
  shops.push(shop);
  return shop;
}

afterEach(async () => {
  for (const shop of shops.splice(0)) {
    await shop.close();
    expect([...shop.panel.server.failures, ...shop.whmcs.server.failures]).toEqual([]);
  }
});

/** Reads CSV character by character; NULL is null. Throws for rows of another length, and quotes in the middle. */
function parse(text: string): Record<string, string | null>[] {
  const rows: string[][] = [[]];
  let [cell, isQuoted, wasQuoted] = ['', false, false];
  const end = (): void => {
    rows.at(-1)?.push(cell);
    [cell, wasQuoted] = ['', false];
  };
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (isQuoted && character === '"' && text.charAt(index + 1) === '"') cell += text.charAt(index++);
    else if (character === '"') {
      if (!isQuoted && (cell !== '' || wasQuoted)) throw new Error(`a quote in "${cell}"`);
      isQuoted = !isQuoted;
      wasQuoted = true;
    } else if (!isQuoted && character === ',') end();
    else if (!isQuoted && character === '\n') {
      end();
      rows.push([]);
    } else cell += character;
  }
  const [header = [], ...all] = rows.slice(0, -1);
  return all.map((row) => {
    if (row.length !== header.length) throw new Error(`${row.length} of ${header.length} cells: ${row.join()}`);
    return Object.fromEntries(header.map((name, index) => [name, row[index] === 'NULL' ? null : (row[index] ?? '')]));
  });
}

function readTable({ exports }: OldShop, name: string): Record<string, string | null>[] {
  const text = exports.get(`${name}.csv`);
  if (text === undefined) throw new Error(`no table ${name}`);
  return parse(text);
}

const toNumber = (id: string): number => Number(id.replace('whmcs-', '')) - 1000;

it('has as much of everything as the issue says', async () => {
  const { expected, whmcs, panel } = await build();
  const { limited, adoptable, unpaid, shutByStaff, purchases, overrides, preferences } = expected;
  expect([expected.services, whmcs.world.services.size, Object.keys(panel.snapshot().orders).length]).toEqual([
    300, 300, 300,
  ]);
  expect([limited.length, adoptable.length, purchases.length]).toEqual([12, 10, 40]);
  expect([overrides.length, preferences.length]).toEqual([25, 10]);
  expect([...adoptable, unpaid, shutByStaff].sort()).toEqual([...limited].sort());
  expect([...overrides, ...preferences].filter((id) => limited.includes(id))).toEqual([]);
  expect(expected.allReopenedOn > '2026-11-30' && expected.allReopenedOn < '2026-12-31').toBe(true);
});

it('exports valid CSV with all rows, and odd content comes through', async () => {
  const shop = await build();
  const { expected, exports } = shop;
  const counts = Object.fromEntries(
    [...exports].map(([file, text]) => [file, parse(text).length - (expected.oddRows[file] ?? 0)]),
  );
  expect(counts).toMatchObject({
    [`${GUARD}service_state.csv`]: 300,
    [`${GUARD}product_defaults.csv`]: 6,
    [`${GUARD}service_overrides.csv`]: 25,
    [`${GUARD}packages.csv`]: 4,
    [`${GUARD}purchases.csv`]: 40,
    [`${GUARD}client_prefs.csv`]: 10,
    'whmcs_services.csv': 300,
    'whmcs_options.csv': 0,
  });
  expect(readTable(shop, `${GUARD}packages`).map(({ name }) => name)).toEqual([
    ...['Extra 50 GB', 'Extra, "big" 100', 'ترافیک اضافه ۲۵۰', '流量包 500', 'Old, "free"'],
  ]);
  const products = new Set(readTable(shop, 'whmcs_services').map(({ product }) => product));
  expect([...products].sort()).toContain('Dedicated 5TB, "Pro"');
  const companies = new Set(readTable(shop, 'whmcs_services').map(({ company }) => company));
  expect(companies.has('شرکت «نور»، تهران') && companies.has('上海云计算有限公司')).toBe(true);
  const updated = readTable(shop, `${GUARD}service_overrides`).map((row) => row['updated_at']);
  expect(updated).toEqual(expect.arrayContaining(['0000-00-00 00:00:00', null]));
});

it('is the same for the same seed and day, and another one for another seed', async () => {
  const [first, again, other] = [await build(), await build(), await build(2)];
  expect([...again.exports]).toEqual([...first.exports]);
  expect(again.expected).toEqual(first.expected);
  expect([...other.exports]).not.toEqual([...first.exports]);
});

it('has cut what the tool says, and nothing else; usage is over the quota only there', async () => {
  const shop = await build();
  const { panel, expected } = shop;
  const bought = new Map<string | null, number>();
  for (const row of readTable(shop, `${GUARD}purchases`).slice(0, 40)) {
    const service = row['whmcs_serviceid'] ?? null;
    bought.set(service, (bought.get(service) ?? 0) + Number(row['size_gb']));
  }
  const cut: string[] = [];
  const over: string[] = [];
  for (const row of readTable(shop, `${GUARD}service_state`).slice(0, 300)) {
    const id = `whmcs-${row['serviceid'] ?? ''}`;
    const number = toNumber(id);
    const ports = [1, 2].map((port) => panel.port(20_000 + number * 10 + port).adminState);
    const order = panel.order(7000 + number);
    if (ports.every((each) => each === 'down') || order.status === 'suspended') cut.push(id);
    const quota = row['base_quota_gb'] === null ? Infinity : Number(row['base_quota_gb']);
    const used = Number(row['last_used_gb']);
    if (used >= quota + (bought.get(row['serviceid'] ?? null) ?? 0)) over.push(id);
    const at = clock.now();
    const traffic = panel.traffic(5000 + number, at - 7_200_000, at);
    const gb = { IN: traffic.in, OUT: traffic.out, TOTAL: traffic.total }[row['mode'] ?? ''] ?? 0;
    expect(Math.abs(gb / 1024 ** 3 - used)).toBeLessThan(0.0001);
  }
  expect(cut).toEqual(expected.limited);
  expect(shop.listCut()).toEqual(expected.limited);
  expect(over).toEqual(expected.limited.filter((id) => id !== expected.shutByStaff));
});

it('is served by the panel and the billing system', async () => {
  const { panel, whmcs, token, expected } = await build();
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const answer = await fetch(`${panel.url}/api/v3/admin/orders`, { headers });
  expect(answer.status).toBe(200);
  expect(JSON.stringify(await answer.json())).toContain('7001');
  const body = new URLSearchParams({
    ...{ identifier: whmcs.identifier, secret: whmcs.secret, responsetype: 'json' },
    ...{ action: 'GetClientsProducts', limitnum: '300' },
  });
  const listed = await fetch(`${whmcs.url}/includes/api.php`, { method: 'POST', body });
  const { products } = (await listed.json()) as { products: { product: { id: number; status: string }[] } };
  const suspended = products.product.filter(({ status }) => status === 'Suspended').map(({ id }) => `whmcs-${id}`);
  expect([products.product.length, suspended]).toEqual([300, [expected.unpaid]]);
});

it('refuses fewer services than its counts need', async () => {
  await expect(buildOldShop({ now: clock.now, services: 299 })).rejects.toThrow('at least 300');
});
