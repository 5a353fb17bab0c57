import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, ImportReport, ServiceDetail, SluiceOptions } from '@sluice/engine';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { useBench } from '../bench/each-test.js';
import { toRows } from './imports.js';

const HEAD = 'id,panel,product,client,billing_cycle,next_due_date';

const at = useBench(startHiddifyBench);
beforeEach(async () => {
  // A call that fails once is repeated after a wait, in which a test can do something else.
  await at.bench.edit('retries: 0', 'retries: 1');
});

/** Imports rows as a process with a clock of its own. */
async function importRows(
  head: string,
  lines: readonly string[],
  { waitMs, clock }: { waitMs?: number; clock?: SluiceOptions['clock'] } = {},
): Promise<ImportReport> {
  const { services } = await at.bench.start(clock === undefined ? {} : { clock });
  return services.import(toRows(head, lines), { waitMs });
}
const show = (id: string): Promise<ServiceDetail> => at.sluice.services.show(id);
const namesOnPanel = (): string[] => [...at.panel.state.users.values()].map((user) => user.name).sort();

/** A clock whose waits do this instead: the first does `work`, all of them move the time. */
function waitingClock(work: () => Promise<void>): { clock: NonNullable<SluiceOptions['clock']>; waits: () => number } {
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

describe('an import and a provision create at once', () => {
  it('keeps the account that was made after the import had read the service', async () => {
    await at.addService(1);
    await at.sluice.services.set('svc-1', { status: 'pending' });
    await at.addService(2);
    const free = await at.bench.takeLease('service:svc-2');
    let created: CommandReport | null = null;
    const { clock, waits } = waitingClock(async () => {
      created = await at.sluice.provision.create('svc-1');
      await free();
    });
    const rows = ['svc-1', 'svc-2'].map((id) => `${id},vpn,vpn-50,c2,monthly,2027-01-15,pending,`);
    const imported = await importRows(`${HEAD},status,hiddify_user_uuid`, rows, { clock });
    expect([waits(), (created as CommandReport | null)?.run.outcome]).toEqual([1, 'done']);
    expect(imported.totals).toMatchObject({ changed: 2 });
    const [user] = at.panel.state.users.values();
    expect(await show('svc-1')).toMatchObject({
      client: 'c2',
      nextDueDate: '2027-01-15',
      lifecycle: 'active',
      refs: { hiddify_user_uuid: user?.uuid },
    });
    expect((await at.sluice.provision.create('svc-1')).run.outcome).toBe('done');
    expect(namesOnPanel()).toEqual(['svc-1']);
  });

  it('waits for a creation under way and changes only the columns of the file', async () => {
    await at.addService(1, { values: { client: 'c1' } });
    at.panel.server.inject({
      endpoint: 'GET /api/v2/admin/user/{uuid}/',
      times: 1,
      fault: { kind: 'status', status: 503 },
    });
    let importing: Promise<ImportReport> | null = null;
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
        importing = importRows(HEAD, ['svc-1,vpn,vpn-100,c2,monthly,2027-01-15'], { clock: importer.clock });
        void importing.finally(resolve);
      });
    });
    const creator = await at.bench.start({ clock: create.clock });
    const created = await creator.provision.create('svc-1');
    end();
    const imported = await (importing as Promise<ImportReport> | null);
    expect([created.run.outcome, create.waits(), importWaits]).toEqual(['done', 1, true]);
    expect(imported?.totals).toMatchObject({ changed: 1 });
    const [user] = at.panel.state.users.values();
    expect(await show('svc-1')).toMatchObject({
      product: 'vpn-100',
      client: 'c2',
      nextDueDate: '2027-01-15',
      refs: { hiddify_user_uuid: user?.uuid },
    });
    expect((await at.sluice.provision.create('svc-1')).run.outcome).toBe('done');
    expect(namesOnPanel()).toEqual(['svc-1']);
  });
});

describe('an import of services that are leased', () => {
  it('ends after the time to wait, names them and stores nothing', async () => {
    for (const number of [1, 2, 3]) await at.addService(number);
    await at.bench.takeLease('service:svc-1');
    await at.bench.takeLease('service:svc-3');
    const rows = [1, 2, 3, 4].map((n) => `svc-${n},vpn,vpn-50,c2,monthly,2026-12-15`);
    const { clock, waits } = waitingClock(() => Promise.resolve());
    await expect(importRows(HEAD, rows, { waitMs: 1000, clock })).rejects.toMatchObject({
      kind: 'busy',
      code: 'lease_held',
      message: expect.stringMatching(/svc-1 by r\b.*svc-3 by r\b/) as unknown,
      details: { services: ['svc-1', 'svc-3'], holders: ['r'] },
    });
    expect(waits()).toBe(10);
    const stored = await at.bench.store.services.list();
    expect(stored.map(({ id, client }) => `${id} ${client}`)).toEqual(['svc-1 null', 'svc-2 null', 'svc-3 null']);
    const left = await at.bench.store.leases.list();
    expect(left.map((lease) => lease.name)).toEqual(['service:svc-1', 'service:svc-3']);
  });

  it('waits only for those that change, and not for the lease of a panel', async () => {
    await at.addService(1);
    await at.addService(2);
    await at.bench.takeLease('service:svc-1');
    await at.bench.takeLease('panel:vpn');
    const rows = ['svc-1,vpn,vpn-50,,monthly,2026-12-15', 'svc-2,vpn,vpn-50,c2,monthly,2026-12-15'];
    const imported = await importRows(HEAD, rows, { waitMs: 0 });
    expect(imported.totals).toEqual({ rows: 2, added: 0, changed: 1, unchanged: 1 });
  });

  it('asks for the lease of one that another command has added meanwhile', async () => {
    await at.addService(2);
    const free = await at.bench.takeLease('service:svc-2');
    const refs = { hiddify_user_uuid: '5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7' };
    const { clock, waits } = waitingClock(async () => {
      await at.addService(1, { values: { client: 'first', ...refs } });
      await free();
    });
    const rows = ['svc-1', 'svc-2'].map((id) => `${id},vpn,vpn-50,c2,monthly,2026-12-15`);
    const imported = await importRows(HEAD, rows, { clock });
    expect([waits(), imported.totals]).toEqual([1, { rows: 2, added: 0, changed: 2, unchanged: 0 }]);
    expect(await show('svc-1')).toMatchObject({ client: 'c2', refs });
    expect(await at.bench.store.leases.list()).toEqual([]);
  });
});

describe('large and simultaneous changes', () => {
  it('takes tens of thousands of changed rows in one go', async () => {
    const rows = (client: string): string[] => Array.from({ length: 20_000 }, (_, n) => `svc-${n},vpn,bare,${client}`);
    const head = 'id,panel,product,client';
    const first = await importRows(head, rows('a'));
    expect(first.totals).toMatchObject({ added: 20_000 });
    const second = await importRows(head, rows('b'));
    expect(second.totals).toMatchObject({ changed: 20_000 });
    expect(await at.bench.store.leases.list()).toEqual([]);
  });

  it('adds a service once when two commands do so at once', async () => {
    const add = (client: string): Promise<ServiceDetail> =>
      at.sluice.services.add('svc-1', { panel: 'vpn', product: 'bare', client });
    const ends = await Promise.allSettled([add('a'), add('b'), add('c')]);
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    expect(refused).toMatchObject([{ code: 'service_exists' }, { code: 'service_exists' }]);
  });

  it('loses nothing when one service is set by two commands at once', async () => {
    await at.addService(1);
    const texts = [{ client: 'c9' }, { order_id: '12' }, { email: 'a@example.com' }];
    await Promise.all(texts.map((each) => at.sluice.services.set('svc-1', each)));
    const stored = await at.bench.store.services.get('svc-1');
    expect(stored).toMatchObject({ client: 'c9', refs: { order_id: '12' }, fields: { email: 'a@example.com' } });
  });
});
