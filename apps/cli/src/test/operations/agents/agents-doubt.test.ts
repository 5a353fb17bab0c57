import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AgentDetail, CheckReport } from '@sluice/engine';
import { GB, type HiddifyBench, startHiddifyBench } from '../../hiddify-bench.js';

let at: HiddifyBench;
let all: string[];
beforeEach(async () => {
  at = await startHiddifyBench({ more: 'poll: { interval: 15m }' });
  all = Array.from({ length: 3 }, () => at.panel.addUser({ agent: at.north, usageLimit: 100 * GB }));
  at.panel.use(all[0] ?? '', 10 * GB);
  await at.sluice('agent limit north --gb 50 --yes');
  await at.check();
});
afterEach(() => at.close());

const disabled = (): number => all.filter((uuid) => !at.panel.user(uuid).enable).length;
const use = (gigabytes: number): void => {
  at.panel.use(all[0] ?? '', gigabytes * GB);
};
const check = async (words = ''): Promise<CheckReport> => (await at.check(words)).json<CheckReport>();
const show = async (): Promise<AgentDetail> => (await at.sluice('agent show north')).json<AgentDetail>();

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
    expect((await at.bench.sluice('agent explain north')).stdout).toMatch(/shows 70 GB: it is doubted/);
    expect((await at.bench.sluice('agent list')).stdout).toMatch(/north .*doubted/);
    const second = await check();
    expect([disabled(), second.totals.disabled]).toEqual([3, 3]);
    expect(second.agents[0]).toMatchObject({ exceeded: true, usedBytes: 70 * GB, doubted: null });
    // Of the three users of the list, none is enabled any more.
    expect(second.agents[0]).toMatchObject({ users: 3, usersDisabledByUs: 3, enabledUsers: 0 });
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

  it('is held at once with --allow-mass', async () => {
    use(60);
    expect((await check('--allow-mass')).totals.disabled).toBe(3);
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
      (await at.sluice('doctor'))
        .json<{ checks: { name: string; object: string }[] }>()
        .checks.flatMap(({ name, object }) => (name === 'doubted' ? [object] : []));
    expect(await doubted()).toEqual([]);
    at.bench.clock.advance(3_600_000);
    expect(await doubted()).toEqual(['agent north']);
    await check();
    expect(await doubted()).toEqual([]);
  });

  it('counts for the brake', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const user = at.panel.addUser({ agent: south, usageLimit: 100 * GB });
    await at.sluice('agent limit south --gb 50 --yes');
    await check();
    use(60);
    at.panel.use(user, 60 * GB);
    expect((await check()).error).toMatchObject({ code: 'mass_change', details: { changing: 2 } });
  });
});

describe('a check with --quiet', () => {
  const quiet = async (): Promise<string> => {
    at.bench.clock.advance(300_000);
    return (await at.bench.sluice('agent check --all --quiet')).stdout;
  };

  it('prints nothing where nothing is changed, and what was changed', async () => {
    expect(await quiet()).toBe('');
    use(20);
    expect(await quiet()).toBe('');
    use(25);
    expect(await quiet()).toMatch(/north: 3 × disable user applied|north: disable user/);
    expect(await quiet()).toBe('');
  });

  it('prints nothing of an agent over its limit under observe, and explain says that nobody is disabled', async () => {
    await at.bench.sluice('observe vpn');
    use(20);
    await check();
    use(25);
    expect(await quiet()).toBe('');
    const explained = (await at.bench.sluice('agent explain north')).stdout;
    expect(explained).toMatch(/That reaches its limit: its users stay enabled, because the panel is under observe\.\n/);
    await at.bench.sluice('enforce vpn --yes');
    await check();
    expect((await at.bench.sluice('agent explain north')).stdout).toMatch(
      /its users are disabled\. .*3 users disabled/,
    );
  });
});
