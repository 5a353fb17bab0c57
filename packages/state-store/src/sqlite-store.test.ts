import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { LATEST_SCHEMA_VERSION } from './migrations/version.js';
import { createSqliteStore } from './sqlite-store.js';
import { connectReader, connectWriter } from './sqlite/connect.js';
import type { StoreTables } from './store.js';
import { StoreError } from './store-error.js';
import { apiCall, cycle, hold, minute, purchase, sample, service } from './test/records.js';
import { onFiles, tamper, useStore } from './test/use-store.js';

/** A promise and what settles it. */
function signal(): { promise: Promise<void>; give: () => void } {
  let give = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { promise, give };
}

describe('write', () => {
  const at = useStore();

  it('keeps all of it or nothing', async () => {
    await expect(
      at.store.write(async (tables) => {
        await tables.services.put([service('svc-1')]);
        expect(await tables.services.ids()).toEqual(['svc-1']);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await at.store.services.ids()).toEqual([]);
    expect(
      await at.store.write(async (tables) => {
        await tables.services.put([service('svc-1')]);
        return 'done';
      }),
    ).toBe('done');
    expect(await at.store.services.ids()).toEqual(['svc-1']);
  });

  it('is undone by a failed write in it, even one that was caught', async () => {
    await at.store.purchases.add(purchase('p-1'));
    const written = at.store.write(async (tables) => {
      await tables.services.put([service('svc-1')]);
      await tables.purchases.add(purchase('p-1', { key: 'other' })).catch(() => false);
    });
    await expect(written).rejects.toMatchObject({ code: 'store_conflict' });
    expect(await at.store.services.ids()).toEqual([]);
  });

  it('is not undone by a read in it that failed and was caught', async () => {
    await at.store.services.put([service('svc-1')]);
    await tamper(at.location, "update services set refs = 'x'");
    await at.store.write(async (tables) => {
      await expect(tables.services.list()).rejects.toMatchObject({ code: 'store_damaged' });
      await tables.services.put([service('svc-2')]);
    });
    expect(await at.store.services.ids()).toEqual(['svc-1', 'svc-2']);
  });

  it('hands through what its work threw, even if it looks like an error of the disk', async () => {
    const thrown = Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' });
    // Of a server it looks like one that may pass, for which the store waits.
    const impatient = await at.open({ wait: 60 });
    await expect(impatient.write(() => Promise.reject(thrown))).rejects.toBe(thrown);
  });

  it('is refused inside another, in either form', async () => {
    for (const inner of [
      () => at.store.write(() => Promise.resolve()),
      () => at.store.services.put([service('svc-1')]),
    ]) {
      await expect(at.store.write(inner)).rejects.toMatchObject({ code: 'nested_write' });
    }
    await at.store.services.put([service('svc-1')]);
    expect(await at.store.services.ids()).toEqual(['svc-1']);
  });

  it('runs after the ones before it, and one that fails stops no other', async () => {
    const order: string[] = [];
    const first = signal();
    const slow = at.store.write(async (tables) => {
      order.push('slow begins');
      await tables.services.put([service('svc-1')]);
      await first.promise;
      order.push('slow ends');
    });
    const failing = at.store.write(() => {
      order.push('failing');
      return Promise.reject(new Error('no'));
    });
    const last = at.store.write(async (tables) => {
      order.push('last');
      await tables.services.put([service('svc-2')]);
    });
    expect(await at.store.services.ids()).toEqual([]);
    first.give();
    await slow;
    await expect(failing).rejects.toThrow('no');
    await last;
    expect(order).toEqual(['slow begins', 'slow ends', 'failing', 'last']);
    expect(await at.store.services.ids()).toEqual(['svc-1', 'svc-2']);
  });

  it('lets reads see only what is committed', async () => {
    await at.store.write(async (tables) => {
      await tables.services.put([service('svc-1')]);
      expect(await at.store.services.ids()).toEqual([]);
    });
    expect(await at.store.services.ids()).toEqual(['svc-1']);
  });

  it('takes back its tables when it is over', async () => {
    let kept: StoreTables | undefined;
    await at.store.write((tables) => {
      kept = tables;
      return Promise.resolve();
    });
    await expect(kept?.services.ids()).rejects.toMatchObject({ code: 'store_closed' });
    await expect(kept?.services.put([service('svc-1')])).rejects.toMatchObject({ code: 'store_closed' });
    expect(await at.store.services.ids()).toEqual([]);
  });

  it('waits for a second store of the same process, without blocking it', async () => {
    const other = await at.open();
    const begun = signal();
    const go = signal();
    const slow = at.store.write(async (tables) => {
      begun.give();
      await tables.services.put([service('svc-1')]);
      await go.promise;
    });
    await begun.promise;
    const waiting = other.services.put([service('svc-2')]);
    setImmediate(go.give);
    await slow;
    await waiting;
    expect(await at.store.services.ids()).toEqual(['svc-1', 'svc-2']);
  });

  onFiles('gives up when the lock is not free in time', async () => {
    const impatient = await at.open({ wait: 60 });
    const go = signal();
    const slow = at.store.write(() => go.promise);
    await expect(impatient.services.put([service('svc-2')])).rejects.toMatchObject({ code: 'store_busy' });
    go.give();
    await slow;
    await impatient.services.put([service('svc-2')]);
    expect(await at.store.services.ids()).toEqual(['svc-2']);
  });

  onFiles('gives up all that wait for the same lock at once, and not one after the other', async () => {
    const impatient = await at.open({ wait: 200 });
    const go = signal();
    const slow = at.store.write(() => go.promise);
    const since = performance.now();
    const waiting = Array.from({ length: 20 }, (_, n) => impatient.services.put([service(`svc-${n}`)]));
    const codes = await Promise.all(waiting.map((each) => each.catch((error: unknown) => (error as StoreError).code)));
    expect(codes).toEqual(codes.map(() => 'store_busy'));
    // One after the other they would wait for 4 s.
    expect(performance.now() - since).toBeLessThan(2000);
    go.give();
    await slow;
    await impatient.services.put([service('svc-2')]);
  });

  onFiles('refuses what waits less long than those before it, and never does it later', async () => {
    const patient = await at.open();
    const go = signal();
    const slow = at.store.write(() => go.promise);
    const first = patient.services.put([service('svc-1')]);
    const hasty = [50, 60].map((wait) => patient.write((tables) => tables.services.put([service('svc-2')]), { wait }));
    for (const each of hasty) await expect(each).rejects.toMatchObject({ code: 'store_busy' });
    go.give();
    await Promise.all([slow, first]);
    await patient.write((tables) => tables.services.put([service('svc-3')]), { wait: 50 });
    expect(await at.store.services.ids()).toEqual(['svc-1', 'svc-3']);
  });

  it('waits for what it writes itself, however long that takes', async () => {
    const go = signal();
    const slow = at.store.write(() => go.promise);
    const hasty = at.store.write((tables) => tables.services.put([service('svc-2')]), { wait: 1 });
    for (let reads = 0; reads < 50; reads++) await at.store.services.ids();
    go.give();
    await Promise.all([slow, hasty]);
    expect(await at.store.services.ids()).toEqual(['svc-2']);
  });

  it('takes any number of rows and asks for any number of services', async () => {
    const ids = Array.from({ length: 2345 }, (_, n) => `svc-${String(n).padStart(4, '0')}`);
    await at.store.write(async (tables) => {
      await tables.services.put(ids.map((id) => service(id)));
      await tables.cycles.put(ids.map((id) => cycle(`c-${id}`, { service: id })));
      await tables.samples.add(ids.map((id) => sample(id, minute(1))));
      await tables.apiCalls.add(ids.map((id) => apiCall(minute(1), { service: id })));
    });
    const asked = [...ids].reverse();
    expect((await at.store.services.list({ ids: asked })).map((each) => each.id)).toEqual(ids);
    expect((await at.store.cycles.newest(asked)).map((each) => each.service)).toEqual(ids);
    expect(await at.store.samples.list({ service: 'svc-2344' })).toHaveLength(1);
    expect((await at.store.services.list({ ids: asked, limit: 600 })).map((each) => each.id)).toEqual(
      ids.slice(0, 600),
    );
    expect(await at.store.purchases.list({ services: asked, cycles: asked })).toEqual([]);
    expect(await at.store.apiCalls.list()).toHaveLength(ids.length);
  });
});

describe('close', () => {
  const at = useStore();

  it('waits for what was begun, then refuses', async () => {
    const written = at.store.services.put([service('svc-1')]);
    const read = at.store.services.ids();
    await at.store.close();
    await at.store.close();
    await written;
    expect(await read).toEqual([]);
    await expect(at.store.services.ids()).rejects.toMatchObject({ code: 'store_closed' });
    await expect(at.store.services.put([])).rejects.toMatchObject({ code: 'store_closed' });
    await expect(at.store.maintenance.backup(join(at.folder, 'b.db'))).rejects.toMatchObject({ code: 'store_closed' });
    const again = await at.open();
    expect(await again.services.ids()).toEqual(['svc-1']);
  });
});

/** Closes the store and opens its file again, with the connection that writes. */
async function withWriter(at: ReturnType<typeof useStore>) {
  await at.store.close();
  const reader = await connectReader(at.location, 1000, { still: false });
  const writer = await connectWriter(at.location, 1000);
  const { location } = at;
  const store = createSqliteStore({ location, schemaVersion: LATEST_SCHEMA_VERSION, reader, writer, waitMs: 1000 });
  return { store, handle: writer.handle };
}

describe('the disk', () => {
  const at = useStore();

  onFiles('is waited for by each write, but for those of what can be read again', async () => {
    const { store, handle } = await withWriter(at);
    const levels: unknown[] = [];
    const note = (): Promise<void> => {
      levels.push(handle.pragma('synchronous', { simple: true }));
      return Promise.resolve();
    };
    await store.write(note);
    await Promise.all([store.write(note, { durable: false }), store.write(note), store.write(note, { durable: true })]);
    await store.write(note, { durable: false });
    await store.services.put([service('svc-1')]);
    await note();
    const [normal, full] = [1, 2];
    expect(levels).toEqual([full, normal, full, full, normal, full]);
    await store.close();
  });
});

describe('a full disk', () => {
  const at = useStore();

  onFiles('undoes the write, and the next small one works', async () => {
    await at.store.services.put([service('svc-0')]);
    const { store, handle } = await withWriter(at);
    const pages = Number(handle.pragma('page_count', { simple: true }));
    handle.pragma(`max_page_count = ${pages + 4}`);
    const many = Array.from({ length: 2000 }, (_, n) => service(`svc-${n}`));
    const written = store.write(async (tables) => {
      await tables.holds.add(hold('h-1'));
      await tables.services.put(many);
    });
    await expect(written).rejects.toBeInstanceOf(StoreError);
    await expect(written).rejects.toMatchObject({ code: 'store_full' });
    expect(await store.holds.open()).toEqual([]);
    expect(await store.services.ids()).toEqual(['svc-0']);
    await store.services.put([service('svc-1')]);
    expect(await store.services.ids()).toEqual(['svc-0', 'svc-1']);
    await store.close();
  });
});

describe('a store of a newer version', () => {
  const at = useStore();

  it('is not written any more by a process that opened it before', async () => {
    await tamper(
      at.location,
      `insert into schema_migrations values (${at.store.schemaVersion + 1}, 'newer', '${minute(0)}')`,
    );
    await expect(at.store.services.put([service('svc-1')])).rejects.toMatchObject({ code: 'store_too_new' });
    await expect(at.open()).rejects.toMatchObject({
      code: 'store_too_new',
      message: expect.stringMatching(
        new RegExp(`version ${at.store.schemaVersion + 1}.*supports at most ${at.store.schemaVersion}`),
      ),
    });
  });
});

describe('a damaged row', () => {
  const at = useStore();

  it.each([
    ['no JSON', '{"a":'],
    ['another shape', '["a"]'],
    ['values of another type', '{"a":1}'],
  ])('is named when its JSON is %s', async (_, text) => {
    await at.store.services.put([service('svc-1'), service('svc-2')]);
    await tamper(at.location, `update services set refs = '${text}' where id = 'svc-2'`);
    await expect(at.store.services.list()).rejects.toMatchObject({
      code: 'store_damaged',
      row: { table: 'services', id: 'svc-2' },
      message: expect.stringContaining('refs'),
    });
    expect(await at.store.services.get('svc-1')).toEqual(service('svc-1'));
  });

  it('is named when a list is damaged', async () => {
    await at.store.cycles.put([cycle('c-1')]);
    await tamper(at.location, `update cycles set thresholds = '["80"]'`);
    await expect(at.store.cycles.ofService('svc-1')).rejects.toMatchObject({
      code: 'store_damaged',
      row: { table: 'cycles', id: 'c-1' },
    });
  });
});

describe('a damaged file', () => {
  const at = useStore();

  onFiles('is told by what reads it, and by the check', async () => {
    await at.store.services.put(Array.from({ length: 3000 }, (_, n) => service(`svc-${n}`)));
    await at.store.close();
    const pageSize = 4096;
    const file = openSync(at.location, 'r+');
    const pages = fstatSync(file).size / pageSize;
    // The second half of the pages: those of the schema come first.
    const noise = Buffer.alloc(Math.floor(pages / 2) * pageSize, 0xa5);
    writeSync(file, noise, 0, noise.length, Math.ceil(pages / 2) * pageSize);
    closeSync(file);
    const store = await at.open();
    await expect(store.services.list()).rejects.toMatchObject({ code: 'store_damaged' });
    const checks = await store.maintenance.check();
    expect(checks.filter((check) => check.name === 'integrity' && check.status === 'failed')).not.toEqual([]);
  });
});
