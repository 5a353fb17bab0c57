import { beforeEach, expect, it } from '@jest/globals';
import { type FakeEasyDcim, startFakeEasyDcim } from '@sluice/fake-panels';
import { closeAfterTest, startForEachTest } from './each-test.js';
import { GB, HOUR, startEasyDcimBench, toIds } from './easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);
const OTHER = 'token-of-the-other-0123456789';

/** The panel that has the name `dcim` since the backup; the one of the bench is `fra` since. */
let other: FakeEasyDcim;

beforeEach(async () => {
  other = closeAfterTest(await startFakeEasyDcim({ token: OTHER, now: at.bench.clock.now, timeZone: 'UTC' }));
  other.addService({ id: 601, orderId: 701, serverId: 801, user: 9, ports: [{ id: 9001, name: 'eth0' }] });
  await at.addService(1);
  await succeed('poll');
  await succeed('db backup early.db');
  const config = at.bench.read('sluice.yaml').replace('  dcim: {', '  fra: {').replaceAll('panel: dcim', 'panel: fra');
  const settings = `kind: easydcim, url: "${other.url}", allowHttp: true, token: ${OTHER}, retries: 0`;
  const product = '  beside: { panel: dcim, quota: { total: 100GB }, action: disable-ports }';
  at.bench.write(
    'sluice.yaml',
    config.replace('panels:\n', `panels:\n  dcim: { ${settings} }\n`).replace('products:\n', `products:\n${product}\n`),
  );
  const pairs = 'panel=dcim product=beside billing_cycle=monthly next_due_date=2026-12-15 easydcim_service_id=601';
  await succeed(`service add a-1 ${pairs} easydcim_order_id=701 easydcim_server_id=801`);
  await succeed('poll');
});

async function succeed(words: string): Promise<void> {
  at.bench.clock.advance(HOUR);
  const { exitCode, stderr } = await at.bench.sluice(words);
  expect([words, exitCode, stderr]).toEqual([words, 0, expect.anything()]);
}

async function restore(): Promise<object> {
  at.bench.clock.advance(HOUR);
  return (await at.bench.sluice('db restore early.db --yes --json')).json();
}

async function held(): Promise<string[]> {
  const { holds } = (await at.bench.sluice('hold list --json')).json<{ holds: { service: string }[] }>();
  return holds.map(({ service }) => service).sort();
}

const ports = (): string[] => [at.panel.port(toIds(1).port(1)).adminState, other.port(9001).adminState];

it('keeps what is held on a panel that has the name of another one since the backup, each on its own', async () => {
  at.use(1, 200);
  other.addTraffic(601, { in: 200 * GB, out: 0 });
  await succeed('poll');
  expect([await held(), ports()]).toEqual([
    ['a-1', 'svc-1'],
    ['down', 'down'],
  ]);
  expect(await restore()).toMatchObject({ tookHoldsOver: true });
  for (const { server } of [at.panel, other]) server.clearCalls();
  await succeed('poll');
  expect([await held(), ports()]).toEqual([
    ['a-1', 'svc-1'],
    ['down', 'down'],
  ]);
  expect([at.panel, other].flatMap(({ server }) => server.changingCalls())).toEqual([]);
  await succeed('override set a-1 --quota 500GB');
  await succeed('poll');
  expect([await held(), ports()]).toEqual([['svc-1'], ['down', 'up']]);
});

it('observes a panel that has the name of another one since the backup, and no other', async () => {
  at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace('panels:\n', 'enforce: on\npanels:\n'));
  await succeed('observe dcim');
  expect(await restore()).toMatchObject({ observing: ['dcim'] });
  await succeed('poll');
  const { panels } = (await at.bench.sluice('panel list --json')).json<{ panels: object[] }>();
  expect(panels).toMatchObject([
    { name: 'dcim', enforce: { value: 'observe', source: 'switch' } },
    { name: 'fra', enforce: { value: 'on', source: 'enforce' } },
  ]);
});
