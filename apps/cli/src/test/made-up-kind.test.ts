import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, RunReport } from '@sluice/engine';
import { FakeWaterworks } from '../../../../test/engine/src/kinds/waterworks/fake.js';
import { waterworksKind } from '../../../../test/engine/src/kinds/waterworks/kind.js';
import { KINDS } from '../kinds.js';
import { NO_DOUBT } from './easydcim-bench.js';
import { benchForEachTest, closeAfterTest } from './each-test.js';
import type { Outcome } from './harness.js';

const GB = 1024 ** 3;

const bench = benchForEachTest();
let works: FakeWaterworks;
beforeEach(async () => {
  works = await FakeWaterworks.start(() => bench.clock.now());
  closeAfterTest(works.server);
  bench.env['WATER_KEY'] = 'water-key';
});

const sluice = (words: string | string[], facets: { accounts?: boolean } = {}): Promise<Outcome> =>
  bench.sluice(words, { kinds: [...KINDS, waterworksKind(facets)] });

/** A config that `init` wrote, with the example of a product taken in. */
async function start(): Promise<void> {
  const panel = `kind=waterworks,url=${works.server.url},allow-http=true,district=east,key-env=WATER_KEY`;
  expect((await sluice(['init', '--panel', panel, '--quiet'])).exitCode).toBe(0);
  const text = bench.read('sluice.yaml').replace('enforce: observe', 'enforce: on');
  const product = text.replaceAll(/^#(products:| {2}tap:| {4}(panel: water|quota|waterworks))/gm, '$1');
  bench.write('sluice.yaml', `${product}\n${NO_DOUBT}\n`);
}

const report = (outcome: Outcome): RunReport => outcome.json<RunReport>();
const service = ['panel=water', 'product=tap', 'billing_cycle=monthly', 'next_due_date=2026-12-15'];
const isShut = (id: string): boolean => works.meters.get(id)?.valves['hot'] === 'shut';

describe('the command with a kind of panel that is defined in tests alone', () => {
  it('asks about it in init, and checks its config', async () => {
    await start();
    expect(works.server.totals.calls).toBeGreaterThan(0);
    expect(bench.read('sluice.yaml')).toContain(`    kind: waterworks\n    url: ${works.server.url}\n`);
    expect((await sluice('config check')).exitCode).toBe(0);
    bench.edit('pipe: narrow', 'hose: long');
    const wrong = await sluice('config check');
    expect([wrong.exitCode, wrong.stdout + wrong.stderr]).toEqual([2, expect.stringContaining('"hose"')]);
  });

  it('imports, plans and polls its services', async () => {
    await start();
    const { id, flow } = works.add('customer-1');
    const head = 'id,panel,product,billing_cycle,next_due_date,meter_id\n';
    bench.write('bad.csv', `${head}svc-1,water,tap,monthly,2026-12-15,\nsvc-2,water,tap,monthly,2026-12-15,pipe\n`);
    const refused = await sluice('service import bad.csv');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('meter_id is required')]);
    expect(refused.stderr).toContain('"pipe" is not a valid meter_id: m- and digits');
    bench.write('good.csv', `${head}svc-1,water,tap,monthly,2026-12-15,${id}\n`);
    expect((await sluice('service import good.csv')).exitCode).toBe(0);
    flow.push({ at: bench.clock.now(), litres: 1100 * GB });
    bench.clock.advance(900_000);
    const planned = await sluice('plan --json');
    const types = report(planned).services[0]?.actions.map(({ type }) => type);
    expect([planned.exitCode, types, isShut(id)]).toEqual([4, ['shut-valve', 'shut-valve'], false]);
    expect([report(await sluice('poll --json')).totals.held, isShut(id)]).toEqual([1, true]);
  });

  it('suspends and unsuspends its services, and refuses what it lacks before any call', async () => {
    await start();
    const { id } = works.add('customer-1');
    expect((await sluice(['service', 'add', 'svc-1', ...service, `meter_id=${id}`])).exitCode).toBe(0);
    expect((await sluice('provision suspend svc-1')).exitCode).toBe(0);
    expect(isShut(id)).toBe(true);
    expect((await sluice('provision unsuspend svc-1')).exitCode).toBe(0);
    expect(isShut(id)).toBe(false);
    expect((await sluice('provision renew svc-1 --until 2027-01-15')).exitCode).toBe(0);
    const refused = [
      'provision create svc-1',
      'provision change-password svc-1',
      'provision terminate svc-1 --yes',
      'hold adopt svc-1 --reason manual --ports 1',
      'usage graph svc-1 --from-panel',
      'tunnel list --panel water',
    ];
    const { calls } = works.server.totals;
    for (const words of refused) {
      const { error } = (await sluice(`${words} --json`)).json<{ error: { code: string } }>();
      expect([words, error.code]).toEqual([words, 'unsupported']);
    }
    expect(works.server.totals.calls).toBe(calls);
    const { checks } = (await sluice('doctor --contract --json')).json<{
      checks: { name: string; status: string }[];
    }>();
    expect(checks.find(({ name }) => name === 'contract')?.status).toBe('skipped');
  });

  it('creates its accounts where it has that facet, and names it in doctor and lists', async () => {
    await start();
    expect((await sluice(['service', 'add', 'svc-9', ...service], { accounts: true })).exitCode).toBe(0);
    const made = await sluice('provision create svc-9 --json', { accounts: true });
    const [action] = made.json<CommandReport>().actions;
    expect([made.exitCode, action]).toMatchObject([0, { type: 'create-meter', state: 'applied' }]);
    expect([...works.meters.keys()]).toEqual(['m-1']);
    const { checks } = (await sluice('doctor --json')).json<{
      checks: { name: string; object: string; status: string }[];
    }>();
    expect(checks.filter(({ object }) => object === 'water').map(({ status }) => status)).toContain('ok');
    expect((await sluice('panel list')).stdout).toContain('Waterworks');
    expect(bench.printed).not.toContain('water-key');
  });
});
