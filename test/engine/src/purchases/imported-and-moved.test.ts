import { describe, expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { useOpened } from '../bench/each-test.js';
import { toIds } from '../bench/easydcim-bench.js';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';
import { CLIENT, startWhmcsBench } from '../bench/whmcs-bench.js';
import { type Shop, startShop } from './shop.js';

const [at, open] = useOpened(startShop);
const [synced, openSynced] = useOpened(() => startWhmcsBench({ more: 'currency: EUR\n' }));

/** Bought on the second day of the cycle from 15 November to 15 December, with 50 GB. */
const BOUGHT = {
  ...{ service: 'svc-1', package: 'old-50', bytes: String(50 * GB), price: '5.00', currency: 'EUR' },
  ...{ at: '2026-11-16 10:00', actor: 'manual' },
};

const ADOPTED = {
  ...{ id: 'svc-1', panel: 'dcim', product: 'ports', client: '42', billing_cycle: 'monthly' },
  ...{ next_due_date: '2026-12-15', easydcim_service_id: '501', easydcim_order_id: '901', easydcim_server_id: '301' },
};

/** Polls, and returns what is allowed of how many gigabytes in which days, and the state of the port. */
async function poll({ sluice, bench, panel }: Pick<Shop, 'sluice' | 'bench' | 'panel'>) {
  bench.clock.advance(HOUR);
  const { services } = await sluice.poll();
  const [service] = services;
  const { start, end } = service?.cycle ?? { start: '', end: '' };
  return [
    (service?.allowance?.allowedBytes ?? 0) / GB,
    `${start.slice(0, 10)} ${end.slice(0, 10)}`,
    panel.port(toIds(1).port(1)).adminState,
  ];
}

/** How the service changes, and its cycle then. */
const MOVES: [string, Record<string, string>, string][] = [
  ['five days earlier', { next_due_date: '2026-12-10' }, '2026-11-15 2026-12-10'],
  ['five days later', { next_due_date: '2026-12-20' }, '2026-11-15 2026-12-20'],
  ['to the next day', { next_due_date: '2026-11-21' }, '2026-11-15 2026-11-21'],
  ['by a whole cycle', { next_due_date: '2027-01-15' }, '2026-11-15 2026-12-15'],
  ['by a cycle and five days', { next_due_date: '2027-01-20' }, '2026-11-15 2026-12-20'],
  ['to quarters', { billing_cycle: 'quarterly' }, '2026-11-15 2026-12-15'],
  ['to years', { billing_cycle: 'annually', next_due_date: '2027-11-18' }, '2026-11-15 2027-11-18'],
];

describe('what another tool sold counts when the due date or the cycle has moved', () => {
  it.each(MOVES)('before the first run: %s', async (_, change, cycle) => {
    await open();
    await at.addClientService(1);
    at.use(1, 120);
    await at.sluice.purchases.import([BOUGHT]);
    await at.sluice.services.set('svc-1', change);
    expect(await at.sluice.purchases.import([BOUGHT])).toMatchObject({ totals: { added: 0, unchanged: 1 } });
    expect(await poll(at)).toEqual([150, cycle, 'up']);
    expect(await poll(at)).toEqual([150, cycle, 'up']);
  });

  it.each(MOVES)('after the first run: %s', async (_, change, cycle) => {
    await open();
    await at.addClientService(1);
    at.use(1, 120);
    await at.sluice.purchases.import([BOUGHT]);
    expect(await poll(at)).toEqual([150, '2026-11-15 2026-12-15', 'up']);
    await at.sluice.services.set('svc-1', change);
    expect(await poll(at)).toEqual([150, cycle, 'up']);
    expect(await at.sluice.purchases.import([BOUGHT])).toMatchObject({ totals: { added: 0, unchanged: 1 } });
  });

  it.each(MOVES)('before the first run after an adoption: %s', async (_, change, cycle) => {
    await open();
    const ids = toIds(1);
    const ports = [{ id: ids.port(1), name: 'eth0' }];
    at.panel.addService({ id: ids.service, orderId: ids.order, serverId: ids.server, user: 11, ports });
    at.use(1, 120);
    const rows = { services: [ADOPTED], purchases: [BOUGHT] };
    expect((await at.sluice.adoption.apply(rows)).stored).toBe(true);
    await at.sluice.services.import([{ ...ADOPTED, ...change }]);
    expect(await poll(at)).toEqual([150, cycle, 'up']);
  });

  it('by a sync, before and after the first run', async () => {
    await openSynced();
    synced.addService(1);
    await synced.sync();
    synced.panel.addTraffic(toIds(1).service, { in: 120 * GB, out: 0 });
    await synced.sluice.purchases.import([{ ...BOUGHT, service: 'whmcs-1' }]);
    const allowed: unknown[] = [];
    for (const nextDueDate of ['2026-12-20', '2027-01-20', '2026-12-10']) {
      synced.whmcs.service(1).nextDueDate = nextDueDate;
      await synced.sync();
      allowed.push(await poll(synced));
    }
    expect(allowed).toEqual([
      [150, '2026-11-15 2026-12-20', 'up'],
      [150, '2026-11-15 2026-12-20', 'up'],
      [150, '2026-11-15 2026-12-10', 'up'],
    ]);
    const { purchases } = await synced.sluice.purchases.list();
    expect(purchases).toEqual([expect.objectContaining({ client: String(CLIENT) })]);
  });
});

describe('what another tool sold for a service that no run has read', () => {
  it('counts once: two files, and rows of one file, are of the cycle that the first of them began', async () => {
    await open();
    await at.addClientService(1);
    await at.sluice.purchases.import([BOUGHT, BOUGHT]);
    await at.sluice.services.set('svc-1', { next_due_date: '2026-12-20' });
    const later = { ...BOUGHT, at: '2026-11-17 10:00' };
    expect(await at.sluice.purchases.import([BOUGHT, BOUGHT, later])).toMatchObject({
      totals: { added: 1, unchanged: 2 },
      problems: [],
    });
    expect(await poll(at)).toEqual([250, '2026-11-15 2026-12-20', 'up']);
    const { purchases } = await at.sluice.purchases.list();
    expect(new Set(purchases.map(({ cycle }) => cycle)).size).toBe(1);
  });

  it.each([20, 120])(
    'counts when it is imported during the first run, which goes on in its cycle (%i GB used)',
    async (used) => {
      await open();
      await at.addClientService(1);
      at.use(1, used);
      await during(
        at.panel.server,
        ({ path }) => path.includes('/bandwidth'),
        () => at.poll(),
        () => at.sluice.purchases.import([BOUGHT]),
      );
      expect(at.portState(1)).toBe('up');
      const cycles = await at.bench.store.cycles.ofService('svc-1');
      expect(cycles).toEqual([expect.objectContaining({ totalBytes: used * GB })]);
      expect((await at.sluice.purchases.list()).purchases).toEqual([expect.objectContaining({ cycle: cycles[0]?.id })]);
      await at.sluice.services.set('svc-1', { next_due_date: '2026-12-20' });
      expect(await poll(at)).toEqual([150, '2026-11-15 2026-12-20', 'up']);
    },
  );

  it('does not count in a cycle after the one in which it was bought, and is refused there', async () => {
    await open();
    await at.addClientService(1);
    await at.sluice.purchases.import([BOUGHT]);
    at.bench.clock.advance(30 * DAY);
    const { problems } = await at.sluice.purchases.import([{ ...BOUGHT, at: '2026-11-17 10:00' }]);
    expect(problems.map(({ key }) => key)).toEqual(['at']);
    expect(await poll(at)).toEqual([100, '2026-12-15 2027-01-15', 'up']);
  });

  it('is shown by a dry run, which begins no cycle', async () => {
    await open();
    await at.addClientService(1);
    await at.sluice.purchases.import([BOUGHT], { dryRun: true });
    expect((await at.sluice.services.show('svc-1')).cycle).toBeNull();
    await at.sluice.purchases.import([BOUGHT]);
    expect(await at.sluice.services.show('svc-1')).toMatchObject({ usage: null, allowance: null });
  });
});
