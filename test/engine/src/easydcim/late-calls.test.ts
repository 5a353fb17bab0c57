import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { arrive, kill } from '../bench/killed-call.js';

const { port, order } = toIds(1);
const at = useBench(startEasyDcimBench);

describe('a poll that is killed when it holds a service whose customer then gets more', () => {
  it.each([
    ['ports', /disable$/],
    ['order', /suspend$/],
  ])('leaves nothing off when the panel does the call 3 seconds later: %s', async (product, endpoint) => {
    await at.addService(1, { product, ports: [{ id: port(1), name: 'eth0' }] });
    at.use(1, 200);
    const land = (call: Parameters<typeof arrive>[1]): Promise<unknown> => arrive(at, call);
    const landed = await kill(at, (sluice) => sluice.poll(), { endpoint, lateMs: 3000, land });
    await at.bench.sluice.overrides.set('svc-1', { quota: '900GB' });
    expect((await at.poll()).run.outcome).toBe('done');
    await landed();
    await at.poll();
    expect([at.panel.port(port(1)).adminState, at.panel.order(order).status]).toEqual(['up', 'active']);
    expect(await at.bench.store.actions.unresolved()).toEqual([]);
  });
});
