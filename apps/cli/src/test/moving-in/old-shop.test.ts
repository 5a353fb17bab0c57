import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildOldShop, manualClock, type OldShop } from '@sluice/fake-panels';
import { Bench } from '../harness.js';

let bench: Bench;
let shop: OldShop;

beforeEach(async () => {
  const clock = manualClock('2026-11-30T09:30:00Z');
  bench = new Bench(clock);
  shop = await buildOldShop({ now: clock.now });
  bench.env['DCIM_TOKEN'] = shop.token;
  bench.write('sluice.yaml', toConfig());
  mkdirSync(bench.path('old'));
  for (const [name, text] of shop.exports) writeFileSync(path.join(bench.path('old'), name), text);
});

afterEach(async () => {
  await shop.close();
});

function toConfig(more = ''): string {
  return `timeZone: ${shop.timeZone}
currency: EUR
enforce: observe
panels:
  dcim: { kind: easydcim, url: "${shop.panel.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}", retries: 0 }
${more}`;
}

async function run(words: string, exitCode = 0): Promise<string> {
  const outcome = await bench.sluice(words);
  expect([words, outcome.exitCode, outcome.exitCode === exitCode ? '' : outcome.stderr]).toEqual([words, exitCode, '']);
  return outcome.stdout;
}

/** What is off on the panel: ports and orders by their ids. */
function readOff(): Set<string> {
  const { ports, orders } = shop.panel.snapshot();
  const down = Object.entries(ports).filter(([, { adminState }]) => adminState === 'down');
  const suspended = Object.entries(orders).filter(([, { status }]) => status === 'suspended');
  return new Set([...down.map(([id]) => `port ${id}`), ...suspended.map(([id]) => `order ${id}`)]);
}

/** Services with something that is on now and was off before. */
function listBack(before: ReadonlySet<string>): string[] {
  const after = readOff();
  const numbers = [...before]
    .filter((each) => !after.has(each))
    .map((each) => {
      const id = Number(/\d+$/.exec(each)?.[0]);
      return each.startsWith('port') ? Math.floor((id - 20_000) / 10) : id - 7000;
    });
  return [...new Set(numbers.map((number) => `whmcs-${1000 + number}`))].sort();
}

const TOTALS = { services: 300, overrides: 25, preferences: 10, purchases: 40, holds: 10, agents: 0 };

describe('the shop of an old tool', () => {
  it('moves in within three commands; the first run changes nothing, and with the next cycles exactly the ten come back', async () => {
    const { json, exitCode } = await bench.sluice('adopt dcim --from easydcim-bw --in old --json');
    const adopted = json<{ totals: Record<string, number>; problems: { object: string; message: string }[] }>();
    expect([exitCode, adopted.totals]).toEqual([3, expect.objectContaining(TOTALS)]);
    const { unpaid, shutByStaff, adoptable, purchases, overrides, preferences } = shop.expected;
    expect(adopted.problems.filter(({ message }) => message.startsWith('holds.csv'))).toEqual([
      { object: unpaid, message: expect.stringContaining('it is suspended in the billing system') },
      { object: shutByStaff, message: expect.stringContaining('its usage was below the quota') },
    ]);
    expect(await run('adopt apply adopted-dcim')).toContain('services: 300 rows: 300 added, 0 changed, 0 unchanged');
    expect(shop.panel.server.changingCalls()).toEqual([]);
    const before = readOff();
    expect(await run('enforce dcim --yes')).toContain('The first run on dcim would change nothing.');
    const first = await bench.sluice('poll --json');
    expect(first.json<{ totals: object }>().totals).toMatchObject({ services: 300, read: 300, actions: 0, failed: 0 });
    await run('reconcile');
    expect([shop.panel.server.changingCalls(), readOff()]).toEqual([[], before]);
    await bench.store(async (store) => {
      const held = (await store.holds.open({ reason: 'quota' })).map(({ service }) => service);
      expect(held.sort()).toEqual([...adoptable, unpaid].sort());
      const bought = await store.purchases.list();
      expect(bought.map(({ service, status }) => `${service} ${status}`).sort()).toEqual(
        purchases.map((service) => `${service} paid`).sort(),
      );
      expect((await store.overrides.open()).map(({ service }) => service)).toEqual([...overrides].sort());
      expect((await store.autoBuy.list()).map(({ subject }) => subject).sort()).toEqual([...preferences].sort());
    });
    bench.clock.set(`${shop.expected.allReopenedOn}T12:00:00Z`);
    await bench.sluice('poll');
    expect(listBack(before)).toEqual([...adoptable].sort());
    expect([...readOff()].filter((each) => !before.has(each))).toEqual([]);
  });

  it('has the same by the API of WHMCS, whose products its own then name', async () => {
    const { url, identifier, secret } = shop.whmcs;
    bench.env['WHMCS_SECRET'] = secret;
    await run('adopt dcim --from easydcim-bw --in old --out by-tables', 3);
    bench.write(
      'sluice.yaml',
      toConfig(
        `whmcs: { url: "${url}", allowHttp: true, identifier: ${identifier}, secret: "\${env:WHMCS_SECRET}" }\n`,
      ),
    );
    for (const name of ['services', 'custom_fields', 'options']) writeFileSync(bench.path(`old/whmcs_${name}.csv`), '');
    await run('adopt dcim --from easydcim-bw --in old --out by-api', 3);
    for (const name of ['services', 'overrides', 'preferences', 'purchases', 'holds'])
      expect([name, bench.read(`by-api/${name}.csv`)]).toEqual([name, bench.read(`by-tables/${name}.csv`)]);
    expect(bench.read('by-api/products.yaml')).toMatch(/whmcs:\n +productIds:\n +- 11/);
    expect(bench.read('by-tables/products.yaml')).not.toMatch(/^ +whmcs:/m);
    await run('adopt apply by-api');
    // The ids are those of the sync, which adds nothing.
    const synced = (await bench.sluice('service sync --json')).json<{ totals: object }>();
    expect(synced.totals).toMatchObject({ added: 0, vanished: 0 });
  });

  it('has a product for each of WHMCS where the panel alone shows no quota, as the sync finds them', async () => {
    const { url, identifier, secret } = shop.whmcs;
    bench.env['WHMCS_SECRET'] = secret;
    bench.write(
      'sluice.yaml',
      toConfig(
        `whmcs: { url: "${url}", allowHttp: true, identifier: ${identifier}, secret: "\${env:WHMCS_SECRET}" }\n`,
      ),
    );
    await run('adopt dcim --from panel', 3);
    const products = bench.read('adopted-dcim/products.yaml');
    expect(products.match(/^ {2}\S+(?=:)/gm)).toEqual([
      ...[
        '  dcim-plain',
        '  dedicated-5tb-pro',
        '  product-13',
        '  2tb',
        '  reseller-s-both',
        '  unmetered',
        '  dedicated-1tb',
      ],
    ]);
    expect(products).toContain('# The product 11 (Dedicated 1TB) of the billing system, with 51 services.');
    await run('adopt apply adopted-dcim');
    expect((await bench.sluice('service sync --json')).json<{ totals: object }>().totals).toMatchObject({ added: 0 });
    await run('adopt dcim --from panel --out again', 3);
    expect(bench.read('again/services.csv')).toBe(bench.read('adopted-dcim/services.csv'));
  });

  it('lets rows be about the service that names their object already, and names what it leaves out', async () => {
    bench.write('sluice.yaml', toConfig('products: { own: { panel: dcim }, other: { panel: dcim2 } }\n'));
    bench.edit(
      'panels:\n',
      `panels:\n  dcim2: { kind: easydcim, url: "http://127.0.0.1:9", allowHttp: true, token: x }\n`,
    );
    await run('service add own-3 panel=dcim product=own easydcim_service_id=5003');
    await run('service add whmcs-1007 panel=dcim2 product=other easydcim_service_id=5007');
    await run('adopt dcim --from easydcim-bw --in old', 3);
    const undecided = bench.read('adopted-dcim/undecided.csv').split('\n');
    const about = (file: string, object: string): string | undefined =>
      undecided.find((line) => line.startsWith(`${file},${object},`));
    expect(about('services.csv', 'service 5003')).toContain('proposed,"it is service ""own-3"" already');
    expect(bench.read('adopted-dcim/services.csv')).toContain('\nown-3,dcim,');
    expect(bench.read('adopted-dcim/overrides.csv')).toContain('\nown-3,');
    expect(about('services.csv', 'service 5007')).toContain('whmcs-1007 is a service of panel ""dcim2""');
    expect(about('purchases.csv', 'service 1007')).toContain('undecided,its service is not adopted');
    expect(about('holds.csv', 'service 1007')).toContain('undecided,its service is not adopted');
    for (const file of ['services', 'overrides', 'purchases', 'holds'])
      expect(bench.read(`adopted-dcim/${file}.csv`)).not.toMatch(/whmcs-100[37],/);
  });

  it('leaves what was changed since the rows were applied, and moves no service to another panel', async () => {
    await run('adopt dcim --from easydcim-bw --in old', 3);
    await run('adopt apply adopted-dcim');
    bench.clock.advance(60_000);
    await run('service set whmcs-1002 next_due_date=2027-01-26');
    await run('override set whmcs-1003 --quota 1TB');
    await run('override clear whmcs-1013');
    await run('auto-buy set whmcs-1036 --off');
    bench.clock.advance(60_000);
    const again = await run('adopt apply adopted-dcim');
    const kept = again.split('\n').filter((line) => line.startsWith('  left as it is'));
    expect(kept.map((line) => line.replace(/line \d+, /, ''))).toEqual([
      '  left as it is: whmcs-1002: it was changed since: next_due_date stays 2027-01-26 (here 2026-12-26)',
      '  left as it is: whmcs-1003: its override was changed since',
      '  left as it is: whmcs-1013: its override was removed since',
      '  left as it is: whmcs-1036: the choice was changed since',
    ]);
    expect(again).not.toMatch(/[1-9]\d* (added|changed)/);
    // What was not changed since is taken from the file.
    const services = bench.read('adopted-dcim/services.csv');
    bench.write('adopted-dcim/services.csv', services.replace(/^(whmcs-1004,.*),2027-02-16,/m, '$1,2027-02-17,'));
    expect(await run('adopt apply adopted-dcim')).toContain('services: 300 rows: 0 added, 1 changed, 299 unchanged');
    bench.write('adopted-dcim/services.csv', services.replaceAll(',dcim,', ',dcim2,'));
    bench.edit(
      'panels:\n',
      `panels:\n  dcim2: { kind: easydcim, url: "http://127.0.0.1:9", allowHttp: true, token: x }\n`,
    );
    bench.write(
      'adopted-dcim/products.yaml',
      bench.read('adopted-dcim/products.yaml').replaceAll('panel: dcim', 'panel: dcim2'),
    );
    const moved = await bench.sluice('adopt apply adopted-dcim');
    expect([moved.exitCode, moved.stderr]).toEqual([
      2,
      expect.stringContaining('an adoption moves no service to another panel'),
    ]);
  });

  it('adopts again on another evening: purchases are the same ones, and what is not there any more is named', async () => {
    await run('adopt dcim --from easydcim-bw --in old', 3);
    await run('adopt apply adopted-dcim');
    const edit = (table: string, change: (text: string) => string): void => {
      const file = bench.path(`old/${table}.csv`);
      writeFileSync(file, change(readFileSync(file, 'utf8')));
    };
    edit('whmcs_services', (text) =>
      text.replace(/^(1007,.*)2026-12-11/m, '$12026-12-25').replace(/^(1100,.*)Active/m, '$1Terminated'),
    );
    edit('mod_easydcim_bw_guard_service_overrides', (text) => text.replace(/^.*\b1003\b.*\n/m, ''));
    edit('mod_easydcim_bw_guard_packages', (text) => text.split('\n').slice(0, 1).join('\n'));
    edit('mod_easydcim_bw_guard_service_state', (text) => text.replace(/^(.*\b1030\b.*)limited/m, '$1ok'));
    await run('adopt dcim --from easydcim-bw --in old --out again', 3);
    expect(await run('adopt apply again')).toContain('purchases: ');
    await bench.store(async (store) => {
      expect((await store.purchases.list()).length).toBe(40);
    });
    const undecided = bench.read('again/undecided.csv');
    for (const row of [
      'services.csv,whmcs-1100,,,undecided,"it is in Sluice',
      'overrides.csv,whmcs-1003,,,undecided,"it has an override',
      'holds.csv,whmcs-1030,,,undecided,"its hold was adopted',
    ])
      expect(undecided).toContain(row);
  });

  it('is private, and what it adds to the config leaves the rest as it was', async () => {
    await run('adopt dcim --from easydcim-bw --in old', 3);
    for (const name of ['services.csv', 'products.yaml', 'undecided.csv'])
      expect(statSync(bench.path(`adopted-dcim/${name}`)).mode & 0o777).toBe(0o600);
    const before = bench.read('sluice.yaml');
    await run('adopt apply adopted-dcim --dry-run');
    expect(bench.read('sluice.yaml')).toBe(before);
    await run('adopt apply adopted-dcim');
    expect(bench.read('sluice.yaml')).toBe(
      `${before.trimEnd()}\n\ninclude:\n  - adopted-dcim/products.yaml\n  - adopted-dcim/packages.yaml\n`,
    );
    expect(await run('adopt apply adopted-dcim')).toContain('services: 300 rows: 0 added, 0 changed, 300 unchanged');
    await run('adopt dcim --from easydcim-bw --in old --out again', 3);
    expect(bench.read('again/services.csv')).toBe(bench.read('adopted-dcim/services.csv'));
    expect(() => bench.read('again/products.yaml')).toThrow('ENOENT');
  });
});
