import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AgentDetail, CheckReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startHiddifyBench({ more: 'poll: { interval: 15m }' }));
let all: string[];
beforeEach(async () => {
  all = Array.from({ length: 3 }, () => at.panel.addUser({ agent: at.north, usageLimit: 100 * GB }));
  at.panel.use(all[0] ?? '', 10 * GB);
  await at.limit('north', 50);
  await at.check();
});

const disabled = (): number => all.filter((uuid) => !at.panel.user(uuid).enable).length;
const use = (gigabytes: number): void => {
  at.panel.use(all[0] ?? '', gigabytes * GB);
};
const check = (how?: { allowMass?: boolean }): Promise<CheckReport> => at.check(how);
const show = (): Promise<AgentDetail> => at.sluice.agents.show('north');

describe('an agent whose limit is exceeded by one jump of its users', () => {
  it('is doubted, and held once the next check has read it again', async () => {
    use(60);
    const first = await check();
    expect([disabled(), first.totals.disabled]).toEqual([0, 0]);
    const doubted = { rule: 'doubted', exceeded: false, usedBytes: 10 * GB, doubted: { usedBytes: 70 * GB } };
    expect(first.agents[0]).toMatchObject(doubted);
    expect(first.notices).toMatchObject([
      { code: 'impossible_jump', message: expect.stringContaining('agent "north"') },
    ]);
    expect(await show()).toMatchObject(doubted);
    expect((await at.sluice.agents.explain('north')).sentence).toMatch(/shows 70 GB: it is doubted/);
    expect((await at.sluice.agents.list()).agents).toMatchObject([{ name: 'north', rule: 'doubted' }]);
    const second = await check();
    expect([disabled(), second.totals.disabled]).toEqual([3, 3]);
    expect(second.agents[0]).toMatchObject({ exceeded: true, usedBytes: 70 * GB, doubted: null });
    // Of the three users of the list, none is enabled any more.
    expect(second.agents[0]).toMatchObject({ users: 3, usersDisabledByUs: 3, enabledUsers: 0 });
  });

  it('is confirmed by a check a minute or more later, not by one at once', async () => {
    use(60);
    const { agents: first } = await check();
    at.bench.clock.advance(2000);
    const { agents } = await at.sluice.agents.check();
    expect(agents).toMatchObject([{ rule: 'doubted', doubted: { at: first[0]?.doubted?.at } }]);
    expect(disabled()).toBe(0);
    expect((await check()).agents).toMatchObject([{ exceeded: true, heldSince: expect.any(String) }]);
  });

  it('is not charged for a figure that the next check does not show', async () => {
    use(60);
    await check();
    use(-59);
    expect((await check()).agents[0]).toMatchObject({ exceeded: false, usedBytes: 11 * GB, doubted: null });
    expect(disabled()).toBe(0);
  });

  it('is doubted by a reading outside of a check, which confirms nothing', async () => {
    use(60);
    at.bench.clock.advance(120_000);
    expect(await show()).toMatchObject({ rule: 'doubted' });
    at.bench.clock.advance(120_000);
    expect(await show()).toMatchObject({ rule: 'doubted' });
    expect((await check()).totals.disabled).toBe(3);
  });

  it('is held at once where mass changes are allowed', async () => {
    use(60);
    expect((await check({ allowMass: true })).totals.disabled).toBe(3);
  });

  it('is held at once by steps of up to half of the limit', async () => {
    use(20);
    await check();
    use(25);
    expect((await check()).totals.disabled).toBe(3);
  });

  it('is named by doctor once it was doubted for more than three polls, as a service is', async () => {
    use(60);
    await check();
    const doubted = async (): Promise<string[]> =>
      (await at.sluice.panels.doctor()).checks.flatMap(({ name, object }) => (name === 'doubted' ? [object] : []));
    expect(await doubted()).toEqual([]);
    at.bench.clock.advance(3_600_000);
    expect(await doubted()).toEqual(['agent north']);
    await check();
    expect(await doubted()).toEqual([]);
  });

  it('counts for the brake', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const user = at.panel.addUser({ agent: south, usageLimit: 100 * GB });
    await at.limit('south', 50);
    await check();
    use(60);
    at.panel.use(user, 60 * GB);
    expect((await check()).error).toMatchObject({ code: 'mass_change', details: { changing: 2 } });
  });
});

it('under observe, an agent over its limit keeps its users, and its explanation says so', async () => {
  await at.sluice.panels.observe('vpn');
  use(20);
  await check();
  use(25);
  await check();
  const explain = async (): Promise<string> => (await at.sluice.agents.explain('north')).sentence;
  expect(await explain()).toMatch(/reaches its limit: its users stay enabled, because the panel is under observe\./);
  await at.sluice.panels.enforce('vpn');
  await check();
  expect(await explain()).toMatch(/its users are disabled\./);
});
