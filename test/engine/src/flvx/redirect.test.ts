import { describe, expect, it } from '@jest/globals';
import { describedSchema, type RunReport, type Sluice } from '@sluice/engine';
import { flvx } from '@sluice/flvx-client/panel';
import { HOUR } from '../bench/engine-bench.js';
import { flvxConfig, useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled, failure } from '../bench/outcomes.js';
import { firstService } from '../loop/polls.js';
import { addCustomer, USER, useUp } from './customer.js';

const at = useFlvxBench();

/** Goes on with another `redirectTo`, of the product or of the panel. */
function configure({ product, panel }: { product?: string; panel?: string }): Promise<Sluice> {
  const config = flvxConfig(at.panel.url, '', panel === undefined ? '' : `, redirectTo: "${panel}"`);
  const named = 'action: redirect, flvx: { tunnelId: 1';
  return at.bench.configure(
    product === undefined ? config : config.replace(named, `${named}, redirectTo: "${product}"`),
  );
}

async function poll(): Promise<RunReport['services'][number]> {
  at.bench.clock.advance(HOUR);
  return firstService(await done(at.poll()));
}

const addresses = (): (string | undefined)[] => [2, 3].map((id) => at.panel.forward(id)?.remoteAddr);

async function held(): Promise<void> {
  await addCustomer(at, 'nowhere');
  useUp(at);
  await poll();
}

describe('the redirect of forwards whose tunnel has got another entry node', () => {
  it('ends what they serve on the former one, and starts them on the present one at the release', async () => {
    await addCustomer(at, 'nowhere');
    const tunnel = at.panel.world.tunnels.get(at.tunnels.hk)!;
    const nodeId = at.panel.addNode('hk-new');
    tunnel.chain = tunnel.chain.map((part) => ({ ...part, nodeId }));
    const open = at.panel.connect(2);
    const { notices } = await done(at.sluice.provision.suspend('svc-1'));
    expect(notices).toEqual([]);
    expect([at.panel.runningForwards(), open?.isOpen()]).toEqual([[1], false]);
    await done(at.sluice.provision.unsuspend('svc-1'));
    const running = at.panel.services().filter(({ running: runs, userId }) => runs && userId === USER);
    expect(running.map((service) => [service.nodeId, service.name])).toEqual([
      [nodeId, '2_3_2_tcp'],
      [nodeId, '2_3_2_udp'],
      [nodeId, '3_3_2_tcp'],
      [nodeId, '3_3_2_udp'],
    ]);
    expect([2, 3].map((id) => at.panel.forward(id)?.status)).toEqual([1, 1]);
    await poll();
    await expectSettled(at);
  });

  it('is made also where the former one is gone', async () => {
    await addCustomer(at, 'nowhere');
    const tunnel = at.panel.world.tunnels.get(at.tunnels.hk)!;
    const nodeId = at.panel.addNode('hk-new');
    tunnel.chain = tunnel.chain.map((part) => ({ ...part, nodeId }));
    at.panel.nodeOffline(1);
    expect(await failure(at.sluice.provision.suspend('svc-1'))).toMatchObject({ as: 'partial' });
    expect(addresses()).toEqual(['127.0.0.1:9', '127.0.0.1:9']);
    expect(at.panel.services(2).filter((service) => service.nodeId === nodeId && service.running)).toEqual([]);
    await poll();
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect([2, 3].map((id) => at.panel.forward(id)?.status)).toEqual([1, 1]);
    expect(addresses()).toEqual(['198.51.100.7:443', '198.51.100.8:80']);
  });
});

describe('redirectTo', () => {
  it('is where a redirect points, the product before the panel, and given back at the release', async () => {
    await configure({ panel: '192.0.2.10:8080' });
    await held();
    expect(addresses()).toEqual(['192.0.2.10:8080', '192.0.2.10:8080']);
    expect((await poll()).actions).toEqual([]);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    await poll();
    expect(addresses()).toEqual(['198.51.100.7:443', '198.51.100.8:80']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await expectSettled(at);

    await configure({ panel: '192.0.2.10:8080', product: '[2001:db8::1]:80' });
    await at.sluice.provision.suspend('svc-1');
    expect(addresses()).toEqual(['[2001:db8::1]:80', '[2001:db8::1]:80']);
  });

  it('moves held forwards at the next run when it is changed, and they get their own addresses back', async () => {
    await held();
    expect(addresses()).toEqual(['127.0.0.1:9', '127.0.0.1:9']);
    await configure({ product: 'block.example.net:80' });
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
    await configure({ panel: '192.0.2.1:9' });
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    await poll();
    expect(addresses()).toEqual(['198.51.100.7:443', '198.51.100.8:80']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await expectSettled(at);
  });

  it('is one host and one port', async () => {
    for (const wrong of ['127.0.0.1', 'a.example:0', 'a.example:70000', 'a:1,b:2', 'http://a:80', ':80', 'a b:80']) {
      await expect(configure({ product: wrong })).rejects.toMatchObject({
        kind: 'usage',
        code: 'bad_config',
        details: { problems: [{ path: 'products.nowhere.flvx.redirectTo', message: expect.any(String) }] },
      });
    }
    await configure({ product: '127.0.0.1:9', panel: '[::1]:9' });
    expect(JSON.stringify(describedSchema([flvx])).match(/redirectTo/g)?.length).toBeGreaterThanOrEqual(2);
  });
});
