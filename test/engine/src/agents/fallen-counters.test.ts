import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { DAY, GB, MINUTE } from '../bench/engine-bench.js';
import { type HiddifyBench, startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startHiddifyBench({ more: 'poll: { interval: 15m }' }));
let all: string[];

beforeEach(async () => {
  all = ['anna', 'bob', 'carl', 'dora', 'eve'].map((name) =>
    at.panel.addUser({ agent: at.north, name, usageLimit: 100 * GB, currentUsage: 13 * GB }),
  );
  await at.limit('north', 110);
  await at.check();
});

const write = (gigabytes: number, users = all): void => {
  for (const uuid of users) at.panel.changeUser(uuid, { currentUsage: gigabytes * GB });
};
const disabled = (): number => all.filter((uuid) => !at.panel.user(uuid).enable).length;
const used = async (): Promise<number> => (await at.sluice.agents.explain('north')).usedBytes / GB;
const checks = async (count: number): Promise<Awaited<ReturnType<HiddifyBench['check']>>[]> => {
  const done = [];
  for (let n = 0; n < count; n += 1) done.push(await at.check());
  return done;
};

describe('a counter that falls without a known reset', () => {
  it('charges nothing for one list whose figures are all zero', async () => {
    expect(await used()).toBe(65);
    write(0);
    await checks(1);
    expect(await used()).toBe(65);
    write(14);
    const reports = await checks(3);
    expect([await used(), disabled()]).toEqual([70, 0]);
    expect(reports.flatMap(({ notices }) => notices)).toEqual([]);
  });

  it('counts in full once a second reading confirms it, and is named for a day', async () => {
    const two = all.slice(0, 2);
    write(11, two);
    expect((await at.check()).notices).toEqual([]);
    expect(await used()).toBe(65);
    at.panel.use(two[0] ?? '', GB);
    const { notices } = await at.check();
    expect(notices.map(({ code }) => code)).toEqual(['agent_threshold', 'agent_usage_fell']);
    expect(notices[1]?.message).toMatch(
      /"north" fell .*"anna" from 13 GB to 11 GB, "bob" from 13 GB to 11 GB\. .* 23 GB\.$/,
    );
    expect(await used()).toBe(65 + 23);
    const [again] = await checks(1);
    expect([await used(), again?.notices]).toEqual([88, []]);
  });

  it('is an alarm of its own where it is repeated: the agent keeps rewriting the counters of its users', async () => {
    const two = all.slice(0, 2);
    const rewrite = async (...figures: number[]): Promise<string[]> => {
      const messages: string[] = [];
      for (const gb of figures) {
        for (const uuid of two) at.panel.use(uuid, 4 * GB);
        write(gb, two);
        const { notices } = await at.check();
        messages.push(...notices.filter(({ code }) => code === 'agent_usage_rewritten').map(({ message }) => message));
      }
      return messages;
    };
    expect(await rewrite(3, 2, 1)).toEqual([]);
    const [message, ...others] = await rewrite(0.5);
    expect(others).toEqual([]);
    expect(message).toMatch(/2 users of agent "north" .*"anna" from 2 GB to 1 GB, "bob" from 2 GB to 1 GB/);
    expect([await rewrite(0.375, 0.25, 0.125), await used()]).toEqual([[], 65 + 2 * (6.5 + 0.375 + 0.25)]);
    at.bench.clock.advance(DAY);
    expect(await rewrite(0.1)).toEqual([]);
    expect(await rewrite(0.08, 0.06, 0.04, 0.02)).toHaveLength(1);
  });

  describe('and one that its agent writes back to the figure of the last list', () => {
    const rewrite = async (count: number): Promise<string[]> => {
      const messages: string[] = [];
      for (let n = 0; n < count; n += 1) {
        at.bench.clock.advance(4 * MINUTE);
        for (const uuid of all) at.panel.use(uuid, GB);
        write(13, all.slice(0, 1));
        at.bench.clock.advance(MINUTE);
        const { notices } = await at.sluice.agents.check();
        messages.push(...notices.flatMap(({ code, message }) => (code.startsWith('agent_usage') ? [message] : [])));
      }
      return messages;
    };

    it('are named, too, by the last time online, which the panel moves only with the counter', async () => {
      expect(await rewrite(2)).toEqual([]);
      const messages = await rewrite(1);
      expect(messages).toEqual([expect.stringMatching(/1 user of agent "north" .*"anna" stayed at 13 GB/)]);
      expect([await used(), await rewrite(2)]).toEqual([65 + 12, []]);
    });

    it.each(['Asia/Tehran', 'America/New_York'])('are not named by the clock of another zone: %s', async (zone) => {
      await at.bench.edit('timeZone: UTC', `timeZone: ${zone}`);
      expect(await rewrite(4)).toEqual([]);
    });
  });

  it('is not confirmed by a list that is read within a minute, nor outside of a run', async () => {
    write(0);
    await at.check();
    at.bench.clock.advance(2000);
    await at.sluice.agents.check();
    for (let n = 0; n < 2; n += 1) expect(await at.usedBy()).toBe(65);
    write(1);
    await at.check();
    expect(await used()).toBe(70);
  });

  it('counts at once after a reset that the panel states', async () => {
    const [anna = ''] = all;
    at.panel.changeUser(anna, { mode: 'monthly', lastResetTime: '2026-10-21' });
    await at.check();
    at.panel.changeUser(anna, { currentUsage: 2 * GB, lastResetTime: '2026-11-20' });
    await at.check();
    expect(await used()).toBe(67);
  });

  it('keeps an agent held whose figures would be low enough by one list', async () => {
    write(23);
    await checks(2);
    expect(disabled()).toBe(5);
    write(0);
    await at.check();
    write(23);
    const { agents } = await at.check();
    expect([await used(), disabled(), agents[0]?.usedBytes]).toEqual([115, 5, 115 * GB]);
  });
});

it('with accounting: panel, one list whose figures are all zero enables nobody', async () => {
  const bench = await startHiddifyBench({ agents: '{ accounting: panel }' });
  try {
    const user = bench.panel.addUser({ agent: bench.north, usageLimit: 100 * GB, currentUsage: 60 * GB });
    await bench.limit('north', 50);
    await bench.check();
    expect(bench.panel.user(user).enable).toBe(false);
    bench.panel.changeUser(user, { currentUsage: 0 });
    await bench.check();
    expect(bench.panel.user(user).enable).toBe(false);
    const { notices } = await bench.check();
    expect([bench.panel.user(user).enable, notices]).toEqual([true, []]);
  } finally {
    await bench.close();
  }
});
