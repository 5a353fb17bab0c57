import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);
let east: string;
let users: string[];
let service: string;

const enabled = (): boolean[] => [...users, service].map((uuid) => at.panel.user(uuid).enable);
const checkEast = (options: { dryRun?: boolean } = {}) => {
  at.bench.clock.advance(5 * MINUTE);
  return at.sluice.agents.check({ agent: 'east', ...options });
};

/** Agent east below agent north has two plain users and one that is `svc-1`; north has crossed its limit since the last check. */
beforeEach(async () => {
  east = at.panel.addAgent(at.north, { name: 'east' });
  await at.addProduct('eastern', { agent: east, gb: 100 });
  service = await at.create(1, { product: 'eastern' });
  users = [0, 1].map(() => at.panel.addUser({ agent: east, usageLimit: 100 * GB }));
  await at.limit('north', 10);
  await at.limit('east', 50);
  await at.check();
  at.panel.use(users[0] ?? '', 11 * GB);
});

describe('a check of one agent below one that is over its limit', () => {
  it('restricts nobody for the limit above, says so, and leaves it to the check of all agents', async () => {
    const report = await checkEast();
    expect(enabled()).toEqual([true, true, true]);
    expect(report.totals).toMatchObject({ disabled: 0, failed: 0 });
    expect(report.notices).toContainEqual({
      code: 'agent_above_over',
      service: null,
      message:
        'agent "north" above agent "east" is over its limit: a check of one agent alone restricts nobody for those above it',
    });
    expect((await at.sluice.holds.list()).holds).toEqual([]);
    await at.check();
    expect(enabled()).toEqual([false, false, false]);
    await at.limit('north', 100);
    await at.check();
    expect(enabled()).toEqual([true, true, true]);
  });

  it('restricts for a limit above that is held already, lists that, and gives all back after it', async () => {
    await at.check();
    const late = at.panel.addUser({ agent: east, usageLimit: 100 * GB });
    const report = await checkEast();
    expect(report.totals).toMatchObject({ disabled: 1 });
    expect(report.agents).toMatchObject([
      { name: 'east', actions: [{ type: 'disable-user', target: late, state: 'applied' }] },
    ]);
    expect(report.notices).toEqual([]);
    await at.limit('north', 100);
    await at.check();
    expect([...enabled(), at.panel.user(late).enable]).toEqual([true, true, true, true]);
  });

  it('leaves who would be held for the limit above, as the last check of all agents said', async () => {
    await at.sluice.panels.observe('vpn');
    await at.poll();
    await at.check();
    const wouldHold = async () => (await at.sluice.services.show('svc-1')).wouldHold;
    expect(await wouldHold()).toEqual(['agent-limit']);
    expect((await checkEast()).notices).toEqual([]);
    expect(await wouldHold()).toEqual(['agent-limit']);
  });

  it('keeps the users that are disabled for its own limit while the one above is over', async () => {
    await at.limit('north', 100);
    await at.limit('east', 5);
    await checkEast();
    expect(enabled()).toEqual([false, false, false]);
    await at.limit('north', 10);
    await at.limit('east', 50);
    await checkEast();
    expect(enabled()).toEqual([false, false, false]);
    await at.check();
    await at.limit('north', 100);
    await at.check();
    expect(enabled()).toEqual([true, true, true]);
  });
});
