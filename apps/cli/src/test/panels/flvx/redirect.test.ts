import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { flvxConfig, GB, HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

/** Writes the config with another `redirectTo`, of the product or of the panel. */
function configure({ product, panel }: { product?: string; panel?: string }): void {
  const config = flvxConfig(at.panel.url, '', panel === undefined ? '' : `, redirectTo: "${panel}"`);
  const named = 'action: redirect, flvx: { tunnelId: 1';
  at.bench.write(
    'sluice.yaml',
    product === undefined ? config : config.replace(named, `${named}, redirectTo: "${product}"`),
  );
}

async function poll(): Promise<RunReport['services'][number]> {
  at.bench.clock.advance(HOUR);
  const polled = await at.run('poll');
  expect(polled.exitCode).toBe(0);
  return polled.json<RunReport>().services[0]!;
}

const addresses = (): (string | undefined)[] => [2, 3].map((id) => at.panel.forward(id)?.remoteAddr);

async function held(): Promise<void> {
  const user = await at.create(1, { product: 'nowhere' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web', remoteAddr: '198.51.100.7:443' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'game', remoteAddr: '198.51.100.8:80' });
  await poll();
  at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
  await poll();
}

describe('redirectTo', () => {
  it('is where a redirect points, the product before the panel, and given back at the release', async () => {
    configure({ panel: '192.0.2.10:8080' });
    await held();
    expect(addresses()).toEqual(['192.0.2.10:8080', '192.0.2.10:8080']);
    expect((await poll()).actions).toEqual([]);
    await at.run('override set svc-1 --unlimited');
    await poll();
    expect(addresses()).toEqual(['198.51.100.7:443', '198.51.100.8:80']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect((await at.run('plan')).exitCode).toBe(0);

    configure({ panel: '192.0.2.10:8080', product: '[2001:db8::1]:80' });
    await at.run('provision suspend svc-1');
    expect(addresses()).toEqual(['[2001:db8::1]:80', '[2001:db8::1]:80']);
  });

  it('moves held forwards at the next run when it is changed, and they get their own addresses back', async () => {
    await held();
    expect(addresses()).toEqual(['127.0.0.1:9', '127.0.0.1:9']);
    configure({ product: 'block.example.net:80' });
    const moved = await poll();
    expect(moved.actions.map(({ type, target }) => `${type} ${target}`)).toEqual([
      'redirect-forward 2',
      'redirect-forward 3',
      'pause-forward 2',
      'pause-forward 3',
    ]);
    expect(addresses()).toEqual(['block.example.net:80', 'block.example.net:80']);
    expect(at.panel.runningForwards()).toEqual([1]);
    expect((await poll()).actions).toEqual([]);
    // The config says something else again, and the service is released in the same run.
    configure({ panel: '192.0.2.1:9' });
    await at.run('override set svc-1 --unlimited');
    await poll();
    expect(addresses()).toEqual(['198.51.100.7:443', '198.51.100.8:80']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('is one host and one port', async () => {
    for (const wrong of ['127.0.0.1', 'a.example:0', 'a.example:70000', 'a:1,b:2', 'http://a:80', ':80', 'a b:80']) {
      configure({ product: wrong });
      const checked = await at.run('config check');
      expect([wrong, checked.exitCode]).toEqual([wrong, 2]);
      expect(checked.stdout + checked.stderr).toContain('redirectTo');
    }
    configure({ product: '127.0.0.1:9', panel: '[::1]:9' });
    expect((await at.run('config check')).exitCode).toBe(0);
    const schema = (await at.run('config schema')).stdout;
    expect(schema.match(/redirectTo/g)?.length).toBeGreaterThanOrEqual(2);
  });
});
