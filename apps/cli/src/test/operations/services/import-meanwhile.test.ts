import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LeaseOwner } from '@sluice/state-store';
import type { Deps } from '../../../context.js';
import type { Outcome } from '../../harness.js';
import { startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import type { ImportReport, ServiceDetail } from '@sluice/engine';

const ELSEWHERE: LeaseOwner = { host: 'test', pid: 77, processStart: '9' };
const HEAD = 'id,panel,product,client,billing_cycle,next_due_date';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
  // A call that fails once is repeated after a wait, in which a test can do something else.
  at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace('retries: 0', 'retries: 1'));
});
afterEach(() => at.close());

const importCsv = (text: string, words = '', deps: Partial<Deps> = {}): Promise<Outcome> => {
  at.bench.write('services.csv', text);
  return at.bench.sluice(`service import services.csv --json ${words}`.trim(), deps);
};
const show = async (id: string): Promise<ServiceDetail> => (await at.sluice(`service show ${id}`)).json();
const namesOnPanel = (): string[] => [...at.panel.state.users.values()].map((user) => user.name).sort();

/** A clock whose waits do this instead: the first does `work`, all of them move the time. */
function waitingClock(work: () => Promise<void>): { clock: Deps['clock']; waits: () => number } {
  let waits = 0;
  return {
    clock: {
      now: () => at.bench.clock.now(),
      sleep: async (ms) => {
        waits += 1;
        at.bench.clock.advance(ms);
        if (waits === 1) await work();
      },
    },
    waits: () => waits,
  };
}

/** Has another command work on the service until `free` is called. */
async function occupy(id: string): Promise<{ free: () => Promise<void> }> {
  const name = `service:${id}`;
  const now = new Date(at.bench.clock.now()).toISOString();
  const lease = await at.bench.store(async (store) => {
    const request = { name, owner: ELSEWHERE, run: 'run-elsewhere', now, ttlMs: 3_600_000, isAlive: () => true };
    const result = await store.leases.acquire(request);
    if (!result.acquired) throw new Error(`${name} is not free`);
    return result.lease;
  });
  return { free: () => at.bench.store((store) => store.leases.release(lease)) };
}

describe('an import and a provision create at once', () => {
  it('keeps the account that was made after the import had read the service', async () => {
    await at.addService(1);
    await at.bench.sluice('service set svc-1 status=pending');
    await at.addService(2);
    const other = await occupy('svc-2');
    let created: Outcome | null = null;
    const { clock, waits } = waitingClock(async () => {
      created = await at.sluice('provision create svc-1');
      await other.free();
    });
    const rows = ['svc-1', 'svc-2'].map((id) => `${id},vpn,vpn-50,c2,monthly,2027-01-15,pending,`);
    const imported = await importCsv(`${HEAD},status,hiddify_user_uuid\n${rows.join('\n')}\n`, '', { clock });
    expect([waits(), (created as Outcome | null)?.exitCode]).toEqual([1, 0]);
    expect(imported.json<ImportReport>().totals).toMatchObject({ changed: 2 });
    const [user] = at.panel.state.users.values();
    expect(await show('svc-1')).toMatchObject({
      client: 'c2',
      nextDueDate: '2027-01-15',
      lifecycle: 'active',
      refs: { hiddify_user_uuid: user?.uuid },
    });
    expect((await at.sluice('provision create svc-1')).exitCode).toBe(0);
    expect(namesOnPanel()).toEqual(['svc-1']);
  });

  it('waits for a creation under way and changes only the columns of the file', async () => {
    await at.addService(1, { values: ['client=c1'] });
    at.panel.server.inject({
      endpoint: 'GET /api/v2/admin/user/{uuid}/',
      times: 1,
      fault: { kind: 'status', status: 503 },
    });
    let importing: Promise<Outcome> | null = null;
    let end: () => void = () => undefined;
    const createEnded = new Promise<void>((resolve) => (end = resolve));
    let importWaits = false;
    const create = waitingClock(async () => {
      // The order is stored, its account not made yet.
      await new Promise<void>((resolve) => {
        const importer = waitingClock(async () => {
          importWaits = true;
          resolve();
          await createEnded;
        });
        importing = importCsv(`${HEAD}\nsvc-1,vpn,vpn-100,c2,monthly,2027-01-15\n`, '', { clock: importer.clock });
        void importing.finally(resolve);
      });
    });
    const created = await at.bench.sluice('provision create svc-1 --json', { clock: create.clock });
    end();
    const imported = await (importing as Promise<Outcome> | null);
    expect([created.exitCode, create.waits(), importWaits]).toEqual([0, 1, true]);
    expect(imported?.json<ImportReport>().totals).toMatchObject({ changed: 1 });
    const [user] = at.panel.state.users.values();
    expect(await show('svc-1')).toMatchObject({
      product: 'vpn-100',
      client: 'c2',
      nextDueDate: '2027-01-15',
      refs: { hiddify_user_uuid: user?.uuid },
    });
    expect((await at.sluice('provision create svc-1')).exitCode).toBe(0);
    expect(namesOnPanel()).toEqual(['svc-1']);
  });
});

describe('an import of services that are leased', () => {
  it('ends with exit 5 after --wait-lock, names them and stores nothing', async () => {
    for (const number of [1, 2, 3]) await at.addService(number);
    await occupy('svc-1');
    await occupy('svc-3');
    const rows = [1, 2, 3, 4].map((n) => `svc-${n},vpn,vpn-50,c2,monthly,2026-12-15`).join('\n');
    const { clock, waits } = waitingClock(() => Promise.resolve());
    const held = await importCsv(`${HEAD}\n${rows}\n`, '--wait-lock 1s', { clock });
    expect([held.exitCode, waits()]).toEqual([5, 10]);
    const { error } = held.json<{ error: { code: string; message: string; details: unknown } }>();
    expect(error).toMatchObject({
      code: 'lease_held',
      details: { services: ['svc-1', 'svc-3'], holders: ['run-elsewhere'] },
    });
    expect(error.message).toMatch(/svc-1 by run-elsewhere.*svc-3 by run-elsewhere/);
    const stored = await at.bench.store((store) => store.services.list());
    expect(stored.map(({ id, client }) => [id, client])).toEqual([
      ['svc-1', null],
      ['svc-2', null],
      ['svc-3', null],
    ]);
    const left = await at.bench.store((store) => store.leases.list());
    expect(left.map((lease) => lease.name)).toEqual(['service:svc-1', 'service:svc-3']);
  });

  it('waits only for those that change, and not for the lease of a panel', async () => {
    await at.addService(1);
    await at.addService(2);
    await occupy('svc-1');
    await at.bench.store((store) =>
      store.leases.acquire({
        name: 'panel:vpn',
        owner: ELSEWHERE,
        run: 'run-poll',
        now: new Date(at.bench.clock.now()).toISOString(),
        ttlMs: 3_600_000,
        isAlive: () => true,
      }),
    );
    const rows = 'svc-1,vpn,vpn-50,,monthly,2026-12-15\nsvc-2,vpn,vpn-50,c2,monthly,2026-12-15\n';
    const imported = await importCsv(`${HEAD}\n${rows}`, '--wait-lock 0s');
    expect([imported.exitCode, imported.json<ImportReport>().totals]).toEqual([
      0,
      { rows: 2, added: 0, changed: 1, unchanged: 1 },
    ]);
  });

  it('asks for the lease of one that another command has added meanwhile', async () => {
    await at.addService(2);
    const other = await occupy('svc-2');
    const { clock, waits } = waitingClock(async () => {
      await at.addService(1, { values: ['client=first', 'hiddify_user_uuid=5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7'] });
      await other.free();
    });
    const rows = ['svc-1', 'svc-2'].map((id) => `${id},vpn,vpn-50,c2,monthly,2026-12-15`).join('\n');
    const imported = await importCsv(`${HEAD}\n${rows}\n`, '', { clock });
    expect([waits(), imported.json<ImportReport>().totals]).toEqual([
      1,
      { rows: 2, added: 0, changed: 2, unchanged: 0 },
    ]);
    const refs = { hiddify_user_uuid: '5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7' };
    expect(await show('svc-1')).toMatchObject({ client: 'c2', refs });
    expect(await at.bench.store((store) => store.leases.list())).toEqual([]);
  });
});

describe('large and simultaneous changes', () => {
  it('takes tens of thousands of changed rows in one go', async () => {
    const csv = (client: string): string =>
      Array.from({ length: 20_000 }, (_, n) => `svc-${n},vpn,bare,${client}`).join('\n');
    const first = await importCsv(`id,panel,product,client\n${csv('a')}\n`);
    expect(first.json<ImportReport>().totals).toMatchObject({ added: 20_000 });
    const second = await importCsv(`id,panel,product,client\n${csv('b')}\n`);
    expect(second.json<ImportReport>().totals).toMatchObject({ changed: 20_000 });
    expect(await at.bench.store((store) => store.leases.list())).toEqual([]);
  });

  it('adds a service once when two commands do so at once', async () => {
    const add = (client: string): Promise<Outcome> =>
      at.sluice(`service add svc-1 panel=vpn product=bare client=${client}`);
    const ends = await Promise.all([add('a'), add('b'), add('c')]);
    expect(ends.map((end) => end.exitCode).sort()).toEqual([0, 1, 1]);
    const refused = ends.filter((end) => end.exitCode === 1);
    for (const end of refused) expect(end.stdout).toContain('service_exists');
  });

  it('loses nothing when one service is set by two commands at once', async () => {
    await at.addService(1);
    const ends = await Promise.all([
      at.sluice('service set svc-1 client=c9'),
      at.sluice('service set svc-1 order_id=12'),
      at.sluice('service set svc-1 email=a@example.com'),
    ]);
    expect(ends.map((end) => end.exitCode)).toEqual([0, 0, 0]);
    const stored = await at.bench.store((store) => store.services.get('svc-1'));
    expect(stored).toMatchObject({ client: 'c9', refs: { order_id: '12' }, fields: { email: 'a@example.com' } });
  });
});
