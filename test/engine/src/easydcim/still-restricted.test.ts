import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { done } from '../bench/outcomes.js';
import { addSharer, hideOwners, startSharing } from './sharers.js';
import type { CommandReport, RunReport } from '@sluice/engine';

const at = useBench(startSharing);
beforeEach(() => {
  hideOwners(at);
});

type Noticed = Pick<CommandReport, 'notices'> | RunReport;
const listTold = (report: Noticed, code = 'still_restricted') =>
  report.notices.filter((notice) => notice.code === code);

describe('an order that two held services name', () => {
  beforeEach(async () => {
    await addSharer(at, { id: 'a', number: 501, product: 'ordered', ports: [7001], order: 901 });
    await addSharer(at, { id: 'b', number: 502, product: 'ordered', ports: [7002], order: 901 });
  });

  // The evidence is that of the hold that came first: of the one that is released, or of the other one.
  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('is named when %s is released by name and %s is not', async (first, second) => {
    await at.bench.edit('action: suspend-order', 'action: suspend-order, allowSharedPorts: true');
    const { provision } = at.bench.sluice;
    for (const id of ['a', 'b']) await done(provision.suspend(id));
    const shown = await provision.unsuspend(first, { dryRun: true });
    expect(listTold(shown)).toMatchObject([{ message: expect.stringContaining('order 901') }]);
    const released = await done(provision.unsuspend(first));
    expect(at.panel.order(901).status).toBe('suspended');
    expect(listTold(released)).toEqual([
      {
        code: 'still_restricted',
        service: first,
        message: expect.stringMatching(new RegExp(`^${first}: order 901 .*\\b${second}\\b.*billing hold`)) as unknown,
      },
    ]);
    // A repeat says it again, and does not blame the panel.
    const repeated = await provision.unsuspend(first);
    expect(repeated.notices.map(({ code }) => code)).toEqual(['still_restricted']);
    expect(listTold(repeated)[0]?.message).toMatch(new RegExp(`^${first}: order 901 .*${second}`));
    const last = await provision.unsuspend(second);
    expect(at.panel.order(901).status).toBe('active');
    expect(listTold(last)).toEqual([]);
  });

  it('is named by hold release, with the command that releases the other hold', async () => {
    await at.bench.sluice.services.set('b', { status: 'suspended' });
    await at.bench.sluice.holds.add('a');
    await at.bench.sluice.poll();
    expect(at.panel.order(901).status).toBe('suspended');
    const released = await done(at.bench.sluice.holds.release('a'));
    expect(listTold(released)[0]?.message).toMatch(/\bb\b.*billing hold/);
    await at.bench.sluice.holds.add('b');
    await at.bench.sluice.services.set('b', { status: 'active' });
    await at.bench.sluice.poll();
    expect(listTold(await done(at.bench.sluice.holds.release('a')))[0]?.message).toMatch(/\bb\b.*manual hold/);
  });

  it('is named once by the runs after a release, and not as stopped by the panel', async () => {
    at.use(1, 200);
    at.use(2, 200);
    await at.poll({ allowMass: true });
    await at.bench.sluice.overrides.set('a', { unlimited: true });
    const polled = await at.poll();
    expect(listTold(polled)[0]?.message).toMatch(/order 901 .*\bb\b.*quota hold/);
    const report = await at.bench.sluice.reconcile();
    expect(report.notices).toEqual([]);
    const [a] = report.services.filter(({ id }) => id === 'a');
    expect(a?.drift).toEqual([expect.stringContaining('order 901')]);
  });

  it('is named by a release of all for the holds that it leaves', async () => {
    at.use(1, 200);
    at.use(2, 200);
    await at.poll({ allowMass: true });
    await at.bench.sluice.holds.add('b');
    await at.bench.sluice.overrides.set('b', { unlimited: true });
    await at.poll();
    const quota = await at.bench.sluice.holds.releaseAll({ reason: 'quota' });
    expect(at.panel.order(901).status).toBe('suspended');
    expect(listTold(quota).map(({ service }) => service)).toEqual(['a']);
    const all = await at.bench.sluice.holds.releaseAll();
    expect(at.panel.order(901).status).toBe('active');
    expect(listTold(all)).toEqual([]);
  });
});

describe('ports that two held services share', () => {
  it('are named when one of them is released by name', async () => {
    await addSharer(at, { id: 'a', number: 501, server: 77, product: 'open', ports: [7001, 7002, 7003] });
    await addSharer(at, { id: 'b', number: 502, server: 77, product: 'open', ports: [7001, 7002] });
    await done(at.bench.sluice.holds.add('a'));
    await done(at.bench.sluice.holds.add('b'));
    const released = await done(at.bench.sluice.holds.release('a'));
    expect([7001, 7002, 7003].map((port) => at.panel.port(port).adminState)).toEqual(['down', 'down', 'up']);
    const [notice, ...more] = listTold(released);
    expect(more).toEqual([]);
    expect(notice?.message).toMatch(/^a: ports 7001 and 7002 stay disabled.*\bb\b.*manual hold/);
    expect(listTold(await done(at.bench.sluice.holds.release('a')))).toHaveLength(1);
    expect(listTold(await done(at.bench.sluice.holds.release('b')))).toEqual([]);
    expect([7001, 7002, 7003].map((port) => at.panel.port(port).adminState)).toEqual(['up', 'up', 'up']);
  });
});
