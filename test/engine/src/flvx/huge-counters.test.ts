import { expect, it } from '@jest/globals';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';

const at = useFlvxBench();

it.each([2 ** 53 - 1, 2 ** 52 * 1.5, 1e19])(
  'counters of %d bytes are the error of their service alone',
  async (figure) => {
    const [first, second] = [await at.create(1), await at.create(2)];
    const forward = at.panel.addForward(second, at.tunnels.hk, { name: 'second' });
    at.bench.clock.advance(HOUR);
    await at.poll();
    Object.assign(at.panel.world.users.get(first) ?? {}, { inFlow: figure, outFlow: figure });
    at.panel.traffic(forward, 105 * GB);
    at.bench.clock.advance(HOUR);
    for (const run of ['poll', 'reconcile'] as const) {
      const { services } = await at.sluice[run]({ allowMass: true });
      const shown = services.map(({ id, status, usage }) => [id, status, usage?.totalBytes]);
      expect(shown.sort()).toEqual([
        ['svc-1', 'unreadable', undefined],
        ['svc-2', 'held', 105 * GB],
      ]);
      expect(services.find(({ id }) => id === 'svc-1')?.error?.code).toMatch(/^invalid_bytes$|^PANEL_UNREADABLE$/);
    }
    expect(at.panel.forward(forward)?.status).toBe(0);
  },
);
