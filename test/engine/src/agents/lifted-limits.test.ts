import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { CheckReport } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { LIFTS, MOST, useLifts } from './lifts.js';

const { at, begin, users, lift, endLift, limit, enabled, all, sold } = useLifts();
const unknownIn = ({ notices }: CheckReport): string[] =>
  notices.filter(({ code }) => code === 'sold_unknown').map(({ message }) => message);
const messageOf = (why: string, counts = '10 GB, as before'): string =>
  `svc-1: its limit on the panel is lifted, and what it is sold is not known (${why}): it counts as ${counts}, so that the limit of agent "north" can't be checked completely`;

/** Checks that nobody is cut, that a user fits as before and no larger one does, and that checks say what they don't know. */
async function expectUnchanged(why: string | null): Promise<void> {
  const unknown = why === null ? [] : [messageOf(why)];
  expect(unknownIn(await at.check({ dryRun: true }))).toEqual(unknown);
  expect(unknownIn(await at.check())).toEqual(unknown);
  for (let round = 0; round < 2; round++) {
    const { totals, notices } = await at.check();
    expect([totals, notices]).toMatchObject([{ exceeded: 0, disabled: 0, failed: 0 }, []]);
    await at.pollAfter(HOUR);
  }
  expect([limit(), enabled(), await sold()]).toEqual([MOST, all(true), 40]);
  await expect(at.createUser('north', 'large', 11)).rejects.toMatchObject({ code: 'agent_limit' });
  const { user } = await at.createUser('north', 'fits', 10);
  expect([at.panel.user(user.uuid ?? '').enable, await sold()]).toEqual([true, 50]);
}

describe.each(few(LIFTS, 2))('a limit that is lifted by %s', (how) => {
  it('takes nothing from the agent when its product leaves the config', async () => {
    await lift(how);
    await at.bench.edit('  agency:', '  agency-2027:');
    await expectUnchanged('product "agency" is not in the config');
    // The lift ends, and no run takes it back before the product is known again.
    await endLift(how);
    await at.poll();
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
    expect([limit(), enabled(), await sold()]).toEqual([MOST, all(true), 50]);
    await at.bench.edit('  agency-2027:', '  agency:');
    await at.poll();
    expect([unknownIn(await at.check()), limit(), await sold()]).toEqual([[], 10, 50]);
  });

  it('takes nothing from the agent when its product loses the quota', async () => {
    await lift(how);
    await at.bench.edit('quota: { total: 10GB }, hiddify', 'hiddify');
    await expectUnchanged('it has no quota');
    await endLift(how);
    await at.poll();
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
    expect([limit(), enabled()]).toEqual([MOST, all(true)]);
  });

  it('takes nothing from the agent when another direction counts', async () => {
    await lift(how);
    await at.sluice.overrides.set('svc-1', { mode: 'OUT' });
    await expectUnchanged('it has no quota');
  });

  it('takes nothing from the agent when another direction of the same quota counts', async () => {
    await at.bench.edit('quota: { total: 10GB }, hiddify', 'quota: 10GB, hiddify');
    await lift(how);
    await at.sluice.overrides.set('svc-1', { mode: 'OUT' });
    // That is a raise to no limit, which waits until it fits.
    await expectUnchanged(null);
  });
});

describe('a limit that is lifted', () => {
  it('by an override takes nothing from the agent where the product has no quota', async () => {
    await at.bench.edit('quota: { total: 10GB }, hiddify', 'hiddify');
    await lift('an unlimited override');
    await expectUnchanged('it has no quota');
  });

  it('counts as the usage where what was sold was never known', async () => {
    await at.bench.edit('accounting: allocated', 'accounting: consumed');
    await lift('a protection');
    await at.check();
    await at.bench.edit('accounting: consumed', 'accounting: allocated');
    await at.bench.edit('  agency:', '  agency-2027:');
    at.panel.use(users[0] ?? '', 3 * GB);
    const why = 'product "agency" is not in the config';
    expect(unknownIn(await at.check())).toEqual([messageOf(why, 'what it has used')]);
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
    expect([await sold(), enabled()]).toEqual([33, all(true)]);
  });

  it('frees nobody of an agent over its limit where what is sold is not known', async () => {
    await lift('a protection');
    await at.limit('north', 35);
    await at.check();
    expect(enabled()).toEqual([true, false, false, false]);
    await at.bench.edit('  agency:', '  agency-2027:');
    await at.check();
    expect([enabled(), await sold()]).toEqual([[true, false, false, false], 40]);
  });
});

describe('a service that is sold no limit', () => {
  it('counts as the panel shows, without a lift and with one', async () => {
    await at.bench.edit('quota: { total: 10GB }, hiddify', 'quota: unlimited, hiddify');
    await at.limit('north', null);
    await at.pollAfter(HOUR);
    await at.check();
    await at.limit('north', 50);
    const before = await sold();
    expect([limit(), before]).toEqual([MOST, MOST + 30]);
    await begin('a protection');
    const { totals, notices } = await at.check();
    expect(totals).toMatchObject({ exceeded: 1 });
    expect(notices.map(({ code }) => code)).not.toContain('sold_unknown');
    expect(await sold()).toBe(before);
  });

  it('counts as staff set it on the panel where it has no quota', async () => {
    await at.bench.edit('quota: { total: 10GB }, hiddify', 'hiddify');
    const uuid = at.panel.addUser({ agent: at.north, usageLimit: MOST * GB });
    await at.addService(2, { product: 'agency', values: { hiddify_user_uuid: uuid } });
    const { totals, notices } = await at.check();
    expect(totals).toMatchObject({ exceeded: 1 });
    expect(notices.map(({ code }) => code)).not.toContain('sold_unknown');
  });
});
