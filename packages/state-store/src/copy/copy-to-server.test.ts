import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openStore } from '../open-store.js';
import { acquireSchema, type EmptySchema, whyNoPostgres } from '../testing/index.js';
import { fillEveryTable, ODD_TEXTS, readEveryTable } from '../test/every-table.js';
import { hold, proof, run, service } from '../test/records.js';
import { clock, expectRefused, tamper, useStore } from '../test/use-store.js';
import { type CopyOptions, copyStore } from './copy-store.js';
import { undoCopy } from './undo-copy.js';

const reason = whyNoPostgres();
const at = useStore();
/** What PostgreSQL can store. */
const TEXTS = ODD_TEXTS.filter((text) => !text.includes('u0000'));
let ids = 0;

const copy = (options: Partial<CopyOptions> = {}): ReturnType<typeof copyStore> =>
  copyStore({
    ...{ from: at.location, to: '', clock },
    id: () => `copy-${(ids += 1)}`,
    refuseActive: () => undefined,
    ...options,
  });

const isLong = process.env['SLUICE_LONG'] === '1';

/** Ends a copy at one of its steps, as a kill would. */
const endAt =
  (step: number): NonNullable<CopyOptions['onProgress']> =>
  () => {
    if ((step -= 1) < 0) throw new Error('ended');
  };

(reason === null ? describe : describe.skip)(`a copy on PostgreSQL${reason === null ? '' : ` (${reason})`}`, () => {
  let schema: EmptySchema;
  let to = '';
  beforeAll(async () => {
    schema = await acquireSchema();
    to = schema.url;
  });
  // An emptied one would have its mark.
  beforeEach(() => schema.drop());
  afterAll(() => schema.release());

  it('has each row of each table, and back in a file the same ones', async () => {
    await fillEveryTable(at.location, TEXTS);
    const before = await readEveryTable(at.location);
    const there = await copy({ to });
    const back = join(at.folder, 'back.db');
    const again = await copy({ from: to, to: back });
    expect(again.tables).toEqual(there.tables);
    expect(await readEveryTable(back)).toEqual(before);
    await expectRefused(
      openStore({ location: to, clock }).then((store) => store.services.put([service('s')])),
      'store_moved',
    );
  });

  it('goes on where it ended, at every step', async () => {
    await fillEveryTable(at.location, TEXTS);
    let step = 0;
    for (; ; step += step < 3 || isLong ? 1 : 40) {
      const ended = await copy({ to, onProgress: endAt(step) }).catch(String);
      if (ended !== 'Error: ended') break;
      await expectRefused(at.store.services.put([service('svc-1')]), 'store_moved');
      await expectRefused(openStore({ location: to, clock }), 'store_incomplete');
    }
    expect(step).toBeGreaterThan(40);
    const back = join(at.folder, 'back.db');
    await copy({ from: to, to: back });
    expect(await readEveryTable(back)).toEqual({
      ...(await readEveryTable(at.location)),
      schema_migrations: (await readEveryTable(back))['schema_migrations'],
    });
  });

  it('numbers rows and fences on, and its store works', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.runs.start(run('run-1'));
    await at.store.holds.add(hold('hold-1', { service: 'svc-1' }));
    const owner = { host: 'h', pid: 1, processStart: 's' };
    const request = { owner, run: 'run-1', now: '2026-03-01T00:00:00.000Z', ttlMs: 1000, isAlive: () => true };
    await at.store.leases.acquire({ ...request, name: 'panel' });
    const [lease] = await at.store.leases.list();
    await at.store.leases.release({ name: 'panel', fence: lease?.fence ?? 0 });
    await copy({ to });
    const store = await openStore({ location: to, clock, leaseClock: 'caller' });
    await store.runs.start(run('run-2'));
    await store.evidence.add(proof('proof-1', { hold: 'hold-1', service: 'svc-1' }));
    const taken = await store.leases.acquire({ ...request, name: 'panel', run: 'run-2' });
    expect(taken).toMatchObject({ acquired: true, lease: { fence: (lease?.fence ?? 0) + 1 } });
    expect((await store.maintenance.check()).filter(({ status }) => status !== 'ok')).toEqual([]);
    await store.close();
    await expect(undoCopy({ from: at.location, to, clock, refuseActive: () => undefined })).rejects.toThrow(
      /differs|only in the copy/,
    );
  });

  it('names the row of a text with NUL before anything is marked, and can replace it', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.runs.start(run('run-1'));
    await tamper(
      at.location,
      `update runs set note = 'a' || char(0) || 'b', error = '{"message":"x\\u0000y\\\\u0000"}'`,
    );
    await expect(copy({ to })).rejects.toThrow(
      /NUL, which (note|error) of runs, seq 1 contains\. Nothing was copied or marked/,
    );
    await at.store.services.put([service('svc-2')]);
    await copy({ to, replaceNul: true });
    const back = join(at.folder, 'back.db');
    await copy({ from: to, to: back });
    expect((await readEveryTable(back))['runs']).toMatchObject([
      { note: 'a\uFFFDb', error: '{"message":"x\\ufffdy\\\\u0000"}' },
    ]);
  });

  it('copies rows of many megabytes, and many small ones', async () => {
    const large = 'ä'.repeat(3_000_000);
    await fillEveryTable(at.location, ['small']);
    await tamper(
      at.location,
      `update graph_cache set body = '${large}'`,
      `with recursive n(v) as (select 1 union all select v + 1 from n where v < 5000)
        insert into graph_cache (key, service, at, expires_at, body) select 'k' || v, 's', 't', 'e', 'b' || v from n`,
    );
    const { tables } = await copy({ to });
    expect(tables.find(({ name }) => name === 'graph_cache')?.rows).toBe(5001);
  });
});
