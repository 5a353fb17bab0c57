import { describe, expect, it } from '@jest/globals';
import type { LeaseOwner } from './records.js';
import type { HeldLease, StateStore } from './store.js';
import { minute, service } from './test/records.js';
import { expectRefused, useStore } from './test/use-store.js';

const OWNER: LeaseOwner = { host: 'host-1', pid: 100, processStart: '12345' };
const OTHER: LeaseOwner = { host: 'host-1', pid: 200, processStart: '67890' };
const REMOTE: LeaseOwner = { host: 'host-2', pid: 100, processStart: '12345' };

function acquire(
  store: StateStore,
  owner: LeaseOwner,
  now: string,
  isAlive: (owner: LeaseOwner) => boolean = () => true,
): ReturnType<StateStore['leases']['acquire']> {
  return store.leases.acquire({ name: 'panel:dcim', owner, run: `run-of-${owner.pid}`, now, ttlMs: 60_000, isAlive });
}

async function held(store: StateStore, owner: LeaseOwner, now: string): Promise<HeldLease> {
  const result = await acquire(store, owner, now, () => false);
  if (!result.acquired) throw new Error('The lease should have been free.');
  return result.lease;
}

describe('acquire', () => {
  const at = useStore();

  it('takes a free lease, and tells others who has it', async () => {
    expect(await acquire(at.store, OWNER, minute(0))).toEqual({
      acquired: true,
      lease: { name: 'panel:dcim', fence: 1 },
    });
    const record = {
      name: 'panel:dcim',
      owner: OWNER,
      run: 'run-of-100',
      fence: 1,
      acquiredAt: minute(0),
      expiresAt: minute(1),
    };
    expect(await acquire(at.store, OTHER, minute(0))).toEqual({ acquired: false, heldBy: record });
    expect(await at.store.leases.list()).toEqual([record]);
  });

  it('is not had twice by the same process', async () => {
    await held(at.store, OWNER, minute(0));
    expect(await acquire(at.store, OWNER, minute(0))).toMatchObject({ acquired: false });
  });

  it('is refused while another run holds one of `unless`, which is not acquired', async () => {
    const ask = (owner: LeaseOwner): ReturnType<StateStore['leases']['acquire']> =>
      at.store.leases.acquire({
        ...{ name: 'service:svc-1', unless: ['panel:dcim'], owner, run: `run-of-${owner.pid}` },
        ...{ now: minute(0), ttlMs: 60_000, isAlive: () => true },
      });
    const lease = await held(at.store, OWNER, minute(0));
    expect(await ask(OTHER)).toMatchObject({ acquired: false, heldBy: { name: 'panel:dcim', run: 'run-of-100' } });
    const own = await ask(OWNER);
    expect(own).toMatchObject({ acquired: true, lease: { name: 'service:svc-1' } });
    if (own.acquired) await at.store.leases.release(own.lease);
    await at.store.leases.release(lease);
    expect((await ask(OTHER)).acquired).toBe(true);
    expect((await at.store.leases.list()).map(({ name }) => name)).toEqual(['service:svc-1']);
  });

  it('raises the fence number each time, also after a release', async () => {
    const first = await held(at.store, OWNER, minute(0));
    await at.store.leases.release(first);
    expect(await at.store.leases.list()).toEqual([]);
    const second = await held(at.store, OTHER, minute(0));
    expect(second.fence).toBe(first.fence + 1);
  });

  it('takes over a lease that ran out, from anybody', async () => {
    await held(at.store, REMOTE, minute(0));
    expect(await acquire(at.store, OWNER, new Date(Date.parse(minute(1)) - 1).toISOString())).toMatchObject({
      acquired: false,
    });
    expect(await acquire(at.store, OWNER, minute(1))).toMatchObject({ acquired: true, lease: { fence: 2 } });
  });

  it('takes over at once from a process that is gone, on the same host only', async () => {
    const asked: LeaseOwner[] = [];
    const gone = (owner: LeaseOwner): boolean => {
      asked.push(owner);
      return false;
    };
    await held(at.store, OWNER, minute(0));
    expect(await acquire(at.store, OTHER, minute(0), gone)).toMatchObject({ acquired: true, lease: { fence: 2 } });
    expect(asked).toEqual([OWNER]);
    expect(await acquire(at.store, REMOTE, minute(0), gone)).toMatchObject({
      acquired: false,
      heldBy: { owner: OTHER },
    });
    expect(asked).toEqual([OWNER]);
  });

  it('does not wait for the end of a lease from before the clock was set back, unless its owner can be seen', async () => {
    await held(at.store, REMOTE, minute(600));
    expect(await acquire(at.store, OWNER, minute(599))).toMatchObject({ acquired: false });
    expect(await acquire(at.store, OWNER, minute(0))).toMatchObject({ acquired: true, lease: { fence: 2 } });
    await at.store.leases.renew({ name: 'panel:dcim', fence: 2 }, minute(600), 60_000);
    expect(await acquire(at.store, OTHER, minute(0))).toMatchObject({ acquired: false, heldBy: { owner: OWNER } });
  });

  it('does not rob one who came while the owner was looked at', async () => {
    await held(at.store, OWNER, minute(0));
    const other = await at.open();
    const results = await Promise.all(
      [at.store, other, at.store, other].map((store, n) =>
        acquire(store, { ...OTHER, pid: 300 + n }, minute(0), (owner) => owner.pid !== OWNER.pid),
      ),
    );
    expect(results.filter((result) => result.acquired)).toHaveLength(1);
    expect(await at.store.leases.list()).toMatchObject([{ fence: 2 }]);
  });
});

describe('renew and release', () => {
  const at = useStore();

  it('prolong and give back only what is still ours', async () => {
    const lease = await held(at.store, OWNER, minute(0));
    expect(await at.store.leases.renew(lease, minute(5), 60_000)).toBe(true);
    expect(await at.store.leases.list()).toMatchObject([{ expiresAt: minute(6) }]);
    const next = await held(at.store, OTHER, minute(7));
    expect(await at.store.leases.renew(lease, minute(8), 60_000)).toBe(false);
    await at.store.leases.release(lease);
    expect(await at.store.leases.list()).toMatchObject([{ fence: next.fence, owner: OTHER }]);
    await at.store.leases.release(next);
    expect(await at.store.leases.renew(next, minute(8), 60_000)).toBe(false);
  });
});

describe('many leases', () => {
  const at = useStore();
  const names = Array.from({ length: 2500 }, (_, n) => `service:svc-${n}`);
  const all = (
    owner: LeaseOwner,
    asked: string[],
    now = minute(0),
    isAlive: (owner: LeaseOwner) => boolean = () => true,
  ): ReturnType<StateStore['leases']['acquireAll']> =>
    at.store.leases.acquireAll({ names: asked, owner, run: `run-of-${owner.pid}`, now, ttlMs: 60_000, isAlive });

  it('are taken, prove a write, are renewed and released together', async () => {
    const first = await all(OWNER, names);
    if (!first.acquired) throw new Error('The leases should have been free.');
    expect(first.leases.map((lease) => lease.name)).toEqual([...names].sort());
    expect(await at.store.leases.renewAll(first.leases, minute(1), 60_000)).toBe(true);
    const expiries = new Set((await at.store.leases.list()).map((lease) => lease.expiresAt));
    expect([...expiries]).toEqual([minute(2)]);
    await at.store.write((tables) => tables.services.put([service('svc-1')]), { fences: first.leases });
    await at.store.leases.releaseAll(first.leases);
    expect(await at.store.leases.list()).toEqual([]);
    const again = await all(OTHER, names);
    expect(again).toMatchObject({ acquired: true });
    if (again.acquired) expect(new Set(again.leases.map((lease) => lease.fence))).toEqual(new Set([2]));
    await expectRefused(
      at.store.write((tables) => tables.services.put([service('svc-2')]), { fences: first.leases }),
      'lease_lost',
    );
    expect(await at.store.leases.renewAll(first.leases, minute(1), 60_000)).toBe(false);
    await at.store.leases.releaseAll(first.leases);
    expect(await at.store.leases.list()).toHaveLength(names.length);
  });

  it('are taken all or none, and those that others hold are named', async () => {
    const others = await all(OTHER, ['b', 'd']);
    expect(others.acquired).toBe(true);
    expect(await all(OWNER, ['d', 'c', 'b', 'a'])).toMatchObject({
      acquired: false,
      heldBy: [
        { name: 'b', owner: OTHER },
        { name: 'd', run: 'run-of-200' },
      ],
    });
    expect((await at.store.leases.list()).map((lease) => lease.name)).toEqual(['b', 'd']);
    expect(await all(OWNER, [])).toEqual({ acquired: true, leases: [] });
  });

  it('are taken over when they ran out or their owner is gone, who is asked about once', async () => {
    await all(OTHER, names);
    const asked: LeaseOwner[] = [];
    const over = await all(OWNER, names, minute(0), (owner) => {
      asked.push(owner);
      return false;
    });
    expect(over).toMatchObject({ acquired: true });
    expect(asked).toEqual([OTHER]);
    expect(await all(REMOTE, names, minute(1))).toMatchObject({ acquired: true });
  });
});

describe('a fenced write', () => {
  const at = useStore();

  it('works while the lease is held, even past its time', async () => {
    const lease = await held(at.store, OWNER, minute(0));
    await at.store.write((tables) => tables.services.put([service('svc-1')]), { fences: [lease] });
    expect(await at.store.services.ids()).toEqual(['svc-1']);
  });

  it('is refused after a take-over, with nothing changed', async () => {
    const lease = await held(at.store, OWNER, minute(0));
    const next = await held(at.store, OTHER, minute(1));
    let ran = false;
    const late = at.store.write(
      async (tables) => {
        ran = true;
        await tables.services.put([service('svc-1')]);
      },
      { fences: [lease] },
    );
    await expect(late).rejects.toMatchObject({
      code: 'lease_lost',
      row: { table: 'leases', id: 'panel:dcim' },
      message: expect.stringContaining('run-of-200'),
    });
    expect(ran).toBe(false);
    await at.store.write((tables) => tables.services.put([service('svc-2')]), { fences: [next] });
    expect(await at.store.services.ids()).toEqual(['svc-2']);
  });

  it('is refused after a release, and when one of several is lost', async () => {
    const lease = await held(at.store, OWNER, minute(0));
    const second = await at.store.leases.acquire({
      name: 'service:svc-1',
      owner: OWNER,
      run: 'run-1',
      now: minute(0),
      ttlMs: 60_000,
      isAlive: () => true,
    });
    if (!second.acquired) throw new Error('The lease should have been free.');
    await at.store.leases.release(lease);
    const work = (fences: HeldLease[]): Promise<void> =>
      at.store.write((tables) => tables.services.put([service('svc-1')]), { fences });
    await expect(work([second.lease, lease])).rejects.toMatchObject({ code: 'lease_lost' });
    await expect(work([{ name: 'unknown', fence: 1 }])).rejects.toMatchObject({ code: 'lease_lost' });
    await work([second.lease]);
    expect(await at.store.services.ids()).toEqual(['svc-1']);
  });
});
