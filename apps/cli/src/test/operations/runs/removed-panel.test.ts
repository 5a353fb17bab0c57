import { beforeEach, expect, it } from '@jest/globals';
import type { Explanation } from '@sluice/engine';
import { startForEachTest } from '../../each-test.js';
import { startEasyDcimBench } from '../../easydcim-bench.js';
import { serveOn } from '../../serve-on.js';

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  for (const number of [1, 2]) await at.addService(number);
  at.use(1, 150);
  await at.poll('--allow-mass');
  const config = at.bench.read('sluice.yaml');
  at.bench.write('sluice.yaml', config.replace('  dcim: {', '  new: {').replaceAll('panel: dcim', 'panel: new'));
});

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

it('is on the page of the service', async () => {
  const serving = await serveOn(at.bench);
  try {
    const { stdout } = await at.bench.sluice('api-token create one --scope read');
    const body = new URLSearchParams({ token: stdout.trim() });
    const login = await fetch(`${serving.url}/login`, { method: 'POST', body, redirect: 'manual' });
    const cookie = /^[^;]*/.exec(login.headers.get('set-cookie') ?? '')?.[0] ?? '';
    const page = await (await fetch(`${serving.url}/services/svc-1`, { headers: { cookie } })).text();
    expect(page).toContain('Panel dcim is not in the config: nothing of the service is read or changed there.');
    expect(page).not.toContain('It is released with the next cycle');
  } finally {
    await serving.stop();
  }
});

it('is named by poll, once', async () => {
  const { stdout, stderr } = await at.bench.sluice('poll');
  expect(stdout + stderr).not.toContain('"PANEL"');
  expect((stdout + stderr).match(/which is not in the config/g)).toHaveLength(1);
});
