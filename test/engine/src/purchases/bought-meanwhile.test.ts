import type { RunReport, Sluice } from '@sluice/engine';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { during } from '../bench/during.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { AUTO, readBooks } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

const UNTOUCHED = ['20.00', [], []];

/** Has a command come while a poll that is about to buy asks for the credit. */
const useDuring = (gigabytes: number, command: (sluice: Sluice) => Promise<unknown>): Promise<RunReport> =>
  during(
    at.whmcs.server,
    () => true,
    () => at.use(gigabytes),
    () => command(at.sluice),
  );

beforeEach(async () => {
  await open({ product: AUTO });
  at.whmcs.addCredit(CLIENT, '20.00');
});

describe('a poll that is about to buy', () => {
  it('charges nothing once its panel is observed', async () => {
    const { totals, run } = await useDuring(82, (sluice) => sluice.panels.observe('dcim'));
    expect([totals.purchased, run.outcome]).toEqual([0, 'done']);
    expect(await readBooks(at)).toEqual(UNTOUCHED);
    expect((await at.poll()).notices.map(({ code }) => code)).toEqual(['would_buy']);
  });

  it.each([
    ['nothing held it', 82],
    ['its quota would hold it', 95],
  ])('charges nothing for a service that is held by hand meanwhile, where %s', async (_what, gigabytes) => {
    const { totals } = await useDuring(gigabytes, (sluice) => sluice.holds.add('whmcs-1'));
    expect(totals.purchased).toBe(0);
    expect(await readBooks(at)).toEqual(UNTOUCHED);
    expect(at.panel.order(901).status).toBe('suspended');
    await at.sluice.holds.release('whmcs-1');
    expect([(await at.poll()).totals.purchased, at.panel.port(7011).adminState]).toEqual([1, 'up']);
  });
});
