import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FakeCall } from '@sluice/fake-panels';
import { describe, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { intercept } from '../bench/intercept.js';
import { arrive } from '../bench/killed-call.js';
import { openWorld } from './world.js';

const [world, open] = useOpened(openWorld);

const HOUR = 3_600_000;
const file = (): string => path.join(world.folder, 'secret');
const read = (): string => readFileSync(file(), 'utf8').trim();
const isSet = (password: string): boolean => world.fake.subscribers()[0]?.password === password;

async function create(): Promise<unknown> {
  const { run, credentials } = await world.sluice.provision.create('svc-1', { passwordFile: file() });
  return [run.outcome, credentials?.passwordFile];
}

/** Makes the line; its creation fails afterwards. */
async function makeHalf(): Promise<void> {
  await open('default');
  world.fake.server.inject({ endpoint: 'GET /subscribers/{id}', fault: { kind: 'status', status: 500 } });
  const [outcome] = (await create()) as [string];
  world.fake.server.clearFaults();
  expect([outcome === 'done', isSet(read())]).toEqual([false, true]);
  world.clock.advance(HOUR);
}

async function change(): Promise<string> {
  const { credentials } = await world.sluice.provision.changePassword('svc-1', { showPassword: 'always' });
  world.clock.advance(HOUR);
  return credentials?.password ?? '';
}

/** Changes the password, and is killed before that is stored. */
async function changeKilled(): Promise<void> {
  const before = world.fake.subscribers()[0]?.password ?? '';
  const killed = { is: false };
  const ignore = world.fake.server.onCall(({ changing }) => {
    killed.is ||= changing;
  });
  const store = intercept(world.store, () => (killed.is ? Promise.reject(new Error('killed')) : null));
  const { provision } = await world.restart(store);
  await provision.changePassword('svc-1', { showPassword: 'always' }).catch(() => null);
  ignore();
  expect([killed.is, isSet(before)]).toEqual([true, false]);
  world.sluice = await world.restart();
  world.clock.advance(HOUR);
}

describe('the password of a half-made line', () => {
  it('stays as its creation set it', async () => {
    await makeHalf();
    const before = world.fake.server.changingCalls().length;
    expect(await create()).toEqual(['done', file()]);
    expect([isSet(read()), world.fake.server.changingCalls().length]).toEqual([true, before]);
  });

  it('is that of the file where a command that changed it was killed', async () => {
    await makeHalf();
    await changeKilled();
    expect(await create()).toEqual(['done', file()]);
    expect(isSet(read())).toBe(true);
  });

  it('stays as a command changed it, also where another change was refused', async () => {
    await makeHalf();
    const changed = await change();
    const body = { error: { code: 'invalid', message: 'no' } };
    world.fake.server.inject({ match: ({ changing }) => changing, fault: { kind: 'status', status: 422, body } });
    const { actions } = await world.sluice.provision.changePassword('svc-1', { showPassword: 'always' });
    expect(actions).toMatchObject([{ state: 'failed' }]);
    world.fake.server.clearFaults();
    world.clock.advance(HOUR);
    expect(await create()).toEqual(['done', undefined]);
    expect(isSet(changed)).toBe(true);
  });

  it('is that of the file where a change after another one was killed', async () => {
    await makeHalf();
    await change();
    await changeKilled();
    expect(await create()).toEqual(['done', file()]);
    expect(isSet(read())).toBe(true);
  });

  it('is that of the file where the panel made the line late and can’t change it', async () => {
    await open('magnusbilling');
    const calls: FakeCall[] = [];
    const ignore = world.fake.server.onCall((call) => {
      if (call.changing) calls.push(call);
    });
    const body = { success: false, errors: { username: ['no'] } };
    const faults = [{ kind: 'cut' }, { kind: 'status', status: 200, body }] as const;
    for (const fault of faults) {
      world.fake.server.inject({ match: ({ changing }) => changing, when: 'before', fault });
      await create();
      world.fake.server.clearFaults();
      world.clock.advance(HOUR);
    }
    ignore();
    const rows = await world.store.actions.list({ service: 'svc-1', type: 'create-subscriber' });
    expect(rows.map(({ errorCode }) => errorCode)).toEqual(['not_done', 'PANEL_REJECTED']);
    await arrive({ panel: world.fake }, calls[0]!);
    expect(isSet(read())).toBe(true);
    expect(await create()).toEqual(['done', file()]);
    expect(isSet(read())).toBe(true);
  });
});
