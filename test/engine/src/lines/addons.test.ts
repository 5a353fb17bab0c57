import { describe, expect, it } from '@jest/globals';
import type { DidReport } from '@sluice/engine';
import { useOpened } from '../bench/each-test.js';
import { openWorld, SERVICE, type SystemName } from './world.js';

const NUMBER = '+551133331234';
const ADDON = { addon: '77', areaCode: '11' } as const;

const [world, start] = useOpened(openWorld);

async function open(system: SystemName): Promise<void> {
  await start(system);
  await world.sluice.provision.create('svc-1');
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
