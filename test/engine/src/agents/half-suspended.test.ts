import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

const listHolds = async () => (await at.sluice.holds.list({ open: true })).holds;
const explain = async () => (await at.sluice.agents.explain('north')).sentence;
const pending = async () => (await at.sluice.panels.doctor()).checks.filter(({ code }) => code === 'hold_pending');

/** Suspends an agent with two enabled users and one that was disabled by others, which fails of the second one. */
async function suspendHalf(): Promise<() => void> {
  at.panel.addUser({ agent: at.north });
  const second = at.panel.addUser({ agent: at.north });
  at.panel.changeUser(at.panel.addUser({ agent: at.north }), { enable: false });
  await at.pollAfter(HOUR);
  const fault = { kind: 'status', status: 500, body: { msg: 'boom' } } as const;
  const mend = at.panel.server.inject({ endpoint: /^PATCH /, match: ({ path }) => path.includes(second), fault });
  await at.sluice.agents.suspend('north');
  return mend;
}

describe('a suspension that failed in part', () => {
  it('is marked in the list of holds, in doctor and where it is explained', async () => {
    await suspendHalf();
    expect(await listHolds()).toMatchObject([{ agent: { name: 'north' }, partly: true }]);
    expect(await pending()).toMatchObject([
      { object: 'agent "north"', message: expect.stringContaining('part') as unknown },
    ]);
    expect(await explain()).toContain('Sluice keeps 1 users disabled, and 1 is still enabled.');
  });

  it('is not marked any more once it is whole', async () => {
    (await suspendHalf())();
    await at.check();
    expect((await listHolds())[0]).not.toHaveProperty('partly');
    expect(await pending()).toEqual([]);
    expect(await explain()).toContain('Sluice keeps 2 users disabled.');
  });
});

/** Loses the answer to the change of a user, and those to readings after it. */
function loseAnswers(target: string): void {
  const fault = { kind: 'cut' } as const;
  at.panel.server.inject({ endpoint: /^PATCH /, when: 'after', fault });
  const isAfter = ({ path }: { path: string }) => path.includes(target) && !at.panel.user(target).enable;
  at.panel.server.inject({ endpoint: /^GET /, match: isAfter, fault });
}

it('a check whose last answer was lost is undone for that user, too, as a dry run says', async () => {
  const target = at.panel.addUser({ agent: at.north });
  await at.limit('north', 1);
  at.panel.use(target, 2 * GB);
  loseAnswers(target);
  expect((await at.check()).agents).toMatchObject([{ actions: [{ target, state: 'in-doubt' }] }]);
  at.panel.server.clearFaults();
  await at.limit('north', 10);
  const enabling = { type: 'enable-user', target };
  expect((await at.check({ dryRun: true })).agents).toMatchObject([{ actions: [{ ...enabling, state: 'planned' }] }]);
  expect((await at.check()).agents).toMatchObject([{ actions: [{ ...enabling, state: 'applied' }] }]);
});

describe('a suspension whose last answer was lost', () => {
  const ends = {
    unsuspend: (dryRun: boolean) => at.sluice.agents.unsuspend('north', { dryRun }),
    restore: (dryRun: boolean) => at.sluice.agents.restore('north', { dryRun, unsuspend: true }),
    releaseAll: async (dryRun: boolean) => (await at.sluice.holds.releaseAll({ dryRun })).agents![0]!,
  };

  it.each(['unsuspend', 'restore', 'releaseAll'] as const)(
    'ends for that user, too, as a dry run says (%s)',
    async (how) => {
      const target = at.panel.addUser({ agent: at.north });
      await at.pollAfter(HOUR);
      loseAnswers(target);
      expect((await at.sluice.agents.suspend('north')).actions).toMatchObject([{ target, state: 'in-doubt' }]);
      at.panel.server.clearFaults();
      expect(at.panel.user(target).enable).toBe(false);
      at.bench.clock.advance(HOUR);
      const enabling = { type: 'enable-user', target };
      expect((await ends[how](true)).actions).toMatchObject([{ ...enabling, state: 'planned' }]);
      expect((await ends[how](false)).actions).toMatchObject([{ ...enabling, state: 'applied' }]);
      expect(at.panel.user(target).enable).toBe(true);
    },
  );
});
