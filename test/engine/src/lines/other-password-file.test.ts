import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { intercept } from '../bench/intercept.js';
import { openWorld } from './world.js';

const [world, open] = useOpened(openWorld);

const file = (name: string): string => path.join(world.folder, name);
const isSet = (name: string): boolean =>
  world.fake.subscribers()[0]?.password === readFileSync(file(name), 'utf8').trim();

/** Makes the line with the password of the file `first`, and is killed before that is stored. */
beforeEach(async () => {
  await open('magnusbilling');
  const killed = { is: false };
  const ignore = world.fake.server.onCall(({ changing }) => {
    killed.is ||= changing;
  });
  const store = intercept(world.store, () => (killed.is ? Promise.reject(new Error('killed')) : null));
  const { provision } = await world.restart(store);
  await provision.create('svc-1', { passwordFile: file('first') }).catch(() => null);
  ignore();
  expect([killed.is, isSet('first')]).toEqual([true, true]);
  world.sluice = await world.restart();
  world.clock.advance(3_600_000);
});

it('a repeat with the file of a killed creation keeps the line', async () => {
  const { run, credentials } = await world.sluice.provision.create('svc-1', { passwordFile: file('first') });
  expect([run.outcome, credentials?.passwordFile, isSet('first')]).toEqual(['done', file('first'), true]);
});

it('a repeat with another file names that of the killed creation, whose password the line has', async () => {
  for (const name of ['second', 'third']) {
    const { service } = await world.sluice.provision.create('svc-1', { passwordFile: file(name) });
    expect(service.error?.code).toBe('password_unknown');
    expect(service.error?.message).toContain(`with the password in ${file('first')}, and`);
  }
  const adopted = await world.sluice.provision.create('svc-1', { adopt: true });
  expect([adopted.run.outcome, adopted.credentials, isSet('first')]).toEqual(['done', null, true]);
});

it('a repeat without the file of the killed creation says that nobody knows the password', async () => {
  rmSync(file('first'));
  const { service } = await world.sluice.provision.create('svc-1', { passwordFile: file('second') });
  expect(service.error?.message).toContain('with a password that nobody knows, and');
});
