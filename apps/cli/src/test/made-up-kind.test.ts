import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import type { CommandReport, RunReport } from '@sluice/engine';
import { KINDS } from '../kinds.js';
import { Bench, type Outcome } from './harness.js';
import { waterworksKind, type Waterworks } from './made-up-kind.js';

const GB = 1024 ** 3;

let bench: Bench;
let works: Waterworks;
beforeEach(() => {
  bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
  works = { valves: new Map(), keys: [] };
  bench.env['WATER_KEY'] = 'water-secret-key';
});
afterEach(() => {
  bench.close();
});

const sluice = (words: string | string[], facets: { accounts?: boolean } = {}): Promise<Outcome> =>
  bench.sluice(words, { kinds: [...KINDS, waterworksKind(works, facets)] });

/** A config that `init` wrote, with the example of a product taken in. */
async function start(): Promise<void> {
  const panel = 'kind=waterworks,url=https://water.example.com,district=east,key-env=WATER_KEY';
  expect((await sluice(['init', '--panel', panel, '--quiet'])).exitCode).toBe(0);
  const text = bench.read('sluice.yaml').replace('enforce: observe', 'enforce: on');
  bench.write('sluice.yaml', text.replaceAll(/^#(products:| {2}tap:| {4}(panel: water|quota|waterworks))/gm, '$1'));
}

const report = (outcome: Outcome): RunReport => outcome.json<RunReport>();
const service = ['panel=water', 'product=tap', 'billing_cycle=monthly', 'next_due_date=2026-12-15'];

describe('a kind of panel that is defined in a test alone', () => {
  it('is asked about by init, and its config is checked', async () => {
    await start();
    expect(works.keys).toEqual(['water-secret-key']);
    expect(bench.read('sluice.yaml')).toContain('    kind: waterworks\n    url: https://water.example.com\n');
    expect((await sluice('config check')).exitCode).toBe(0);
    bench.write('sluice.yaml', bench.read('sluice.yaml').replace('pipe: narrow', 'hose: long'));
    const wrong = await sluice('config check');
    expect([wrong.exitCode, wrong.stdout + wrong.stderr]).toEqual([2, expect.stringContaining('"hose"')]);
  });

  it('is imported, polled, planned, held and released', async () => {
    await start();
    works.valves.set('v-1', { shut: false, usedBytes: 900 * GB });
    const head = 'id,panel,product,billing_cycle,next_due_date,valve\n';
    bench.write('bad.csv', `${head}svc-1,water,tap,monthly,2026-12-15,\nsvc-2,water,tap,monthly,2026-12-15,pipe\n`);
    const refused = await sluice('service import bad.csv');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('valve is required')]);
    expect(refused.stderr).toContain('"pipe" is not a valid valve: v- and letters');
    bench.write('good.csv', `${head}svc-1,water,tap,monthly,2026-12-15,v-1\n`);
    expect((await sluice('service import good.csv')).exitCode).toBe(0);
    expect(report(await sluice('poll --json')).services[0]).toMatchObject({ id: 'svc-1', status: 'ok' });

    works.valves.get('v-1')!.usedBytes = 1100 * GB;
    bench.clock.advance(900_000);
    const planned = await sluice('plan --json');
    expect([planned.exitCode, report(planned).services[0]?.actions.map(({ type }) => type)]).toEqual([
      4,
      ['shut-valve'],
    ]);
    expect(works.valves.get('v-1')?.shut).toBe(false);
    const held = report(await sluice('poll --json'));
    expect([held.run.outcome, held.totals.held, works.valves.get('v-1')?.shut]).toEqual(['done', 1, true]);

    expect((await sluice('override set svc-1 --quota 2TB')).exitCode).toBe(0);
    bench.clock.advance(900_000);
    expect(report(await sluice('poll --json')).totals.released).toBe(1);
    expect(works.valves.get('v-1')?.shut).toBe(false);
  });

  it('is suspended and unsuspended, and what it lacks is unsupported before any call', async () => {
    await start();
    works.valves.set('v-1', { shut: false, usedBytes: GB });
    expect((await sluice(['service', 'add', 'svc-1', ...service, 'valve=v-1'])).exitCode).toBe(0);
    expect((await sluice('provision suspend svc-1')).exitCode).toBe(0);
    expect(works.valves.get('v-1')?.shut).toBe(true);
    expect((await sluice('provision unsuspend svc-1')).exitCode).toBe(0);
    expect(works.valves.get('v-1')?.shut).toBe(false);
    expect((await sluice('provision renew svc-1 --until 2027-01-15')).exitCode).toBe(0);
    const refused = [
      'provision create svc-1',
      'provision change-password svc-1',
      'provision terminate svc-1 --yes',
      'hold adopt svc-1 --reason manual --ports 1',
      'usage graph svc-1 --from-panel',
      'tunnel list --panel water',
    ];
    const read = jest.spyOn(works.valves, 'get');
    for (const words of refused) {
      const { error } = (await sluice(`${words} --json`)).json<{ error: { code: string } }>();
      expect([words, error.code]).toEqual([words, 'unsupported']);
    }
    expect(read).not.toHaveBeenCalled();
    const { checks } = (await sluice('doctor --contract --json')).json<{
      checks: { name: string; status: string }[];
    }>();
    expect(checks.find(({ name }) => name === 'contract')?.status).toBe('skipped');
  });

  it('has its accounts made where it has that facet, and doctor looks at it', async () => {
    await start();
    expect((await sluice(['service', 'add', 'svc-9', ...service, 'valve=v-new'])).exitCode).toBe(0);
    const made = await sluice('provision create svc-9 --json', { accounts: true });
    expect([made.exitCode, made.json<CommandReport>().actions]).toEqual([
      0,
      [{ type: 'create-valve', target: 'v-new', name: expect.any(String) as unknown, state: 'applied' }],
    ]);
    expect([...works.valves.keys()]).toEqual(['v-new']);
    const { checks } = (await sluice('doctor --json')).json<{
      checks: { name: string; object: string; status: string }[];
    }>();
    expect(checks.filter(({ object }) => object === 'water').map(({ status }) => status)).toContain('ok');
    expect((await sluice('panel list')).stdout).toContain('Waterworks');
    expect(bench.printed).not.toContain('water-secret-key');
  });
});
