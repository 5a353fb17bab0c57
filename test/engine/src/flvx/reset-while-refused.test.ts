import { beforeEach, describe, expect, it } from '@jest/globals';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { useOpened } from '../bench/each-test.js';
import { firstService } from '../loop/polls.js';

const [at, open] = useOpened(startFlvxBench);

const polled = async () => firstService(await at.poll());
const DOUBTED = { status: 'doubted', holds: [], error: { code: 'impossible_jump' } };

/** A service whose panel resets its counter on the first of the month, when its cycle begins; 70 GB were read of it before. */
async function startRead(): Promise<void> {
  await open('poll: { interval: 1h }');
  const user = await at.create(1, { product: 'monthly', values: { next_due_date: '2026-12-01' } });
  await at.sluice.provision.renew('svc-1', { until: '2027-06-01' });
  at.panel.addForward(user, at.tunnels.hk);
  at.bench.clock.set('2026-11-30T12:00:00Z');
  at.panel.traffic(2, { in: 10 * GB, out: 20 * GB });
  await at.poll();
  at.bench.clock.set('2026-11-30T23:50:00Z');
  at.panel.traffic(2, { in: 20 * GB, out: 20 * GB });
  expect((await polled()).usage?.totalBytes).toBe(70 * GB);
}

/** The panel resets the counter, which outgrows its old figure before the next run. */
function outgrow(inGb: number, outGb: number): void {
  at.bench.clock.set('2026-12-01T00:00:05Z');
  at.panel.midnight();
  at.panel.traffic(2, { in: inGb * GB, out: outGb * GB });
  at.bench.clock.set('2026-12-01T12:00:00Z');
}

describe('a counter that the panel has reset, and that has outgrown its old figure', () => {
  beforeEach(startRead);

  it('counts from zero once a reading that was doubted is confirmed', async () => {
    outgrow(43, 57);
    expect(await polled()).toMatchObject(DOUBTED);
    at.bench.clock.advance(30_000);
    expect(await polled()).toMatchObject(DOUBTED);
    at.bench.clock.advance(MINUTE);
    expect(await polled()).toMatchObject({ status: 'held', usage: { totalBytes: 100 * GB } });
  });

  it('counts from zero also where a command has looked at the account before the next run', async () => {
    outgrow(35, 45);
    await at.sluice.provision.renew('svc-1', { until: '2027-07-01' });
    await at.sluice.provision.renew('svc-1', { until: '2027-08-01' });
    expect(await polled()).toMatchObject({ status: 'ok', usage: { totalBytes: 80 * GB } });
    at.bench.clock.advance(HOUR);
    expect((await polled()).usage?.totalBytes).toBe(80 * GB);
  });

  it('counts only its growth where the panel was down at that midnight', async () => {
    at.bench.clock.set('2026-12-01T12:00:00Z');
    at.panel.traffic(2, { in: 15 * GB, out: 15 * GB });
    await at.sluice.provision.renew('svc-1', { until: '2027-07-01' });
    expect((await polled()).usage?.totalBytes).toBe(30 * GB);
  });
});
