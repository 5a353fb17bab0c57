import { rmSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { startForEachTest } from './each-test.js';
import { kill } from './killed-command.js';
import { GB, HOUR, startHiddifyBench } from './hiddify-bench.js';

const at = startForEachTest(() =>
  startHiddifyBench({ agents: '{}', more: 'poll: { brake: { share: 100%, atLeast: 1000 }, doubt: { jump: off } }\n' }),
);

async function succeed(words: string): Promise<void> {
  const { exitCode, stderr } = await at.bench.sluice(words);
  expect([words, exitCode, stderr]).toEqual([words, 0, '']);
}

/** Two users of the agent, which may use 5 GB together. */
async function limitAgent(): Promise<string[]> {
  const users = [1, 2].map(() => at.panel.addUser({ agent: at.north, usageLimit: 10 * GB }));
  await succeed('agent limit north --gb 5 --yes');
  await succeed('agent check --all');
  return users;
}

const enabled = (users: readonly string[]): boolean[] => users.map((user) => at.panel.user(user).enable);

async function exceed(users: readonly string[]): Promise<void> {
  for (const user of users) at.panel.use(user, 4 * GB);
  at.bench.clock.advance(HOUR);
  await succeed('agent check --all --allow-mass');
  expect(enabled(users)).toEqual([false, false]);
}

/** Checks that users stay disabled until their agent is free, and are enabled then. */
async function expectFreed(users: readonly string[]): Promise<void> {
  await succeed('agent check --all --allow-mass');
  expect(enabled(users)).toEqual([false, false]);
  await succeed('agent limit north --gb 50 --yes');
  at.bench.clock.advance(HOUR);
  await succeed('agent check --all --allow-mass');
  expect(enabled(users)).toEqual([true, true]);
}

describe('users that were disabled for their agent after the backup', () => {
  it('are enabled again from a restored store once the agent is free', async () => {
    const users = await limitAgent();
    await succeed('db backup early.db');
    await exceed(users);
    const restored = await at.bench.sluice('db restore early.db --yes --json');
    expect(restored.json()).toMatchObject({ tookHoldsOver: true });
    at.bench.clock.advance(HOUR);
    await expectFreed(users);
  });

  it('are enabled again, too, where the run was killed before the end was stored', async () => {
    const users = await limitAgent();
    await succeed('db backup early.db');
    for (const user of users) at.panel.use(user, 4 * GB);
    at.bench.clock.advance(HOUR);
    const first = { endpoint: /^PATCH .*user/, when: 'after' as const, land: () => Promise.resolve() };
    await kill(at, 'agent check --all --allow-mass', first);
    expect(enabled(users).sort()).toEqual([false, true]);
    at.bench.clock.advance(HOUR);
    const restored = await at.bench.sluice('db restore early.db --yes --json');
    expect(restored.json()).toMatchObject({ tookHoldsOver: true });
    await expectFreed(users);
    await succeed('db check');
  });

  it('stay so for an agent that was suspended since', async () => {
    const users = await limitAgent();
    await succeed('db backup early.db');
    await succeed('agent suspend north');
    expect(enabled(users)).toEqual([false, false]);
    await at.bench.sluice('db restore early.db --yes');
    at.bench.clock.advance(HOUR);
    const added = at.panel.addUser({ agent: at.north, usageLimit: GB });
    await succeed('agent check --all --allow-mass');
    expect(enabled([...users, added])).toEqual([false, false, false]);
    await succeed('agent unsuspend north');
    expect(enabled([...users, added])).toEqual([true, true, true]);
  });

  it('are given back from the file of open holds where the store is lost', async () => {
    const users = await limitAgent();
    await exceed(users);
    for (const end of ['', '-wal', '-shm']) rmSync(at.bench.path(`sluice.db${end}`), { force: true });
    expect((await at.bench.sluice('poll')).stderr).toContain('sluice.db.holds.json lists 1 open hold');
    await succeed('hold release --all --from sluice.db.holds.json --yes');
    expect(enabled(users)).toEqual([true, true]);
  });
});
