import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { backupStore } from './backup-store.js';
import { openStore } from './open-store.js';
import { type Child, compileStore, start } from './test/child-processes.js';
import { booking, moves } from './test/ledger-records.js';
import { minute, service } from './test/records.js';
import { unpack } from './test/unpack.js';
import { clock, onFiles, useStore } from './test/use-store.js';

/** Begins each program: opens the store, and can wait for a line from the test. */
const PRELUDE = `
import { createInterface } from 'node:readline';
import { openStore } from './store/index.js';
const [location, ...args] = process.argv.slice(2);
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = async () => (await input.next()).value;
const print = (value) => console.log(JSON.stringify(value));
const open = () => openStore({ location, clock: { now: () => 0 }, leaseClock: 'caller' });
const done = async (store) => { await store.close(); process.stdin.destroy(); };
const owner = { host: 'host-1', pid: process.pid, processStart: 'now' };
const now = '2026-03-01T00:00:00.000Z';
const request = (name) => ({ name, owner, run: 'run-' + process.pid, now, ttlMs: 60000, isAlive: () => true });
`;

describe('several processes', () => {
  const at = useStore();
  let programs = '';
  let children: Child[] = [];

  beforeAll(() => {
    programs = mkdtempSync(join(tmpdir(), 'sluice-programs-'));
    compileStore(programs);
  });
  afterAll(() => {
    rmSync(programs, { recursive: true, force: true });
  });
  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    children = [];
  });

  async function startAll(count: number, location: string, program: string): Promise<Child[]> {
    children = Array.from({ length: count }, (_, n) => start(programs, `child-${n}`, PRELUDE + program, location));
    for (const child of children) expect(await child.line()).toBe('"ready"');
    return children;
  }

  it('open a new store at once', async () => {
    const location = await at.toNew();
    const all = await startAll(
      4,
      location,
      `print('ready'); await told();
       const store = await open(); print(store.schemaVersion);
       await store.switches.set({ panel: 'p' + process.pid, product: null, enforce: 'on', since: now, actor: null });
       await done(store);`,
    );
    for (const child of all) child.say('go');
    for (const child of all) expect(await child.rest()).toEqual([String(at.store.schemaVersion)]);
    const store = await openStore({ location, clock, create: false });
    expect(await store.switches.list()).toHaveLength(4);
    // The processes have a clock of their own.
    const found = (await store.maintenance.check()).filter(
      ({ name, status }) => status !== 'ok' && name !== 'server-clock',
    );
    expect(found).toEqual([]);
    await store.close();
  });

  it('race for leases, and exactly one gets each', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `lease-${n}`);
    const all = await startAll(
      3,
      at.location,
      `const store = await open(); print('ready'); await told();
       for (let n = 0; n < ${names.length}; n += 1) {
         const result = await store.leases.acquire(request('lease-' + n));
         if (result.acquired) print(result.lease.name);
       }
       await done(store);`,
    );
    for (const child of all) child.say('go');
    const won = (await Promise.all(all.map((child) => child.rest()))).flat().map((line) => JSON.parse(line) as string);
    expect(won.sort()).toEqual([...names].sort());
    expect(await at.store.leases.list()).toHaveLength(names.length);
  });

  it('race for many leases at once, and one gets them all', async () => {
    const count = 3000;
    const all = await startAll(
      3,
      at.location,
      `const store = await open(); print('ready'); await told();
       const names = Array.from({ length: ${count} }, (_, n) => 'lease-' + n);
       const result = await store.leases.acquireAll({ ...request(''), names });
       print(result.acquired ? result.leases.length : 'held by ' + result.heldBy.length);
       await told();
       await done(store);`,
    );
    for (const child of all) child.say('go');
    const said = await Promise.all(all.map((child) => child.line()));
    expect(said.sort()).toEqual(['3000', `"held by ${count}"`, `"held by ${count}"`].sort());
    expect(new Set((await at.store.leases.list()).map((lease) => lease.owner.pid)).size).toBe(1);
    for (const child of all) child.say('end');
    await Promise.all(all.map((child) => child.rest()));
  });

  it('change different keys of one service at once, and lose none', async () => {
    await at.store.services.put([service('svc-1', { refs: {} })]);
    const all = await startAll(
      3,
      at.location,
      `const store = await open(); print('ready'); await told();
       for (let n = 0; n < 20; n += 1)
         await store.services.update([{ id: 'svc-1', refs: { ['ref_' + process.pid + '_' + n]: 'x' }, updatedAt: now }]);
       await done(store);`,
    );
    for (const child of all) child.say('go');
    await Promise.all(all.map((child) => child.rest()));
    expect(Object.keys((await at.store.services.get('svc-1'))?.refs ?? {})).toHaveLength(60);
  });

  it('take a lease in turn with fence numbers that never repeat', async () => {
    const rounds = 15;
    const all = await startAll(
      3,
      at.location,
      `const store = await open(); print('ready'); await told();
       for (let n = 0; n < ${rounds};) {
         const result = await store.leases.acquire(request('one'));
         if (!result.acquired) { await new Promise(setImmediate); continue; }
         print(result.lease.fence);
         n += 1;
         await store.leases.release(result.lease);
       }
       await done(store);`,
    );
    for (const child of all) child.say('go');
    const each = await Promise.all(all.map(async (child) => (await child.rest()).map(Number)));
    for (const fences of each) expect(fences).toEqual([...fences].sort((a, b) => a - b));
    expect(each.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 3 * rounds }, (_, n) => n + 1));
  });

  it('take over from one that was killed, whose late writes are refused', async () => {
    const [victim] = await startAll(
      1,
      at.location,
      `const store = await open();
       await store.leases.acquire(request('panel:dcim')); print('ready'); await told();`,
    );
    const isAlive = ({ pid }: { pid: number }): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    const request = {
      name: 'panel:dcim',
      owner: { host: 'host-1', pid: process.pid, processStart: 'test' },
      run: 'run-2',
      now: minute(0),
      ttlMs: 60_000,
      isAlive,
    };
    expect(await at.store.leases.acquire(request)).toMatchObject({ acquired: false });
    await victim?.kill();
    expect(await at.store.leases.acquire(request)).toEqual({
      acquired: true,
      lease: { name: 'panel:dcim', fence: 2 },
    });
    const late = at.store.write((tables) => tables.services.put([service('svc-1')]), {
      fences: [{ name: 'panel:dcim', fence: 1 }],
    });
    await expect(late).rejects.toMatchObject({ code: 'lease_lost' });
  });

  it('take credit of one client at once, and never more than it has', async () => {
    const { ledger } = at.store;
    await ledger.book(booking('b-1'), moves('client:7', 'cash', '10.00'));
    const all = await startAll(
      3,
      at.location,
      `const store = await open(); print('ready'); await told();
       for (let n = 0; n < 10; n += 1) {
         const id = process.pid + '-' + n;
         try {
           await store.ledger.book(
             { id, kind: 'payment', ref: id, invoice: null, description: 'x', note: null, at: now, actor: 'x' },
             [{ account: 'income', currency: 'EUR', amount: '0.90' }, { account: 'client:7', currency: 'EUR', amount: '-0.90' }],
           );
           print('paid');
         } catch (error) { print(error.code); }
       }
       await done(store);`,
    );
    for (const child of all) child.say('go');
    const said = (await Promise.all(all.map((child) => child.rest()))).flat();
    expect(said.filter((line) => line === '"paid"')).toHaveLength(11);
    expect(said.filter((line) => line === '"store_conflict"')).toHaveLength(19);
    expect(await ledger.balances('client:7')).toMatchObject([{ balance: '0.10' }]);
    expect((await at.store.maintenance.check()).filter((check) => check.status !== 'ok')).toEqual([]);
  });

  it('lose nothing that was written before one was killed', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [victim] = await startAll(
        1,
        at.location,
        `const store = await open(); print('ready');
         for (let n = 0; ; n += 1) {
           await store.write(async (tables) => {
             const id = process.pid + '-' + n;
             await tables.holds.add({ id, service: id, reason: 'quota', restriction: null, since: now, until: null, note: null,
               cycle: null, usedBytes: 1, allowedBytes: 1, origin: 'run' });
             await tables.evidence.add({ id, hold: id, service: id, panel: 'dcim', kind: 'port', target: id, prior: null,
               action: null, adopted: false, since: now, until: null, outcome: null });
           });
           print(process.pid + '-' + n);
         }`,
      );
      const confirmed: string[] = [];
      for (let n = 0; n < 5 + round * 7; n += 1) confirmed.push(JSON.parse((await victim?.line()) ?? '""') as string);
      await victim?.kill();
      const held = new Set((await at.store.holds.open()).map((each) => each.id));
      expect(confirmed.filter((id) => !held.has(id))).toEqual([]);
      const proofs = await at.store.evidence.open();
      expect(new Set(proofs.map((each) => each.hold))).toEqual(held);
      children = [];
    }
    const again = await at.open();
    const checks = await again.maintenance.check();
    expect(checks.filter((check) => check.status !== 'ok' && check.name !== 'unknown-services')).toEqual([]);
  });

  onFiles('copy a store while another writes to it', async () => {
    const [writer] = await startAll(
      1,
      at.location,
      `const store = await open(); print('ready');
       for (let n = 0; ; n += 1) {
         await store.write(async (tables) => {
           await tables.switches.set({ panel: 'a', product: String(n), enforce: 'on', since: now, actor: null });
           await tables.switches.set({ panel: 'b', product: String(n), enforce: 'on', since: now, actor: null });
         });
         print(n);
       }`,
    );
    await writer?.line();
    for (let n = 0; n < 3; n += 1) {
      const file = join(at.folder, `copy-${n}.db.gz`);
      await (n === 0 ? backupStore({ from: at.location, to: file }) : at.store.maintenance.backup(file));
      const copy = await openStore({ location: unpack(file), clock, readOnly: true });
      const switches = await copy.switches.list();
      const ofA = switches.filter((each) => each.panel === 'a').map((each) => each.product);
      const ofB = switches.filter((each) => each.panel === 'b').map((each) => each.product);
      expect(ofA.length).toBeGreaterThan(0);
      expect(ofA).toEqual(ofB);
      expect((await copy.maintenance.check()).filter((check) => check.status !== 'ok')).toEqual([]);
      await copy.close();
    }
  });
});
