import { describe, expect, it } from '@jest/globals';
import type { DidReport } from '@sluice/engine';
import { useOpened } from '../bench/each-test.js';
import { killable, Killed, openWorld, SERVICE, type SystemName } from './world.js';

const NUMBER = '+551133331234';
const ADDON = { addon: '77', areaCode: '11' } as const;

const [world, start] = useOpened(openWorld);

async function open(system: SystemName): Promise<void> {
  await start(system);
  await world.sluice.provision.create('svc-1');
}

/** Lists of a system that deletes what has ended. */
function withoutEnded(json: unknown): unknown {
  const data = (json as { data: { status: string }[] }).data.filter(({ status }) => status !== 'terminated');
  return { ...(json as object), data, meta: { total: data.length } };
}

const seen = ({ run, actions, error }: DidReport): string =>
  [run.outcome, ...actions.map(({ type }) => type), ...(error === null ? [] : [error.code])].join(' ');

describe('the number of a product addon', () => {
  it('is created with its reference, area code and destination, and ends with the addon', async () => {
    await open('default');
    const { sluice, fake } = world;
    const { dids } = sluice;
    fake.add('carriers', { id: '3', name: 'Vivo', code: '15' });
    const wanted = { ...ADDON, service: 'svc-1', carrier: 'Vivo', destination: '(21) 99876-5432' };
    expect(seen(await dids.link('3333-1234', wanted))).toBe('done create-did');
    expect(fake.did(NUMBER)).toMatchObject({
      externalRef: 'whmcs:addon:77',
      areaCode: '11',
      carrierId: '3',
      destination: { type: 'number', value: '+5521998765432' },
    });
    expect(seen(await dids.link('3333-1234', wanted))).toBe('done');
    expect(seen(await dids.link(NUMBER, { ...wanted, destination: '1140009999' }))).toBe('done update-did');
    expect(seen(await dids.link(NUMBER, { service: 'svc-1', addon: '78' }))).toBe('failed did_of_other');
    for (const verb of ['suspend', 'unsuspend', 'release'] as const) {
      expect(seen(await dids[verb](NUMBER, { addon: '78' }))).toBe('failed did_of_other');
    }
    expect(fake.did(NUMBER).status).toBe('active');
    expect(seen(await dids.suspend('3333-1234', ADDON))).toBe('done suspend-did');
    expect(seen(await dids.unsuspend(NUMBER, ADDON))).toBe('done unsuspend-did');
    expect(seen(await dids.release(NUMBER, ADDON))).toBe('done terminate-did');
    expect(await dids.release(NUMBER, ADDON)).toMatchObject({ run: { outcome: 'done' }, service: null, dids: [] });
    expect(seen(await dids.release(NUMBER, { ...ADDON, service: 'svc-1' }))).toBe('done');
    await expect(dids.release(NUMBER)).rejects.toMatchObject({ code: 'no_number' });
    await expect(dids.link('2133334444', { ...ADDON, service: 'svc-1' })).rejects.toMatchObject({
      code: 'area_code_mismatch',
    });
    await expect(dids.link(NUMBER, { service: 'svc-1', addon: '7|7' })).rejects.toMatchObject({ code: 'bad_option' });
  });

  it('is not released because one list lacks it, with and without its service', async () => {
    await open('default');
    const { sluice, fake } = world;
    fake.add('carriers', { id: '3', name: 'Vivo', code: '15' });
    await sluice.dids.link(NUMBER, { ...ADDON, service: 'svc-1', carrier: 'Vivo' });
    const change = (json: unknown): unknown => ({ ...(json as object), data: [], meta: { total: 0 } });
    const show = fake.server.inject({ endpoint: 'GET /dids', fault: { kind: 'mutate', change } });
    for (const more of [{ service: 'svc-1' }, {}]) {
      expect(seen(await sluice.dids.release(NUMBER, { ...ADDON, ...more }))).toBe('failed no_number');
      expect(seen(await sluice.dids.release(NUMBER, { ...ADDON, ...more, dryRun: true }))).toBe('failed no_number');
    }
    await expect(sluice.dids.release('1133330000', ADDON)).rejects.toMatchObject({ code: 'no_number' });
    show();
    expect(fake.did(NUMBER).status).toBe('active');
    expect(seen(await sluice.dids.release(NUMBER, { ...ADDON, service: 'svc-1' }))).toBe('done terminate-did');
    fake.server.inject({ endpoint: 'GET /dids', fault: { kind: 'mutate', change } });
    for (const more of [{ service: 'svc-1' }, {}])
      expect(seen(await sluice.dids.release(NUMBER, { ...ADDON, ...more }))).toBe('done');
  });

  it.each([{ service: 'svc-1' }, {}])(
    'whose release was killed at any write is released by one repeat, by %j',
    async (more) => {
      for (let at = 1, ends = false; !ends; at += 1) {
        await open('default');
        const { fake, store, clock } = world;
        fake.add('carriers', { id: '3', name: 'Vivo', code: '15' });
        await world.sluice.dids.link(NUMBER, { ...ADDON, service: 'svc-1', carrier: 'Vivo' });
        const killed = { at, is: false };
        const first = await world.restart(killable(store, killed));
        await first.dids.release(NUMBER, { ...ADDON, ...more }).catch((error: unknown) => {
          if (!(error instanceof Killed) && !killed.is) throw error;
        });
        ends = !killed.is;
        clock.advance(60_000);
        fake.server.inject({ endpoint: 'GET /dids', fault: { kind: 'mutate', change: withoutEnded } });
        const repeat = await (await world.restart()).dids.release(NUMBER, { ...ADDON, ...more });
        expect([at, repeat.run.outcome, repeat.error]).toEqual([at, 'done', null]);
        expect(fake.did(NUMBER).status).toBe('terminated');
        if (!ends) await world.close();
      }
    },
  );

  it('that was unlinked, and is not shown any more, is released already', async () => {
    await open('default');
    const { sluice, fake } = world;
    await sluice.dids.link(NUMBER, { ...ADDON, service: 'svc-1' });
    expect((await sluice.dids.set(NUMBER, { subscriber: null })).run.outcome).toBe('done');
    const change = (json: unknown): unknown => ({ ...(json as object), data: [], meta: { total: 0 } });
    fake.server.inject({ endpoint: /\/dids$/, fault: { kind: 'mutate', change } });
    expect(seen(await sluice.dids.release(NUMBER, { service: 'svc-1', addon: '77' }))).toBe('done');
  });

  it('is taken out of the pool with the reference of its last addon, also after a kill between the two steps', async () => {
    await open('magnusbilling');
    const { sluice, fake } = world;
    fake.addDid({ number: NUMBER, externalRef: 'whmcs:addon:5 | note of staff' });
    const match = ({ changing, path }: { changing: boolean; path: string }): boolean =>
      changing && /diddestination/.test(path);
    const remove = fake.server.inject({ match, fault: { kind: 'status', status: 500 } });
    expect((await sluice.dids.link(NUMBER, { service: 'svc-1', ...ADDON })).run.outcome).not.toBe('done');
    remove();
    world.clock.advance(15_000);
    expect((await sluice.dids.link(NUMBER, { service: 'svc-1', ...ADDON })).run.outcome).toBe('done');
    expect(fake.did(NUMBER)).toMatchObject({ status: 'active', externalRef: 'whmcs:addon:77 | note of staff' });
    expect(seen(await sluice.dids.release(NUMBER, ADDON))).toMatch(/^done .*terminate-did$/);
    // An operator gives it to another line: the addon that had it can't end it any more.
    await sluice.services.add('svc-2', { ...SERVICE, client: '43', document: '98765432100', order_id: '1043' });
    await sluice.provision.create('svc-2');
    await sluice.dids.link(NUMBER, { service: 'svc-2' });
    expect(fake.did(NUMBER).externalRef).toBe('note of staff');
    await sluice.dids.link(NUMBER, { service: 'svc-2', addon: '80' });
    expect(seen(await sluice.dids.release(NUMBER, ADDON))).toBe('failed did_of_other');
    expect(fake.did(NUMBER).status).toBe('active');
  });
});
