import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { CommandReport, DidReport, Sluice } from '@sluice/engine';
import type { StateStore } from '@sluice/state-store';
import { codeOf } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { openWorld, SERVICE } from './world.js';

const [OURS, THEIRS] = ['+551140001234', '+551140001235'] as const;

const world = useBench(() => openWorld('magnusbilling'));
let line: string;
beforeEach(async () => {
  for (const number of [OURS, THEIRS]) world.fake.addDid({ number });
  await world.sluice.provision.create('svc-1');
  line = world.fake.subscribers()[0]?.id ?? '';
  await world.sluice.dids.link(OURS, { service: 'svc-1' });
  // MagnusBilling leaves such a number with its line when it is released.
  const row = world.fake.did(THEIRS);
  Object.assign(row, { subscriberId: line, status: 'active' });
  row.extra['reserved'] = 0;
});

const WAYS = ['release', 'unlink', 'terminate'] as const;

/** Takes a number away from its line. */
function takeAway(how: (typeof WAYS)[number], number: string): Promise<DidReport | CommandReport> {
  const { dids, provision } = world.sluice;
  if (how === 'release') return dids.release(number);
  if (how === 'unlink') return dids.set(number, { subscriber: null });
  return provision.terminate('svc-1', { forfeitUnbilled: true });
}

it.each(['1140005678', '01140005678'])('is not made again where the panel has it as %s', async (stored) => {
  const { fake, sluice } = world;
  const id = fake.addDid({ number: stored });
  const refused = await sluice.dids.link('+551140005678', { service: 'svc-1' });
  const message = expect.stringContaining(`the system has the number as ${stored} (record ${id})`);
  expect([refused.error, refused.actions]).toEqual([{ code: 'line_conflict', message }, []]);
});

describe('a number that staff assigned by hand', () => {
  it.each(few(WAYS, 2))('loses its line by %s, after it was reserved', async (how) => {
    const { fake, store } = world;
    const done = await takeAway(how, THEIRS);
    expect(done.run.outcome).toBe('done');
    expect(fake.did(THEIRS)).toMatchObject({ subscriberId: null, status: 'available' });
    const ofNumber = done.actions.filter(({ target }) => target === fake.did(THEIRS).id);
    expect(ofNumber.map(({ type, state }) => `${type} ${state}`)).toEqual([
      'update-did applied',
      how === 'unlink' ? 'unlink-did applied' : 'terminate-did applied',
    ]);
    expect(await store.evidence.open()).toEqual([]);
  });

  it('stays with its line where it can not be reserved', async () => {
    const { sluice, fake } = world;
    const match = ({ changing, path }: { changing: boolean; path: string }): boolean => changing && /did/.test(path);
    const remove = fake.server.inject({ match, times: 1, fault: { kind: 'status', status: 500 } });
    const failed = await sluice.dids.release(THEIRS);
    expect(failed.run.outcome).not.toBe('done');
    expect(failed.actions.map(({ type, state }) => `${type} ${state}`)).toEqual([
      expect.stringMatching(/^update-did (failed|in-doubt)$/),
      'terminate-did failed',
    ]);
    remove();
    world.clock.advance(15_000);
    expect((await sluice.dids.release(THEIRS)).run.outcome).toBe('done');
    expect(fake.did(THEIRS).subscriberId).toBeNull();
  });
});

describe('a number that staff passes to another line after it was read', () => {
  /** Returns the store, which acts once a change of a number is journaled. */
  const actingOnPlan = (store: StateStore, act: () => void): StateStore =>
    new Proxy(store, {
      get(target, name: keyof StateStore) {
        if (name !== 'write') return target[name];
        const write: StateStore['write'] = async (work, options) => {
          const result = await target.write(work, options);
          if ((await target.actions.unresolved()).some(({ type }) => type.endsWith('-did'))) act();
          return result;
        };
        return write;
      },
    });

  it.each<[string, string, (sluice: Sluice) => Promise<DidReport | CommandReport>]>([
    ['link', '+551140001236', (sluice) => sluice.dids.link('+551140001236', { service: 'svc-1' })],
    ['change', OURS, (sluice) => sluice.dids.set(OURS, { values: { channels: '3' } })],
    ['suspension', OURS, (sluice) => sluice.dids.suspend(OURS)],
    ['unlinking', OURS, (sluice) => sluice.dids.set(OURS, { subscriber: null })],
    ['release', OURS, (sluice) => sluice.dids.release(OURS)],
    ['termination of its line', OURS, (sluice) => sluice.provision.terminate('svc-1', { forfeitUnbilled: true })],
  ])('stays as it is at a %s', async (_name, number, command) => {
    const { fake } = world;
    if (number !== OURS) fake.addDid({ number });
    const other = fake.addSubscriber({ username: 'other1', plan: '11' });
    const pass = (): void => {
      Object.assign(fake.did(number), { subscriberId: other, status: 'active' });
    };
    const before = (await world.store.actions.list({ service: 'svc-1' })).length;
    const done = await command(await world.restart(actingOnPlan(world.store, pass)));
    expect(done.run.outcome).not.toBe('done');
    const rows = (await world.store.actions.list({ service: 'svc-1' })).slice(before);
    const own = rows.filter(({ target }) => [number, fake.did(number).id].includes(target));
    expect(own.map(({ state, errorCode }) => [state, errorCode])).toEqual([['failed', 'line_conflict']]);
    expect(fake.did(number)).toMatchObject({ subscriberId: other, status: 'active' });
  });
});

describe('a number that was suspended with its line', () => {
  it('is active again before it goes back to the pool, and keeps its record while its fields change', async () => {
    const { sluice, fake, store } = world;
    await sluice.provision.suspend('svc-1', { withDids: true });
    await sluice.dids.set(THEIRS, { values: { channels: '3' } });
    expect(await store.evidence.open()).toHaveLength(3);
    expect((await sluice.dids.release(OURS)).run.outcome).toBe('done');
    expect(fake.did(OURS)).toMatchObject({ subscriberId: null, status: 'available' });
    await sluice.provision.unsuspend('svc-1');
    expect(fake.did(THEIRS)).toMatchObject({ subscriberId: line, status: 'active', channels: 3 });
    expect(await store.evidence.open()).toEqual([]);
  });
});

describe('a number that was suspended by name', () => {
  it.each(few(WAYS, 2))('is active in the pool after %s', async (how) => {
    const { sluice, fake } = world;
    await sluice.dids.suspend(OURS);
    expect(fake.did(OURS).status).toBe('suspended');
    await takeAway(how, OURS);
    expect(fake.did(OURS)).toMatchObject({ subscriberId: null, status: 'available' });
    await sluice.services.add('svc-2', { ...SERVICE, client: '43', order_id: '1043' });
    await sluice.provision.create('svc-2');
    expect((await sluice.dids.link(OURS, { service: 'svc-2' })).run.outcome).toBe('done');
  });

  it('stays suspended in the pool where staff suspended it after an "unsuspend" by name', async () => {
    const { sluice, fake } = world;
    await sluice.dids.suspend(OURS);
    await sluice.dids.unsuspend(OURS);
    fake.did(OURS).status = 'suspended';
    expect((await sluice.dids.release(OURS)).run.outcome).toBe('done');
    expect(fake.did(OURS)).toMatchObject({ subscriberId: null, status: 'suspended' });
  });
});

it('refuses a credit limit that is not a whole number, before any change', async () => {
  const { sluice, fake } = world;
  const before = fake.server.changingCalls().length;
  await sluice.services.add('svc-2', { ...SERVICE, product: 'fraction', client: '43', order_id: '1043' });
  const refusal = { code: 'credit_limit_not_whole', kind: 'usage', message: expect.stringContaining('"50.00"') };
  await expect(sluice.provision.create('svc-2')).rejects.toMatchObject(refusal);
  await expect(sluice.provision.changePackage('svc-1', 'fraction')).rejects.toMatchObject(refusal);
  expect(fake.server.changingCalls()).toHaveLength(before);
});

describe.each(['svc-1', undefined])('a number that is released again, named with service %s', (service) => {
  const release = (number: string): Promise<DidReport> => world.sluice.dids.release(number, { service });

  it('is done after an answer that was lost, and after one that was not', async () => {
    const { fake } = world;
    fake.server.inject({
      match: ({ path }) => path.endsWith('/did/liberar'),
      times: 1,
      when: 'after',
      fault: { kind: 'cut' },
    });
    const isReadAfter = ({ path }: { path: string }): boolean =>
      path.endsWith('/did/read') && fake.did(OURS).subscriberId === null;
    const show = fake.server.inject({ match: isReadAfter, fault: { kind: 'cut' } });
    expect(await codeOf(release(OURS))).not.toBeNull();
    show();
    const states = async () => (await world.store.actions.list({ service: 'svc-1' })).map(({ state }) => state);
    expect(await states()).toContain('in-doubt');
    expect(fake.did(OURS).subscriberId).toBeNull();
    for (const _ of ['lost', 'read'])
      expect(await release(OURS)).toMatchObject({ run: { outcome: 'done' }, error: null });
  });

  it('is refused where Sluice did not release it, and where it only unlinked it', async () => {
    const { fake, sluice } = world;
    await sluice.dids.set(OURS, { subscriber: null });
    expect((await release(OURS)).error?.code).toBe('no_number');
    const unknown = fake.did(fake.addDid({ number: '+551140009999' })).number;
    expect(await codeOf(release(unknown))).toBe(service === undefined ? 'number_unused' : 'no_number');
  });
});
