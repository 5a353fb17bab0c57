import { describe, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { noticeCodes } from '../loop/polls.js';

const [at, start] = useOpened(startHiddifyBench);
const show = () => at.sluice.services.show('svc-1');
const isServed = (uuid: string): boolean => at.panel.state.isActive(at.panel.user(uuid));
const observe = () => at.bench.edit('kind: hiddify,', 'kind: hiddify, enforce: observe,');
const enforce = () => at.bench.edit('kind: hiddify, enforce: observe,', 'kind: hiddify,');
const USED_UP = /the panel stops it: user "svc-1" has used up its limit on the panel/;

/** A user of 10 GB whose product has 40 GB now, for which its agent has no room; 12 GB are used. */
async function startRefused(): Promise<string> {
  await start({ agents: '{ accounting: allocated }' });
  await at.addProduct('more', { gb: 40 });
  const own = await at.create(1, { product: 'agency' });
  at.panel.addUser({ agent: at.north, usageLimit: 20 * GB });
  await at.limit('north', 30);
  await at.pollAfter(HOUR);
  await at.sluice.services.set('svc-1', { product: 'more' });
  at.panel.use(own, 12 * GB);
  return own;
}

/** A user of 50 GB that used 51 GB in its last cycle, which nothing zeroes. */
async function startObserved(): Promise<string> {
  await start();
  const own = await at.create(1, { product: 'vpn-50', values: { next_due_date: '2027-06-15' } });
  await at.pollAfter(HOUR);
  await observe();
  at.panel.use(own, 51 * GB);
  await at.pollAfter(HOUR);
  at.bench.clock.set('2026-12-15T00:10:00Z');
  return own;
}

describe('a user at its limit on the panel', () => {
  it('is shown as stopped while its raise is refused, and no longer once it fits', async () => {
    const own = await startRefused();
    const first = await at.pollAfter(HOUR);
    expect(noticeCodes(first)).toContain('stopped_by_panel');
    expect(first.services[0]).toMatchObject({ status: 'failed', error: { code: 'agent_limit' } });
    expect(first.services[0]?.drift?.join()).toMatch(/has used up its limit/);
    expect(noticeCodes(await at.pollAfter(HOUR))).not.toContain('stopped_by_panel');
    expect([isServed(own), (await show()).stoppedByPanel?.message]).toEqual([false, expect.stringMatching(USED_UP)]);
    await at.limit('north', 100);
    await at.pollAfter(HOUR);
    expect([isServed(own), (await show()).stoppedByPanel]).toEqual([true, undefined]);
  });

  it('is shown as stopped under observe after a new cycle, until the run that zeroes it', async () => {
    const own = await startObserved();
    const codes: string[] = [];
    for (let polls = 0; polls < 2; polls++) codes.push(...noticeCodes(await at.pollAfter(HOUR)));
    expect(codes.filter((code) => code === 'stopped_by_panel')).toHaveLength(1);
    expect([isServed(own), (await show()).stoppedByPanel?.message]).toEqual([false, expect.stringMatching(USED_UP)]);
    await enforce();
    await at.pollAfter(HOUR);
    expect([isServed(own), (await show()).stoppedByPanel]).toEqual([true, undefined]);
  });

  it('is shown as stopped under observe with a larger product', async () => {
    await start();
    const own = await at.create(1);
    await at.pollAfter(HOUR);
    await observe();
    at.panel.use(own, 51 * GB);
    await at.sluice.services.set('svc-1', { product: 'vpn-100' });
    await at.pollAfter(HOUR);
    expect([isServed(own), (await show()).stoppedByPanel?.message]).toEqual([false, expect.stringMatching(USED_UP)]);
  });

  it('is reported by a dry run, and not by the run that raises its limit', async () => {
    await start();
    const own = await at.create(1);
    await at.pollAfter(HOUR);
    at.panel.use(own, 51 * GB);
    await at.sluice.services.set('svc-1', { product: 'vpn-100' });
    expect(noticeCodes(await at.pollAfter(HOUR, { dryRun: true }))).toContain('stopped_by_panel');
    expect(noticeCodes(await at.poll())).not.toContain('stopped_by_panel');
    expect([isServed(own), (await show()).stoppedByPanel]).toEqual([true, undefined]);
  });
});
