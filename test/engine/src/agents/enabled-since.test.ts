import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { suspensionOn } from './suspension.js';

const at = useBench(startHiddifyBench);

/** How many users of north are enabled, as last read. */
const enabledUsers = async () => {
  const { agents } = await at.sluice.agents.listStored();
  return agents.find(({ name }) => name === 'north')?.enabledUsers;
};

it('counts the users that a check enables after it has read them disabled', async () => {
  const users = [1, 2, 3].map(() => at.panel.addUser({ agent: at.north, usageLimit: 10 * GB }));
  at.panel.disable(users[2] ?? '');
  await at.limit('north', 1);
  at.panel.use(users[0] ?? '', GB);
  await at.check();
  expect(await enabledUsers()).toBe(0);
  await at.check();
  expect(await enabledUsers()).toBe(0);
  await at.limit('north', 100);
  await at.check();
  expect(users.map((uuid) => at.panel.user(uuid).enable)).toEqual([true, true, false]);
  expect(await enabledUsers()).toBe(2);
  at.bench.clock.advance(MINUTE / 2);
  const listed = (await at.sluice.agents.list()).agents.find(({ name }) => name === 'north');
  expect(listed).toMatchObject({ users: 3, usersDisabledByUs: 0 });
  at.bench.clock.advance(10 * MINUTE);
  await at.check();
  expect(await enabledUsers()).toBe(2);
});

it('counts the users that the end of a suspension enables, and those disabled again', async () => {
  for (const _ of [1, 2]) at.panel.addUser({ agent: at.north, usageLimit: 10 * GB });
  await at.check();
  const { suspend, unsuspend } = suspensionOn(at);
  await suspend('north');
  await at.check();
  expect(await enabledUsers()).toBe(0);
  await unsuspend('north');
  expect(await enabledUsers()).toBe(2);
  await suspend('north');
  expect(await enabledUsers()).toBe(0);
});
