import { easydcim } from '@sluice/easydcim-client/panel';
import { createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openWhmcsBooks } from './books.js';
import { openWorld, PRICE, type World } from './world.js';

let world: World;
let other: Sluice;

/** Opens an engine on the same store whose config names the ledger. */
async function switchBilling(): Promise<Sluice> {
  const { panel, store, clock } = world;
  const dcim = { kind: 'easydcim', url: panel.url, allowHttp: true, token: 'token-of-the-world', retries: 0 };
  const products = { ports: { panel: 'dcim', quota: { total: '100GB' }, packages: ['extra'] } };
  const packages = { extra: { traffic: '50GB', price: PRICE } };
  const poll = { doubt: { jump: 'off' } };
  const config = parseConfig({ currency: 'EUR', poll, panels: { dcim }, products, packages }, [easydcim], []);
  return createSluice({ config, store, kinds: [easydcim], clock: { now: clock.now, sleep: () => Promise.resolve() } });
}

/** Kills the work at each moment in turn, until a purchase is left as wanted. */
async function killUntil(work: (sluice: Sluice) => Promise<unknown>, isLeft: () => Promise<boolean>): Promise<void> {
  for (let moment = 1; !(await isLeft()); moment++) await world.killedAt(moment, work);
}

const readRow = async () => (await world.store.purchases.list())[0];

beforeEach(async () => {
  world = await openWorld({ enabled: false }, openWhmcsBooks);
  await world.books.addCredit('100.00');
  world.use(5);
  await world.sluice.poll();
});

afterEach(async () => {
  await other.close();
  await world.close();
});

/** Expects the purchase to be reported until a run with the former billing system has finished it. */
async function expectReported(what: string): Promise<void> {
  other = await switchBilling();
  world.clock.advance(3_600_000);
  const row = await readRow();
  const message = `${what} of package "extra" is not finished in whmcs (${row?.id ?? ''}), and the config names ledger: set "billing: whmcs" until a run has finished it`;
  const { notices } = await other.reconcile();
  expect(notices).toContainEqual({ code: 'billed_elsewhere', service: 'svc-1', message: `svc-1: ${message}` });
  expect((await other.reconcile()).notices).toEqual([]);
  const found = { code: 'billed_elsewhere', event: 'billing', panel: 'dcim', service: 'svc-1', message };
  expect((await other.notices.alarms()).alarms).toMatchObject([found]);
  const { checks } = await other.panels.doctor();
  const [check] = checks.filter(({ name }) => name === 'purchases');
  expect(check).toMatchObject({ status: 'failed', code: 'billed_elsewhere', details: { billing: 'whmcs' } });
  await world.sluice.reconcile();
  expect((await other.notices.alarms()).alarms).toEqual([]);
  expect((await other.panels.doctor()).checks.filter(({ name }) => name === 'purchases')).toEqual([]);
}

it('a refund of the former billing system is reported until it is made', async () => {
  const { purchase } = await world.sluice.purchases.create('svc-1', 'extra');
  await killUntil(
    (sluice) => sluice.purchases.cancel(purchase.id, { refund: true }),
    async () => {
      const row = await readRow();
      return row?.status === 'refunded' && row.refundedAt === null;
    },
  );
  await expectReported('the refund');
  expect((await world.books.credit()).balance).toBe('100.00');
});

it('a pending purchase of the former billing system is reported until it is charged', async () => {
  await killUntil(
    (sluice) => sluice.purchases.create('svc-1', 'extra'),
    async () => (await readRow())?.status === 'pending',
  );
  await expectReported('the purchase');
  expect((await world.books.credit()).balance).toBe('95.00');
});
