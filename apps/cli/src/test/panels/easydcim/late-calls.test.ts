import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';
import { arrive, kill } from '../../killed-command.js';

const { port, order } = toIds(1);
let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
});
afterEach(() => at.close());

describe('a poll that is killed when it holds a service whose customer then gets more', () => {
  it.each([
    ['ports', /disable$/],
    ['order', /suspend$/],
  ])('leaves nothing off when the panel does the call 3 seconds later: %s', async (product, endpoint) => {
    await at.addService(1, { product, ports: [{ id: port(1), name: 'eth0' }] });
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const land = (call: Parameters<typeof arrive>[1]): Promise<unknown> => arrive(at.panel, call);
    const landed = await kill(at, 'poll', { endpoint, lateMs: 3000, land });
    await at.bench.sluice('override set svc-1 --quota 900GB');
    expect((await at.bench.sluice('poll')).exitCode).toBe(0);
    await landed();
    await at.bench.sluice('poll');
    expect([at.panel.port(port(1)).adminState, at.panel.order(order).status]).toEqual(['up', 'active']);
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
  });
});
