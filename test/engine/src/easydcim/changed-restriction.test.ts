import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { addSharer, hideOwners, startSharing } from './sharers.js';

const at = useBench(startSharing);

const ports = (): string[] => [7001, 7002].map((id) => at.panel.port(id).adminState);
const toStatus = (id: number): string => at.panel.order(id).status;
const set = (values: Record<string, string>) => at.sluice.services.set('a', values, { allowDuplicateRefs: true });
const targets = async (): Promise<string[]> =>
  (await at.bench.store.evidence.open()).map(({ kind, target }) => `${kind} ${target}`).sort();

/** Returns the error of the service after a poll, and its holds as they are shown. */
async function poll(): Promise<[string | undefined, unknown]> {
  const { services } = await at.pollAfter(HOUR);
  const { holds } = await at.sluice.services.show('a');
  return [services.find(({ id }) => id === 'a')?.error?.code, holds];
}

const held = (reason: string) => [{ reason, since: expect.any(String) }];

describe('ports that are disabled for a hold which needs the order now', () => {
  beforeEach(async () => {
    await addSharer(at, { id: 'a', number: 501, ports: [7001, 7002] });
    await addSharer(at, { id: 'b', number: 502, ports: [7003], order: 902 });
    await at.poll();
  });

  it('stay disabled until the order is suspended', async () => {
    await set({ status: 'suspended' });
    expect([await poll(), ports()]).toEqual([
      [undefined, held('billing')],
      ['down', 'down'],
    ]);
    await set({ easydcim_order_id: '999' });
    expect([await poll(), ports()]).toEqual([
      [expect.any(String), held('billing')],
      ['down', 'down'],
    ]);
    await set({ easydcim_order_id: '901' });
    expect(await poll()).toEqual([undefined, held('billing')]);
    expect([ports(), toStatus(901)]).toEqual([['up', 'up'], 'suspended']);
    await set({ status: 'active' });
    expect(await poll()).toEqual([undefined, []]);
    expect([toStatus(901), await targets()]).toEqual(['active', []]);
  });

  it.each(['no_order', 'mapping_mismatch', 'shared_order'])('stay disabled while it has %s', async (code) => {
    at.use(1, 120);
    await poll();
    if (code === 'shared_order') hideOwners(at);
    if (code !== 'no_order') await set({ easydcim_order_id: '902' });
    await set({ product: 'ordered' });
    expect(await poll()).toEqual([code, held('quota')]);
    expect([ports(), toStatus(902)]).toEqual([['down', 'down'], 'active']);
    await at.sluice.overrides.set('a', { quota: '500GB' });
    await poll();
    expect([ports(), await targets()]).toEqual([['up', 'up'], []]);
  });

  it('stay disabled for that hold when the one that disabled them ends', async () => {
    at.use(1, 120);
    await poll();
    await set({ status: 'suspended', easydcim_order_id: '999' });
    await at.sluice.overrides.set('a', { quota: '500GB' });
    expect([await poll(), ports()]).toEqual([
      [expect.any(String), [expect.objectContaining({ reason: 'billing' })]],
      ['down', 'down'],
    ]);
    await set({ status: 'active' });
    await poll();
    expect([ports(), await targets()]).toEqual([['up', 'up'], []]);
  });

  it('stay disabled until the panel has suspended the order', async () => {
    at.use(1, 120);
    await poll();
    const match = ({ path }: { path: string }): boolean => path.endsWith('/suspend');
    at.panel.server.inject({ match, times: 1, fault: { kind: 'status', status: 422 } });
    await set({ product: 'ordered', easydcim_order_id: '901' });
    expect([await poll(), ports()]).toEqual([
      [expect.any(String), held('quota')],
      ['down', 'down'],
    ]);
    expect([await poll(), ports(), toStatus(901)]).toEqual([[undefined, held('quota')], ['up', 'up'], 'suspended']);
  });

  it('are not kept where staff have enabled them', async () => {
    at.use(1, 120);
    await poll();
    at.panel.staffEnablePort(7001);
    await set({ product: 'ordered' });
    await poll();
    expect([ports(), await targets()]).toEqual([['up', 'down'], ['port 7002']]);
  });
});

describe('an order that is suspended for a hold which needs the ports now', () => {
  it('stays suspended until they are disabled', async () => {
    await addSharer(at, { id: 'a', number: 501, server: 77, ports: [7001, 7002], product: 'ordered', order: 901 });
    at.use(1, 120);
    await poll();
    await addSharer(at, { id: 'b', number: 502, server: 77, ports: [7001], order: 902 });
    await set({ product: 'ports' });
    expect(await poll()).toEqual(['shared_ports', held('quota')]);
    expect([ports(), toStatus(901)]).toEqual([['up', 'up'], 'suspended']);
    await set({ product: 'open' });
    expect(await poll()).toEqual([undefined, held('quota')]);
    expect([ports(), toStatus(901), await targets()]).toEqual([['down', 'down'], 'active', ['port 7001', 'port 7002']]);
  });
});
