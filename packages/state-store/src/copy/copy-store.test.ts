import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { openStore } from '../open-store.js';
import { fillEveryTable, readEveryTable } from '../test/every-table.js';
import { service } from '../test/records.js';
import { clock, expectRefused, tamper, useStore } from '../test/use-store.js';
import { type CopyOptions, copyStore } from './copy-store.js';
import { undoCopy } from './undo-copy.js';

const at = useStore();
let ids = 0;

/** Copies the store of the test to a file beside it. */
const copyTo = (name: string, options: Partial<CopyOptions> = {}): ReturnType<typeof copyStore> =>
  copyStore({
    ...{ from: at.location, to: join(at.folder, name), clock },
    id: () => `copy-${(ids += 1)}`,
    refuseActive: () => undefined,
    ...options,
  });

const undo = (options: Partial<Parameters<typeof undoCopy>[0]> = {}): ReturnType<typeof undoCopy> =>
  undoCopy({ from: at.location, clock, refuseActive: () => undefined, ...options });

/** Ends a copy at one of its steps, as a kill would. */
const endAt =
  (step: number): NonNullable<CopyOptions['onProgress']> =>
  () => {
    if ((step -= 1) < 0) throw new Error('ended');
  };

describe('a copy', () => {
  it('has each row of each table, and the store is only read from then on', async () => {
    await fillEveryTable(at.location);
    const before = await readEveryTable(at.location);
    const result = await copyTo('copy.db');
    expect(result).toMatchObject({ resumed: false, movedAt: '2026-03-01T00:00:00.000Z' });
    expect(result.rows).toBe(Object.values(before).reduce((sum, rows) => sum + rows.length, 0));
    expect(await readEveryTable(join(at.folder, 'copy.db'))).toEqual(before);

    await expectRefused(at.store.services.put([service('svc-1')]), 'store_moved');
    await expectRefused(at.store.version(), 'store_moved');
    const moved = await at.open();
    expect(await moved.version()).toEqual(expect.any(String));
    expect(moved.mark).toMatchObject({ state: 'moved', other: join(at.folder, 'copy.db') });
    expect(moved.schemaVersion).toBe(at.store.schemaVersion);
    await expectRefused(copyTo('copy.db'), 'store_moved');
    await expectRefused(copyTo('another.db'), 'store_moved');
    const copy = await openStore({ location: join(at.folder, 'copy.db'), clock });
    expect(copy.mark).toBeNull();
    await copy.services.put([service('svc-1')]);
    await copy.close();
  });

  it('goes on where it ended, at every step, and nothing writes to either store meanwhile', async () => {
    await fillEveryTable(at.location);
    const before = await readEveryTable(at.location);
    const target = join(at.folder, 'copy.db');
    for (let step = 0; ; step += step < 3 ? 1 : 7) {
      const isDone = await copyTo('copy.db', { onProgress: endAt(step) }).then(
        () => true,
        (error: unknown) => {
          expect(String(error)).toBe('Error: ended');
          return false;
        },
      );
      if (isDone) break;
      await expectRefused(at.store.services.put([service('svc-1')]), 'store_moved');
      await expectRefused(openStore({ location: target, clock }), 'store_incomplete');
      await expectRefused(openStore({ location: target, clock, readOnly: true }), 'store_incomplete');
      await expectRefused(copyTo('another.db'), 'copy_refused');
    }
    expect(await readEveryTable(target)).toEqual(before);
  });

  it('is refused while a run is active, and the store goes on', async () => {
    const { lease } = (await at.store.leases.acquire({
      ...{ name: 'panel', run: 'run-1', now: new Date(clock.now()).toISOString(), ttlMs: 1000 },
      owner: { host: 'h', pid: 1, processStart: 's' },
      isAlive: () => true,
    })) as { lease: { name: string; fence: number } };
    const refuseActive: CopyOptions['refuseActive'] = (leases) => {
      if (leases.length > 0) throw new Error(`${leases[0]?.run ?? ''} is active`);
    };
    await expect(copyTo('copy.db', { refuseActive })).rejects.toThrow('run-1 is active');
    await at.store.write((tables) => tables.services.put([service('svc-1')]), { fences: [lease] });
    await at.store.leases.release(lease);
    await copyTo('copy.db', { refuseActive });
    expect((await at.store.maintenance.past()).migrations.length).toBe(at.store.schemaVersion);
  });

  it('changes nothing in a dry run, and is refused where the target holds anything', async () => {
    await at.store.services.put([service('svc-1')]);
    expect(await copyTo('copy.db', { dryRun: true })).toMatchObject({ movedAt: null });
    await expectRefused(openStore({ location: join(at.folder, 'copy.db'), create: false }), 'store_missing');
    await at.store.services.put([service('svc-2')]);
    await expectRefused(copyTo('sluice.db'), 'copy_refused');
    const other = await at.open({ location: join(at.folder, 'other.db') });
    await other.services.put([service('svc-9')]);
    await expectRefused(copyTo('other.db'), 'copy_refused');
    await at.store.services.put([service('svc-3')]);
  });

  it('is copied again from its beginning where a row differs', async () => {
    await fillEveryTable(at.location);
    const target = join(at.folder, 'copy.db');
    let isTampered = false;
    const onProgress: CopyOptions['onProgress'] = async ({ step }) => {
      if (step !== 'verify' || isTampered) return;
      isTampered = true;
      await tamper(target, `update holds set note = 'another' where seq = 2`);
    };
    await expect(copyTo('copy.db', { onProgress })).rejects.toThrow(/: holds, seq 2 differs in note\. /);
    expect(await copyTo('copy.db')).toMatchObject({ resumed: true });
    expect(await readEveryTable(target)).toEqual(
      Object.fromEntries(
        Object.entries(await readEveryTable(at.location)).map(([name, rows]) => [
          name,
          name === 'schema_migrations' ? rows.slice(0, -1) : rows,
        ]),
      ),
    );
  });

  it('is copied again from its beginning also where the store is marked as moved', async () => {
    await fillEveryTable(at.location);
    const target = join(at.folder, 'copy.db');
    let marks = 0;
    const onProgress: CopyOptions['onProgress'] = ({ step }) => {
      if (step === 'mark' && (marks += 1) === 2) throw new Error('ended');
    };
    await expect(copyTo('copy.db', { onProgress })).rejects.toThrow('ended');
    await tamper(target, `update holds set note = 'another' where seq = 2`);
    await expectRefused(copyTo('copy.db'), 'copy_differs');
    const { rows } = await copyTo('copy.db');
    expect(rows).toBe(Object.values(await readEveryTable(target)).reduce((sum, list) => sum + list.length, 0));
  });
});

describe('a copy that is taken back', () => {
  it('lets the store go on with fence numbers of its own, and the copy is only read', async () => {
    await fillEveryTable(at.location);
    await expectRefused(undo(), 'copy_refused');
    await copyTo('copy.db');
    expect(await undo({ dryRun: true })).toMatchObject({ wasMoved: true, lost: null });
    await expectRefused(at.store.services.put([service('svc-1')]), 'store_moved');
    expect(await undo()).toMatchObject({ wasMoved: true, lost: null });
    await at.store.services.put([service('svc-1')]);
    const copy = await at.open({ location: join(at.folder, 'copy.db') });
    await expectRefused(copy.services.put([service('svc-1')]), 'store_moved');
    const fences = (await readEveryTable(at.location))['leases'] as { fence: number }[];
    expect(fences.every(({ fence }) => fence > 1_000_000)).toBe(true);
  });

  it('is refused where the copy has changed since, unless that may be lost', async () => {
    await copyTo('copy.db');
    const copy = await at.open({ location: join(at.folder, 'copy.db') });
    await copy.services.put([service('svc-new')]);
    await expect(undo()).rejects.toThrow(/services, id "svc-new" is only in the copy/);
    await expectRefused(at.store.services.put([service('svc-1')]), 'store_moved');
    expect(await undo({ discardNewer: true })).toMatchObject({ lost: 'services, id "svc-new" is only in the copy' });
    await at.store.services.put([service('svc-1')]);
    await expectRefused(copy.services.put([service('svc-2')]), 'store_moved');
  });

  it('by two processes at a time changes the store that is used again only once', async () => {
    await fillEveryTable(at.location);
    await copyTo('copy.db');
    const before = await readEveryTable(at.location);
    // The other one ends while this one compares.
    const refuseActive = (): void => {
      const other = new Sqlite(at.location);
      other.exec('delete from schema_migrations where version >= 1000000');
      other.close();
    };
    await expect(undo({ refuseActive })).rejects.toThrow(/was finished or taken back by another process meanwhile/);
    expect((await readEveryTable(at.location))['leases']).toEqual(before['leases']);
    await at.store.services.put([service('svc-1')]);
    // It was marked by this one, as by the other.
    await expectRefused(
      openStore({ location: join(at.folder, 'copy.db'), clock }).then((copy) => copy.services.put([service('svc-1')])),
      'store_moved',
    );
  });

  it('before it is finished only ends the standstill; the next one begins anew', async () => {
    await fillEveryTable(at.location);
    await expect(copyTo('copy.db', { onProgress: endAt(9) })).rejects.toThrow('ended');
    expect(await undo()).toMatchObject({ wasMoved: false });
    await at.store.services.put([service('svc-1')]);
    const before = await readEveryTable(at.location);
    expect(await copyTo('copy.db')).toMatchObject({ resumed: false });
    expect(await readEveryTable(join(at.folder, 'copy.db'))).toEqual(before);
  });
});
