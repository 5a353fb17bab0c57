import { afterEach, describe, expect, it } from '@jest/globals';
import { GB, HOUR, passTime, startFlvxBench } from '../../flvx-bench.js';
import type { Bench } from '../../harness.js';
import { startHiddifyBench } from '../../hiddify-bench.js';

const END = Date.parse('2026-11-25T00:00:00Z');
const MINUTE = 60_000;

let close: () => Promise<void>;
afterEach(() => close());

/** Releases svc-1, which is held, until 25 November, and follows it over that midnight. */
async function expectGrace(bench: Bench, passTo: (instant: number) => void, isServed: () => boolean): Promise<void> {
  const text = async (words: string): Promise<string> => (await bench.sluice(words)).stdout;
  const poll = async (): Promise<void> => {
    expect((await bench.sluice('poll --json')).exitCode).toBe(0);
  };
  const says = 'Its quota hold is released until 2026-11-25';
  expect([isServed(), await text('explain svc-1')]).toEqual([false, expect.stringMatching(/^svc-1 is held since /)]);
  expect(await text('hold release svc-1 --until 2026-11-25')).toBe('svc-1: released (quota); panel updated\n');
  expect([isServed(), await text('explain svc-1')]).toEqual([true, expect.stringContaining(says)]);
  for (const instant of [END - 2 * 24 * HOUR, END - MINUTE]) {
    passTo(instant);
    await poll();
    expect([instant, isServed()]).toEqual([instant, true]);
    expect(await text('explain svc-1')).toContain(says);
    expect(await text('explain svc-1')).not.toContain('It is held once');
  }
  passTo(END + MINUTE);
  await poll();
  const after = await text('explain svc-1');
  expect([isServed(), after]).toEqual([false, expect.stringMatching(/^svc-1 is held since /)]);
  expect(after).not.toContain(says);
}

describe('a quota hold that is released until a date', () => {
  it('restricts nothing on FLVX before that local midnight, and is there again after it', async () => {
    const at = await startFlvxBench();
    close = () => at.close();
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web', remoteAddr: '198.51.100.7:443' });
    at.bench.clock.advance(HOUR);
    await at.run('poll');
    at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
    at.bench.clock.advance(HOUR);
    await at.run('poll');
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
