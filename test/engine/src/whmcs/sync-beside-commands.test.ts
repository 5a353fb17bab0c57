import { describe, expect, it } from '@jest/globals';
import type { SyncReport } from '@sluice/engine';
import type { SyncOptions } from '@sluice/engine/options';
import { during } from '../bench/during.js';
import { errorOf } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { startWhmcsBench } from '../bench/whmcs-bench.js';

const at = useBench(startWhmcsBench);

const LEFT = 'a command changed it while the list was read: the next sync reads it again';

/** Adds services with these statuses in WHMCS, stores them and polls once. */
const addStored = async (...statuses: string[]): Promise<void> => {
  for (const [index, status] of statuses.entries()) at.addService(index + 1, { status });
  await at.sync();
  await at.poll({ allowMass: true });
};
const states = async (): Promise<string[]> => {
  const { services } = await at.sluice.services.list();
  return services.map(({ id, lifecycle, nextDueDate }) => `${id} ${lifecycle} ${nextDueDate}`);
};
const order = (number: number): string => at.panel.order(900 + number).status;
/** What a sync did: its changes, and the services that it left out. */
const toWords = ({ changes, skipped }: SyncReport): string[] => [
  ...changes.map(({ id, change }) => `${id} ${change}`),
  ...skipped.flatMap(({ reason, services }) => services.map((id) => `${id} ${reason}`)),
];
/** Syncs while `work` is done after WHMCS was asked for its services, and before it has listed their products. */
const syncDuring = (work: () => Promise<unknown>, options?: SyncOptions): Promise<SyncReport> =>
  during(
    at.whmcs.server,
    ({ endpoint }) => endpoint === 'GetProducts',
    () => at.sync(options),
    work,
  );

describe('a sync whose list is older than a command', () => {
  it('leaves an end of a suspension to the next sync', async () => {
    await addStored('Suspended', 'Active');
    at.whmcs.service(2).nextDueDate = '2027-01-15';
    const synced = await syncDuring(async () => {
      await at.sluice.provision.unsuspend('whmcs-1', { as: 'billing' });
      at.whmcs.service(1).status = 'Active';
    });
    expect([synced.run.outcome, toWords(synced)]).toEqual(['done', ['whmcs-2 changed', `whmcs-1 ${LEFT}`]]);
    expect(synced.totals).toMatchObject({ seen: 2, changed: 1, unchanged: 0, skipped: 1 });
    await at.poll({ allowMass: true });
    expect([await states(), order(1)]).toEqual([['whmcs-1 active 2026-12-15', 'whmcs-2 active 2027-01-15'], 'active']);
    expect(toWords(await at.sync())).toEqual([]);
  });

  it('leaves a suspension to the next sync, and follows WHMCS then', async () => {
    await addStored('Active');
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    const synced = await syncDuring(() => at.sluice.provision.suspend('whmcs-1', { as: 'billing' }));
    expect(toWords(synced)).toEqual([`whmcs-1 ${LEFT}`]);
    expect([await states(), order(1)]).toEqual([['whmcs-1 suspended 2026-12-15'], 'suspended']);
    expect(toWords(await at.sync())).toEqual(['whmcs-1 changed']);
    await at.poll({ allowMass: true });
    expect([await states(), order(1)]).toEqual([['whmcs-1 active 2027-01-15'], 'active']);
  });

  it('leaves a command that repeats what is stored to the next sync', async () => {
    await addStored('Active');
    at.whmcs.service(1).status = 'Suspended';
    const synced = await syncDuring(async () => {
      at.bench.clock.advance(1000);
      await at.sluice.provision.unsuspend('whmcs-1', { as: 'billing' });
      at.whmcs.service(1).status = 'Active';
    });
    expect([toWords(synced), await states()]).toEqual([[`whmcs-1 ${LEFT}`], ['whmcs-1 active 2026-12-15']]);
  });

  it('reports nothing where list and command agree', async () => {
    await addStored('Active');
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    const synced = await syncDuring(() => at.sluice.services.set('whmcs-1', { next_due_date: '2027-01-15' }));
    expect([toWords(synced), synced.totals.unchanged]).toEqual([[], 1]);
  });

  it('neither ends nor adds services that a command stored meanwhile', async () => {
    await addStored('Active', 'Active');
    at.whmcs.deleteService(1);
    const synced = await syncDuring(() => at.sluice.services.set('whmcs-1', { email: 'ana@example.com' }));
    expect([toWords(synced), synced.totals.vanished]).toEqual([[`whmcs-1 ${LEFT}`], 0]);
    expect(toWords(await at.sync())).toEqual(['whmcs-1 vanished']);
    at.whmcs.service(2).nextDueDate = '2027-01-15';
    expect(toWords(await syncDuring(() => at.sluice.services.remove('whmcs-2')))).toEqual([`whmcs-2 ${LEFT}`]);
    expect(toWords(await at.sync())).toEqual(['whmcs-2 added']);
  });

  it('leaves a command that had begun before the list to the next sync', async () => {
    await addStored('Active', 'Active');
    at.whmcs.service(2).nextDueDate = '2027-01-15';
    const synced: SyncReport[] = [];
    await during(
      at.panel.server,
      ({ method }) => method === 'POST',
      () => at.sluice.provision.suspend('whmcs-1', { as: 'billing' }),
      async () => synced.push(await at.sync({ waitMs: 0 })),
    );
    at.whmcs.service(1).status = 'Suspended';
    expect(synced.map(toWords)).toEqual([['whmcs-2 changed', `whmcs-1 ${LEFT}`]]);
    expect([await states(), order(1)]).toEqual([
      ['whmcs-1 suspended 2026-12-15', 'whmcs-2 active 2027-01-15'],
      'suspended',
    ]);
    expect(toWords(await at.sync())).toEqual([]);
  });
});

describe('a sync that another run keeps waiting', () => {
  it('stores nothing while a command works on a service that changes', async () => {
    await addStored('Active', 'Active');
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    at.whmcs.service(2).nextDueDate = '2027-01-15';
    let release = (): Promise<void> => Promise.resolve();
    const refused = syncDuring(
      async () => {
        release = await at.bench.takeLease('service:whmcs-2');
      },
      { waitMs: 1000 },
    );
    expect((await errorOf(refused))?.message).toMatch(/in use by other runs: whmcs-2 by /);
    expect(await states()).toEqual(['whmcs-1 active 2026-12-15', 'whmcs-2 active 2026-12-15']);
    await release();
    expect(toWords(await at.sync())).toEqual(['whmcs-1 changed', 'whmcs-2 changed']);
  });

  it('reads one service only once no command works on it', async () => {
    await addStored('Active');
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    const release = await at.bench.takeLease('service:whmcs-1');
    const calls = at.whmcs.server.calls.length;
    expect((await errorOf(at.sync({ service: '1', waitMs: 1000 })))?.code).toBe('lease_held');
    expect(at.whmcs.server.calls).toHaveLength(calls);
    await release();
    expect(toWords(await at.sync({ service: '1' }))).toEqual(['whmcs-1 changed']);
  });
});
