import { describe, expect, it } from '@jest/globals';
import { type EngineBench, HOUR, MINUTE } from '../bench/engine-bench.js';
import { passTime, useFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { addCustomer, useUp } from '../flvx/customer.js';
import { createUsed } from '../hiddify/steps.js';
import { pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';

const END = Date.parse('2026-11-25T00:00:00Z');

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

const TITLE = 'restricts nothing before that local midnight, and is there again after it';

describe('a quota hold on FLVX that is released until a date', () => {
  const at = useFlvxBench();

  it(TITLE, async () => {
    await addCustomer(at);
    useUp(at);
    await pollLater(at);
    const passTo = (instant: number): void => {
      passTime(at, instant);
    };
    await expectGrace(at.bench, passTo, () => at.panel.runningForwards().includes(2) && at.panel.traffic(2, 1000));
  });
});

describe('a quota hold on Hiddify that is released until a date', () => {
  const at = useBench(startHiddifyBench);

  it(TITLE, async () => {
    const uuid = await createUsed(at, 60);
    const passTo = (instant: number): void => {
      at.bench.clock.set(instant);
    };
    await expectGrace(at.bench, passTo, () => at.panel.state.isActive(at.panel.user(uuid)));
  });
});
