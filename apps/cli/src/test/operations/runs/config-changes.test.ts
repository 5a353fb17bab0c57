import { beforeEach, describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startEasyDcimBench } from '../../easydcim-bench.js';
import { serveOn } from '../../serve-on.js';

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1, { product: 'order' });
  at.use(1, 150);
  await at.poll();
});

function rewrite(change: (config: string) => string): void {
  at.bench.write('sluice.yaml', change(at.bench.read('sluice.yaml')));
}

describe('a panel that is missing in the config', () => {
  const said =
    '1 service has the panel "dcim", which is not in the config: nothing is read or changed there; 1 is held and stays restricted (svc-1)';

  beforeEach(() => {
    rewrite((config) => config.replace('  dcim: {', '  new: {').replaceAll('panel: dcim', 'panel: new'));
  });

  it('is named by a run with its remedy, and by panel list', async () => {
    const { stderr } = await at.bench.sluice('poll');
    expect(stderr).toContain(said);
    expect(stderr).toContain('sluice hold release --all --panel dcim');
    expect((await at.bench.sluice('panel list')).stdout).toContain(said);
  });

  it('is on the pages and in the HTTP API', async () => {
    const removed = [{ panel: 'dcim', services: ['svc-1'], held: ['svc-1'], message: said }];
    const serving = await serveOn(at.bench);
    try {
      const { stdout } = await at.bench.sluice('api-token create one --scope read');
      const body = new URLSearchParams({ token: stdout.trim() });
      const login = await fetch(`${serving.url}/login`, { method: 'POST', redirect: 'manual', body });
      const cookie = /^[^;]*/.exec(login.headers.get('set-cookie') ?? '')?.[0] ?? '';
      const headers = { authorization: `Bearer ${stdout.trim()}`, cookie };
      const read = async (path: string): Promise<string> => (await fetch(`${serving.url}${path}`, { headers })).text();
      for (const path of ['/api/v1/panels', '/api/v1/overview'])
        expect(JSON.parse(await read(path))).toMatchObject({ removed });
      for (const path of ['/', '/panels']) expect(await read(path)).toContain('which is not in the config');
    } finally {
      await serving.stop();
    }
  });
});

it('the file of holds has the last restriction of each', async () => {
  rewrite((config) => config.replace('action: suspend-order', 'action: both'));
  await at.poll();
  expect(at.bench.read('sluice.db.holds.json')).toContain('"restriction": "both"');
});
