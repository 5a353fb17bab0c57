import { afterEach, describe, expect, it } from '@jest/globals';
import { passTime, startFlvxBench } from '../bench/flvx-bench.js';
import { type EngineBench, GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const END = Date.parse('2026-11-25T00:00:00Z');

let close: () => Promise<void>;
afterEach(() => close());

/** Releases svc-1, which is held, until 25 November, and follows it over that midnight. */
async function expectGrace(
  bench: EngineBench,
  passTo: (instant: number) => void,
  isServed: () => boolean,
): Promise<void> {
  const { sluice } = bench;
  const look = async (): Promise<unknown[]> => {
    const { holds, wouldHold, quotaReleasedUntil } = await sluice.services.show('svc-1');
    return [isServed(), holds.map(({ reason }) => reason), wouldHold, quotaReleasedUntil];
  };
  const held = [false, ['quota'], [], null];
  const released = [true, [], [], '2026-11-25'];
  expect(await look()).toEqual(held);
  const { run, stillHeld } = await sluice.holds.release('svc-1', { until: '2026-11-25' });
  expect([run.outcome, stillHeld, await look()]).toEqual(['done', [], released]);
  for (const instant of [END - 2 * 24 * HOUR, END - MINUTE]) {
    passTo(instant);
    expect((await sluice.poll()).run.outcome).toBe('done');
    expect([instant, await look()]).toEqual([instant, released]);
  }
  passTo(END + MINUTE);
  expect((await sluice.poll()).run.outcome).toBe('done');
  expect(await look()).toEqual(held);
}

describe('a quota hold that is released until a date', () => {
  it('restricts nothing on FLVX before that local midnight, and is there again after it', async () => {
    const at = await startFlvxBench();
    close = () => at.close();
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web', remoteAddr: '198.51.100.7:443' });
    at.bench.clock.advance(HOUR);
    await at.poll();
    at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
    at.bench.clock.advance(HOUR);
    await at.poll();
    await expectGrace(
      at.bench,
      (instant) => {
        passTime(at, instant);
      },
      () => at.panel.runningForwards().includes(2) && at.panel.traffic(2, 1000),
    );
    expect(at.panel.server.failures).toEqual([]);
  });

  it('restricts nothing on Hiddify before that local midnight, and is there again after it', async () => {
    const at = await startHiddifyBench();
    close = () => at.close();
    const uuid = await at.create(1);
    at.bench.clock.advance(HOUR);
    await at.poll();
    at.panel.use(uuid, 60 * GB);
    at.bench.clock.advance(HOUR);
    await at.poll();
    await expectGrace(
      at.bench,
      (instant) => {
        at.bench.clock.set(instant);
      },
      () => at.panel.state.isActive(at.panel.user(uuid)),
    );
  });
});
