import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { startFakeAstbilling, startFakeHiddify } from '@sluice/fake-panels';
import { closeAfterTest } from '../../each-test.js';
import { DAY, startEasyDcimBench, TOKEN } from '../../easydcim-bench.js';
import { closeFakes } from '../../harness.js';
import { startHiddifyBench } from '../../hiddify-bench.js';
import { logIn, serveOn } from '../../serve-on.js';
import { startTelephonyBench } from '../../panels/telephony/telephony-bench.js';

/** What these tests read of documents. */
interface Read {
  run: { outcome: string };
  panels: { panel?: string; name?: string; error?: { code: string } }[];
  agents: { panel: string; name: string }[];
  bills: { service: string; state: string }[];
  entries: object[];
  alarms: object[];
}

const skipped = (panel: string) => [{ panel, error: expect.objectContaining({ code: 'secret_missing' }) }];

it('of one panel keeps no check of agents from the others, and no list', async () => {
  const at = closeAfterTest(await startHiddifyBench());
  const other = await startFakeHiddify({ now: at.bench.clock.now });
  const own = `kind: hiddify, url: "${other.url}", allowHttp: true, apiKey: "\${env:OTHER_KEY}", retries: 0`;
  at.bench.edit('panels:\n', `panels:\n  before: { ${own} }\n`);
  try {
    const check = await at.check();
    const read = check.json<Read>();
    expect([check.exitCode, read.run.outcome, read.panels]).toEqual([3, 'partial', skipped('before')]);
    expect(read.agents).toContainEqual(expect.objectContaining({ panel: 'vpn', name: 'north' }));
    const agents = (await at.sluice('agent list')).json<Read>();
    expect(agents.panels).toEqual(skipped('before'));
    const list = await at.sluice('panel list');
    expect([list.exitCode, list.json<Read>().panels.map(({ name }) => name)]).toEqual([0, ['before', 'vpn']]);
    const tested = await at.sluice('panel test');
    expect([tested.exitCode, tested.json<Read>().panels]).toEqual([
      3,
      [
        expect.objectContaining({ name: 'before', error: expect.objectContaining({ code: 'secret_missing' }) }),
        expect.objectContaining({ name: 'vpn', error: null }),
      ],
    ]);
    expect((await at.sluice('notice list')).exitCode).toBe(0);
    at.bench.env['HIDDIFY_KEY'] = '';
    for (const words of ['agent check --all', 'agent list', 'panel test'])
      expect([words, (await at.sluice(words)).exitCode]).toEqual([words, 2]);
  } finally {
    await closeFakes(other);
  }
});

it('of one panel keeps no page from being shown', async () => {
  const token = 'first-start-token-0123456789';
  const more = `serve: { listen: "127.0.0.1:0", token: ${token} }\n`;
  const at = closeAfterTest(await startHiddifyBench({ agents: '{ clients: { 42: north } }', more }));
  await at.addService(1, { values: ['client=42'] });
  await at.check();
  await at.poll();
  const serving = await serveOn(at.bench);
  try {
    at.bench.edit('${env:HIDDIFY_KEY}', '${env:NEW_KEY}');
    at.bench.clock.advance(1000);
    const cookie = await logIn(serving.url, token);
    for (const path of ['/', '/agents', '/panels', '/panels/vpn', '/services/svc-1', '/log', '/products']) {
      const answer = await fetch(`${serving.url}${path}`, { headers: { cookie } });
      expect([path, answer.status, await answer.text()]).toEqual([
        path,
        200,
        expect.stringContaining('environment variable NEW_KEY'),
      ]);
    }
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ['/doctor', '/notices/alarms', '/overview', '/panels', '/services/svc-1']) {
      const answer = await fetch(`${serving.url}/api/v1${path}`, { headers });
      expect([path, answer.status]).toEqual([path, 200]);
    }
  } finally {
    await serving.stop();
  }
});

it('of one panel keeps no calls of the others from being billed', async () => {
  const at = closeAfterTest(await startTelephonyBench());
  await at.addService();
  at.addCall('2026-10-05T09:00:00-03:00', '0.2320');
  const other = await startFakeAstbilling({ now: at.bench.clock.now });
  const own = `kind: astbilling, url: "${other.url}", allowHttp: true, token: "\${env:OTHER}", billFrom: 2026-10-01`;
  at.bench.edit('panels:\n', `panels:\n  before: { ${own} }\n`);
  at.bench.edit('products:\n', 'products:\n  other: { panel: before, astbilling: { planId: "11" } }\n');
  const added = await at.bench.sluice(
    'service add svc-0 panel=before product=other client=41 astbilling_subscriber_id=1',
  );
  expect(added.exitCode).toBe(0);
  try {
    const { exitCode, json } = await at.run('call bill');
    const { run, bills, panels } = json<Read>();
    expect([exitCode, run.outcome, panels]).toEqual([3, 'partial', skipped('before')]);
    expect(bills).toEqual([expect.objectContaining({ service: 'svc-1', state: 'added' })]);
    expect((await at.bench.sluice('call bill --quiet')).stdout).toMatch(
      /^before: secret missing: panels\.before\.token/m,
    );
    at.bench.env['TOKEN'] = '';
    expect((await at.run('call bill')).exitCode).toBe(2);
  } finally {
    await closeFakes(other);
  }
});

it('of the only panel leaves the run, the alarm and the backup of the day, and the exit code of a wrong config', async () => {
  const at = closeAfterTest(await startEasyDcimBench());
  const read = async (words: string) => (await at.bench.sluice(`${words} --json`)).json<Read>();
  const backups = () => readdirSync(at.bench.path('sluice.db-backups'));
  await at.addService(1);
  expect((await at.bench.sluice('reconcile')).exitCode).toBe(0);
  const before = backups();
  at.bench.clock.advance(DAY);
  at.bench.env['DCIM_TOKEN'] = '';
  const run = await at.bench.sluice('reconcile --json');
  expect([run.exitCode, run.json()]).toEqual([2, { error: expect.objectContaining({ code: 'secret_missing' }) }]);
  const { entries } = await read('log list --runs');
  expect(entries[0]).toMatchObject({
    ...{ command: 'reconcile', exitCode: 2, error: expect.stringContaining('secret_missing') },
  });
  expect(backups()).toHaveLength(before.length + 1);
  const alarm = { code: 'panel_undecided', panel: 'dcim', message: expect.stringContaining('DCIM_TOKEN') };
  expect((await read('notice list')).alarms).toContainEqual(expect.objectContaining(alarm));
  // The others change nothing, and show nothing about the schedule.
  for (const words of ['plan', 'poll --service svc-1', 'poll --panel dcim'])
    expect([words, (await at.bench.sluice(words)).exitCode]).toEqual([words, 2]);
  expect((await read('log list --runs')).entries).toEqual(entries);
  at.bench.env['DCIM_TOKEN'] = TOKEN;
  expect((await at.pollLater()).exitCode).toBe(0);
  expect((await read('notice list')).alarms).toEqual([]);
});
