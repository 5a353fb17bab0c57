import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Explanation, ServiceDetail } from '@sluice/engine';
import { startForEachTest } from '../../each-test.js';
import { startEasyDcimBench } from '../../easydcim-bench.js';
import { logIn, serveOn } from '../../serve-on.js';

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1, { product: 'order' });
  await at.addService(2);
  at.use(1, 150);
  await at.poll('--allow-mass');
});

function rewrite(change: (config: string) => string): void {
  at.bench.write('sluice.yaml', change(at.bench.read('sluice.yaml')));
}

function losePanel(): void {
  rewrite((config) =>
    config
      .replace('  dcim: {', '  new: {')
      .replaceAll('panel: dcim', 'panel: new')
      .replaceAll('//127.0.0.1:', '//localhost:'),
  );
}

describe('a panel that is missing in the config', () => {
  const said =
    '2 services have the panel "dcim", which is not in the config: nothing is read or changed there; 1 is held and stays restricted (svc-1)';

  beforeEach(async () => {
    await at.bench.sluice('service set svc-1 client=42');
    losePanel();
  });

  it('is named once by a run with its remedy, and by panel list', async () => {
    const { stdout, stderr } = await at.bench.sluice('poll');
    expect(stderr).toContain(said);
    expect((stdout + stderr).match(/which is not in the config/g)).toHaveLength(1);
    expect(stdout + stderr).not.toContain('"PANEL"');
    expect(stderr).toContain('sluice hold release --all --panel dcim');
    expect((await at.bench.sluice('panel list')).stdout).toContain(said);
  });

  it('is on the pages and in the HTTP API', async () => {
    const removed = [{ panel: 'dcim', services: ['svc-1', 'svc-2'], held: ['svc-1'], message: said }];
    const serving = await serveOn(at.bench);
    try {
      const { stdout } = await at.bench.sluice('api-token create one --scope read');
      const cookie = await logIn(serving.url, stdout.trim());
      const headers = { authorization: `Bearer ${stdout.trim()}`, cookie };
      const read = async (path: string): Promise<string> => (await fetch(`${serving.url}${path}`, { headers })).text();
      for (const path of ['/api/v1/panels', '/api/v1/overview'])
        expect(JSON.parse(await read(path))).toMatchObject({ removed });
      for (const path of ['/', '/panels']) expect(await read(path)).toContain('which is not in the config');
      const page = await read('/services/svc-1');
      expect(page).toContain('Panel dcim is not in the config: nothing of svc-1 is read or changed there.');
      expect(page).not.toContain('It is released with the next cycle');
    } finally {
      await serving.stop();
    }
  });

  it('keeps lists, figures and pages from showing its services as read', async () => {
    await at.pollLater();
    const remark = 'Panel dcim is not in the config and not read since 20 Nov 2026';
    for (const words of ['service list', 'usage', 'report'])
      expect((await at.bench.sluice(words)).stdout).toContain(`${remark} 14:00: these are the last known states`);
    const shown = await at.bench.sluice('service show svc-1');
    expect(shown.stdout).toContain('; panel not in the config and not read since 20 Nov 2026 14:00)');
    const show = (await at.bench.sluice('service show svc-1 --json')).json<ServiceDetail>();
    expect([show.panelDownSince, show.panelRemoved]).toEqual(['2026-11-20T14:00:00.000Z', true]);
    const unread = (await at.bench.sluice('service list --status not-read --json')).json<{
      services: ServiceDetail[];
    }>();
    expect(unread.services.map(({ id, unread: isUnread }) => [id, isUnread])).toEqual([
      ['svc-1', true],
      ['svc-2', true],
    ]);
    expect((await at.bench.sluice('metrics')).stdout).toContain('sluice_services_unread{panel="dcim"} 2');
    const serving = await serveOn(at.bench);
    try {
      const { stdout } = await at.bench.sluice('api-token create one --scope read');
      const cookie = await logIn(serving.url, stdout.trim());
      const read = async (path: string): Promise<string> =>
        (await (await fetch(`${serving.url}${path}`, { headers: { cookie } })).text()).replaceAll(/<[^>]*>|\s+/g, ' ');
      const overview = await read('/');
      expect(overview).toMatch(/Failed or not read +2 /);
      expect(overview).toMatch(/Panels away +1 +dcim/);
      expect(overview).toContain('panel not in the config');
      expect(await read('/?status=not-read&panel=dcim')).toContain('svc-2');
      const forOperators = /; panel not in the config and not read since +20 Nov/;
      expect(await read('/services/svc-1')).toMatch(forOperators);
      expect(await report('')).toMatch(forOperators);
      expect(await report('--client 42')).toMatch(/can’t be read at the moment: these are from\s+20 Nov/);
      expect(await read('/panels/dcim')).toContain('which is not in the config');
    } finally {
      await serving.stop();
    }
  });

  async function report(words: string): Promise<string> {
    const { exitCode, stderr } = await at.bench.sluice(`report --html report.html ${words}`.trim());
    expect([exitCode, stderr]).toEqual([0, '']);
    return at.bench.read('report.html').replaceAll(/<[^>]*>|\s+/g, ' ');
  }

  it('is what explain says of its services, and no run is promised to release them', async () => {
    const held = (await at.bench.sluice('explain svc-1')).stdout;
    expect(held).toMatch(/svc-1 is held since .*: 150 GB of 100 GB/);
    expect(held).toContain('Panel dcim is not in the config: nothing of svc-1 is read or changed there.');
    expect(held).toContain('sluice hold release --all --panel dcim');
    expect(held).not.toContain('It is released with the next cycle');
    const other = (await at.bench.sluice('explain svc-2')).stdout;
    expect(other).toContain('Panel dcim is not in the config: nothing of svc-2 is read or changed there.');
    expect(other).not.toContain('svc-2 is not held');
    expect((await at.bench.sluice('explain svc-1 --json')).json<Explanation>()).toMatchObject({ panelRemoved: true });
  });
});

it('a switch of a panel that left the config is removed, and the panel is not called enforced', async () => {
  await at.bench.sluice('observe dcim');
  losePanel();
  expect((await at.bench.sluice('observe dcim --as-configured')).stdout).toBe(
    'panel dcim: what was set with a command is removed; it is not in the config, so no run reads it\n',
  );
});

it('nobody is asked about the holds of a panel that left the config', async () => {
  losePanel();
  const ask = (question: string): Promise<string> => Promise.reject(new Error(question));
  const { exitCode, stderr } = await at.bench.sluice('hold release --all --panel dcim', { ask });
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('There is no panel "dcim" in the config')]);
});

it('a panel that left the config with services that have ended is no outage', async () => {
  for (const id of ['svc-1', 'svc-2']) await at.bench.sluice(`service set ${id} status=terminated`);
  losePanel();
  const { stdout } = await at.bench.sluice('service list');
  expect(stdout).toMatch(/^svc-2 .* terminated /m);
  expect(stdout).not.toContain('is not in the config');
});

it('the file of holds has the last restriction of each', async () => {
  rewrite((config) => config.replace('action: suspend-order', 'action: both'));
  await at.poll();
  expect(at.bench.read('sluice.db.holds.json')).toContain('"restriction": "both"');
});

it('a panel with another name in the config has its former one with a preview, and each check says so', async () => {
  rewrite((config) => config.replace('  dcim: {', '  new: {').replaceAll('panel: dcim', 'panel: new'));
  const said = 'panel "dcim" has the name "new" in the config: what is stored of it gets that with the next run';
  for (const command of ['config check', 'doctor', 'plan']) {
    const { stdout, stderr } = await at.bench.sluice(command);
    expect(stdout + stderr).toContain(said);
    expect(stdout + stderr).not.toContain('not in the config');
  }
  const list = async () => (await at.bench.sluice('service list --columns service,panel')).stdout;
  expect(await list()).toContain('dcim');
  await at.bench.sluice('poll');
  expect(await list()).not.toContain('dcim');
  expect((await at.bench.sluice('config check')).stdout).not.toContain(said);
});
