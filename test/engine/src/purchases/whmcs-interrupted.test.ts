import { afterEach, describe, expect, it } from '@jest/globals';
import { codeOf, HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop, type WhmcsShop } from '../bench/whmcs-bench.js';

let at: WhmcsShop;
afterEach(async () => {
  expect(at.whmcs.server.failures).toEqual([]);
  await at.close();
});

const AUTO = ', autoBuy: { enabled: true, package: extra, thresholdGb: 10, maxPerCycle: 2 }';
const DAY = 24 * HOUR;

/** Leaves a purchase pending without an invoice: the call that makes it, or the one that pays it, is cut. */
const interrupt = async (actor: 'auto' | 'manual', endpoint = 'CreateInvoice'): Promise<void> => {
  at = await openWhmcsShop({ product: actor === 'auto' ? AUTO : '' });
  at.whmcs.addCredit(CLIENT, '50.00');
  const off = at.whmcs.server.inject({ endpoint, fault: { kind: 'cut' } });
  if (actor === 'auto') await at.use(85);
  else await codeOf(at.buy('r1'));
  off();
  expect(await at.purchases()).toMatchObject([{ status: 'pending', invoice: null, actor }]);
  at.bench.clock.advance(HOUR);
};
const setStatus = async (status: 'Terminated' | 'Suspended'): Promise<void> => {
  at.whmcs.service(1).status = status;
  expect((await at.sync()).run.outcome).toBe('done');
};
const vanish = async (): Promise<void> => {
  at.whmcs.deleteService(1);
  await at.sync({ allowMass: true });
};
const nextCycle = (): Promise<void> => {
  at.bench.clock.advance(26 * DAY);
  return Promise.resolve();
};
/** What the client has, the statuses of the invoices, and of the purchases. */
const outcome = async (): Promise<unknown> => {
  const statuses = (await at.purchases()).map(({ status }) => status);
  return [at.whmcs.credit(CLIENT), at.invoices(), statuses];
};

const ENDS: [string, () => Promise<unknown>][] = [
  ['is terminated', () => setStatus('Terminated')],
  ['is gone from WHMCS', vanish],
  ['has begun another cycle', nextCycle],
];

const AUTO_ENDS: [string, () => Promise<unknown>][] = [
  ['is observed', () => at.sluice.panels.observe('dcim')],
  ['buys nothing automatically', () => at.sluice.autoBuy.set({ service: 'whmcs-1' }, { enabled: false })],
  ['is suspended in WHMCS', () => setStatus('Suspended')],
  ['has a hold by hand', () => at.sluice.holds.add('whmcs-1')],
  ['has no limit', () => at.sluice.overrides.set('whmcs-1', { unlimited: true })],
];

describe('an interrupted purchase', () => {
  it.each(ENDS)('is not charged by a run once its service %s', async (_name, end) => {
    await interrupt('manual');
    await end();
    await at.poll();
    expect(await outcome()).toEqual(['50.00', [], ['failed']]);
  });

  it.each(ENDS)('is not charged by a repetition once its service %s', async (_name, end) => {
    await interrupt('manual');
    await end();
    expect(await codeOf(at.sluice.purchases.create('whmcs-1', 'extra', { ref: 'r1' }))).toBe('ref_used');
    expect(await outcome()).toEqual(['50.00', [], ['failed']]);
  });

  it.each(AUTO_ENDS)('is charged as ordered by hand although its service %s', async (_name, change) => {
    await interrupt('manual');
    await change();
    await at.poll();
    expect(await outcome()).toEqual(['45.00', ['Paid'], ['paid']]);
  });
});

describe('an interrupted automatic purchase', () => {
  it.each([...ENDS.slice(0, 2), ...AUTO_ENDS])('is not charged once its service %s', async (_name, end) => {
    await interrupt('auto');
    await end();
    await at.poll();
    expect(await outcome()).toEqual(['50.00', [], ['failed']]);
  });

  it.each([...ENDS.slice(0, 2), ...AUTO_ENDS])('leaves no invoice once its service %s', async (_name, end) => {
    await interrupt('auto', 'ApplyCredit');
    expect(at.invoices()).toEqual(['Unpaid']);
    await end();
    await at.poll();
    expect(await outcome()).toEqual(['50.00', ['Cancelled'], ['cancelled']]);
  });

  it.each(AUTO_ENDS)('is paid if staff paid it, though its service %s', async (_name, end) => {
    await interrupt('auto', 'ApplyCredit');
    at.whmcs.pay(at.whmcs.invoices(CLIENT)[0]?.id ?? 0);
    await end();
    await at.poll();
    expect(await outcome()).toEqual(['50.00', ['Paid'], ['paid']]);
  });

  it.each(ENDS.slice(0, 2))('is returned as credit if staff paid it, once its service %s', async (_name, end) => {
    await interrupt('auto', 'ApplyCredit');
    at.whmcs.pay(at.whmcs.invoices(CLIENT)[0]?.id ?? 0);
    await end();
    await at.poll();
    expect(await outcome()).toEqual(['55.00', ['Paid'], ['refunded']]);
  });

  it('is charged where nothing has changed', async () => {
    await interrupt('auto');
    await at.poll();
    expect(await outcome()).toEqual(['45.00', ['Paid'], ['paid']]);
  });
});
