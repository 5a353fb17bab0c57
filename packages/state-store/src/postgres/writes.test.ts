import { afterEach, describe, expect, it } from '@jest/globals';
import { openStore } from '../open-store.js';
import type { StateStore } from '../store.js';
import type { StoreError } from '../store-error.js';
import { hold, minute, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';
import { type CuttableWay, openWay } from '../testing/cuttable.js';

const at = useStore();
let ways: CuttableWay[] = [];
let stores: StateStore[] = [];
afterEach(async () => {
  for (const store of stores) await store.close();
  for (const way of ways) way.close();
  [stores, ways] = [[], []];
});

/** Opens the store through a way that can be cut. */
async function openThrough(wait = 10_000): Promise<{ store: StateStore; way: CuttableWay }> {
  const url = new URL(at.location);
  const way = await openWay(Number(url.port));
  ways.push(way);
  url.port = String(way.port);
  const store = await openStore({ location: url.href, wait, random: () => 0 });
  stores.push(store);
  return { store, way };
}

/** Lets two writers read before either writes. */
function meet(count: number): () => Promise<void> {
  let here = 0;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return async () => {
    here += 1;
    if (here === count) open();
    if (here <= count) await all;
  };
}

describe('writes of several processes', () => {
  it('are as if one came after the other: who read what another has changed runs again', async () => {
    const other = await at.open();
    const both = meet(2);
    let runs = 0;
    // Each holds the service only where nobody holds it: together they would break what each has seen.
    const add = (store: StateStore, id: string): Promise<boolean> =>
      store.write(async (tables) => {
        runs += 1;
        const open = await tables.holds.open({ services: ['svc-1'] });
        await both();
        if (open.length > 0) return false;
        return tables.holds.add(hold(id, { service: 'svc-1', reason: id }));
      });
    const added = await Promise.all([add(at.store, 'h-1'), add(other, 'h-2')]);
    expect(added.sort()).toEqual([false, true]);
    expect(await at.store.holds.open()).toHaveLength(1);
    expect(runs).toBe(3);
  });

  it('lose no update, however many there are', async () => {
    const all = [at.store, ...(await Promise.all([at.open(), at.open(), at.open()]))];
    await at.store.conditions.put({ key: 'count', since: minute(0), runs: 0, details: null });
    const raise = (store: StateStore): Promise<void> =>
      store.write(async (tables) => {
        const known = await tables.conditions.get('count');
        await tables.conditions.put({ key: 'count', since: minute(0), runs: (known?.runs ?? 0) + 1, details: null });
      });
    await Promise.all(all.flatMap((store) => Array.from({ length: 10 }, () => raise(store))));
    expect((await at.store.conditions.get('count'))?.runs).toBe(40);
  });

  it('end with the error of the work, and not of a collision before it', async () => {
    const other = await at.open();
    const both = meet(2);
    const refused = (store: StateStore, id: string): Promise<unknown> =>
      store.write(async (tables) => {
        const open = await tables.holds.open();
        await both();
        if (open.length > 0) throw new RangeError('held');
        await tables.holds.add(hold(id, { reason: id }));
      });
    const [one, two] = await Promise.allSettled([refused(at.store, 'h-1'), refused(other, 'h-2')]);
    const reasons = [one, two].map((result) =>
      result.status === 'rejected' ? (result.reason as Error).message : null,
    );
    expect(reasons.sort()).toEqual([null, 'held'].sort());
  });

  it("run once when the work's own error resembles that of a lost server", async () => {
    let runs = 0;
    const error = await at.store
      .write(() => {
        runs += 1;
        return Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' }));
      })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ENOENT', message: 'no such file' });
    expect(runs).toBe(1);
  });

  it('that collide once there is no time left end with an error of the store, and not of its driver', async () => {
    const both = meet(2);
    const add = async (id: string): Promise<unknown> => {
      const store = await openStore({ location: at.location, wait: 0, random: () => 0 });
      stores.push(store);
      return store.write(async (tables) => {
        await tables.holds.open();
        await both();
        await tables.holds.add(hold(`${id}-1`, { service: id, reason: id }));
        // A work that goes on after its collision meets the next statement of a transaction that is given up.
        await tables.holds.open();
      });
    };
    const ended = await Promise.allSettled([add('h'), add('i')]);
    const reasons = ended.flatMap((result) => (result.status === 'rejected' ? [result.reason as StoreError] : []));
    expect(reasons.map(({ code }) => code)).toEqual(['store_busy']);
    expect(reasons[0]?.message).toContain('is locked by another process');
  });
});

describe('a connection that is lost', () => {
  it('is replaced between calls', async () => {
    const { store, way } = await openThrough();
    await store.services.put([service('svc-1')]);
    way.cut();
    expect(await store.services.ids()).toEqual(['svc-1']);
    way.cut();
    await store.services.put([service('svc-2')]);
    expect(await store.services.ids()).toEqual(['svc-1', 'svc-2']);
  });

  it('in the middle of a write lets its work run again: nothing of the first run is there', async () => {
    const { store, way } = await openThrough();
    let runs = 0;
    await store.write(async (tables) => {
      runs += 1;
      await tables.services.put([service(`svc-${runs}`)]);
      if (runs === 1) way.cut();
      await tables.services.put([service('svc-9')]);
    });
    expect(await at.store.services.ids()).toEqual(['svc-2', 'svc-9']);
  });

  it('while it commits is asked about: what was committed is not written again', async () => {
    const { store, way } = await openThrough();
    let runs = 0;
    way.cutAfter('commit');
    await store.write(async (tables) => {
      runs += 1;
      await tables.services.put([service(`svc-${runs}`)]);
    });
    expect([runs, await at.store.services.ids()]).toEqual([1, ['svc-1']]);
  });

  it('while it commits, and that stays away, is in doubt', async () => {
    const { store, way } = await openThrough(300);
    const writing = store.write(async (tables) => {
      await tables.services.put([service('svc-1')]);
      way.cutAfter('commit');
      // Whoever asks finds nobody.
      setImmediate(way.refuse);
    });
    await expect(writing).rejects.toMatchObject({ code: 'store_in_doubt' });
    way.accept();
  });

  it('that stays away is an error that names the server, and no password', async () => {
    const { store, way } = await openThrough(300);
    way.refuse();
    way.cut();
    const error: unknown = await store.services.ids().catch((one: unknown) => one);
    expect(error).toMatchObject({
      code: 'store_unreachable',
      message: expect.stringContaining(`:${way.port}/postgres`),
    });
    way.accept();
    expect(await store.services.ids()).toEqual([]);
  });
});

describe('leases', () => {
  const request = (pid: number, now: string) => ({
    ...{ name: 'panel:dcim', run: `run-${pid}`, now, ttlMs: 60_000, isAlive: () => true },
    owner: { host: `host-${pid}`, pid, processStart: 'x' },
  });

  it('end by the clock of the database, however far apart those of the processes are', async () => {
    const [early, late] = [-90_000, 90_000].map((ms) => new Date(Date.now() + ms).toISOString());
    const store = await at.open({ leaseClock: 'database', clock: { now: () => Date.now() + 90_000 } });
    const first = await store.leases.acquire(request(1, early ?? ''));
    // By the clock of the second it would have ended.
    expect(await store.leases.acquire(request(2, late ?? ''))).toMatchObject({ acquired: false });
    const [listed] = await store.leases.list();
    // A list states it by the clock of its process.
    expect(Math.abs(Date.parse(listed?.expiresAt ?? '') - Date.now() - 150_000)).toBeLessThan(30_000);
    if (!first.acquired) throw new Error('nobody has it');
    expect(await store.leases.renew(first.lease, early ?? '', -1)).toBe(true);
    expect(await store.leases.acquire(request(2, early ?? ''))).toMatchObject({
      acquired: true,
      lease: { name: 'panel:dcim', fence: 2 },
    });
    expect(await store.leases.renew(first.lease, late ?? '', 60_000)).toBe(false);
  });

  it('states the instant by that clock to any process', async () => {
    const store = await at.open({ leaseClock: 'database' });
    const before = await store.clock.now(minute(1));
    const within = await store.write(({ clock }) => clock.now(minute(1)));
    const after = await store.clock.now(minute(9));
    expect(before).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect([before, within, after].toSorted()).toEqual([before, within, after]);
    expect(Math.abs(Date.parse(after) - Date.parse(before))).toBeLessThan(60_000);
    await store.close();
  });
});

describe('changes', () => {
  it('of other processes are told, also after the connection was lost', async () => {
    const { store, way } = await openThrough();
    let told: () => void = () => undefined;
    const next = (): Promise<void> =>
      new Promise((resolve) => {
        told = resolve;
      });
    const first = next();
    const end = store.subscribe(() => {
      told();
    });
    await first;
    const second = next();
    await at.store.services.put([service('svc-1')]);
    await second;
    const again = next();
    way.cut();
    // It tells when it listens again.
    await again;
    const third = next();
    await at.store.services.put([service('svc-2')]);
    await third;
    end();
  });
});
