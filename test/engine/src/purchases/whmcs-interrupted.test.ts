import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { codeOf, HOUR, DAY } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';
import { AUTO, readBooks, setStatus, vanish } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

/** Leaves a purchase pending without an invoice: the call that makes it, or the one that pays it, is cut. */
const interrupt = async (actor: 'auto' | 'manual', endpoint = 'CreateInvoice'): Promise<void> => {
  await open({ product: actor === 'auto' ? AUTO : '' });
  at.whmcs.addCredit(CLIENT, '50.00');
  const off = at.whmcs.server.inject({ endpoint, fault: { kind: 'cut' } });
  if (actor === 'auto') await at.use(85);
  else await codeOf(at.buy('r1'));
  off();
  expect(await at.purchases()).toMatchObject([{ status: 'pending', invoice: null, actor }]);
  expect(at.invoices()).toEqual(endpoint === 'ApplyCredit' ? ['Unpaid'] : []);
  at.bench.clock.advance(HOUR);
};
const beginCycle = (): void => {
  at.bench.clock.advance(26 * DAY);
};

type Change = [string, () => unknown];
const ENDS: Change[] = [
  ['is terminated', () => setStatus(at, 'Terminated')],
  ['is gone from WHMCS', () => vanish(at)],
  ['has begun another cycle', beginCycle],
];

/** Ends a purchase that was ordered by hand, too: it would have no effect, or is not for sale. */
const UNSOLD: Change[] = [
  ['has no limit', () => at.sluice.overrides.set('whmcs-1', { unlimited: true })],
  ['has a product that does not offer it', () => at.sluice.services.set('whmcs-1', { product: 'big' })],
];

const AUTO_ENDS: Change[] = [
  ['is observed', () => at.sluice.panels.observe('dcim')],
  ['buys nothing automatically', () => at.sluice.autoBuy.set({ service: 'whmcs-1' }, { enabled: false })],
  ['is suspended in WHMCS', () => setStatus(at, 'Suspended')],
  ['has a hold by hand', () => at.sluice.holds.add('whmcs-1')],
];

const ANY_END = [...ENDS.slice(0, 2), ...AUTO_ENDS, ...UNSOLD];
const UNCHANGED: Change[] = [['is as it was', () => undefined]];

describe.each<[what: string, Parameters<typeof interrupt>, isPaid: boolean, Change[], books: unknown[]]>([
  ['is not charged', ['manual'], false, [...ENDS, ...UNSOLD], ['50.00', [], ['failed']]],
  ['is charged as ordered by hand', ['manual'], false, AUTO_ENDS, ['45.00', ['Paid'], ['paid']]],
  ['that was automatic is not charged', ['auto'], false, ANY_END, ['50.00', [], ['failed']]],
  ['that was automatic is charged', ['auto'], false, UNCHANGED, ['45.00', ['Paid'], ['paid']]],
  ['leaves no invoice', ['auto', 'ApplyCredit'], false, ANY_END, ['50.00', ['Cancelled'], ['cancelled']]],
  ['that staff paid is paid', ['auto', 'ApplyCredit'], true, [...AUTO_ENDS, ...UNSOLD], ['50.00', ['Paid'], ['paid']]],
  ['that staff paid is returned', ['auto', 'ApplyCredit'], true, ENDS.slice(0, 2), ['55.00', ['Paid'], ['refunded']]],
])('an interrupted purchase %s by a run', (_what, interrupted, isPaid, changes, books) => {
  it.each(few(changes, 2))('where its service %s', async (_name, change) => {
    await interrupt(...interrupted);
    if (isPaid) at.whmcs.pay(at.whmcs.invoices(CLIENT)[0]?.id ?? 0);
    await change();
    await at.poll();
    expect(await readBooks(at)).toEqual(books);
  });
});

it.each(few([...ENDS, ...UNSOLD], 2))(
  'an interrupted purchase is not charged by a repetition once its service %s',
  async (_name, end) => {
    await interrupt('manual');
    await end();
    expect(await codeOf(at.sluice.purchases.create('whmcs-1', 'extra', { ref: 'r1' }))).toBe('ref_used');
    expect(await readBooks(at)).toEqual(['50.00', [], ['failed']]);
  },
);

it('an interrupted purchase is left by a run whose clock nothing confirms', async () => {
  await interrupt('manual');
  const silent = at.panel.server.inject({ fault: { kind: 'cut' } });
  beginCycle();
  for (const run of [() => at.poll(), () => at.sluice.reconcile()])
    expect((await run()).error?.code).toBe('clock_unconfirmed');
  expect(await readBooks(at)).toEqual(['50.00', [], ['pending']]);
  silent();
  await at.poll();
  expect(await readBooks(at)).toEqual(['50.00', [], ['failed']]);
});

it('an interrupted purchase is left by a run whose clock its panel contradicts', async () => {
  await open();
  at.whmcs.addCredit(CLIENT, '50.00');
  at.bench.clock.set('2026-12-14T20:00:00Z');
  await at.poll();
  const off = at.whmcs.server.inject({ endpoint: 'CreateInvoice', fault: { kind: 'cut' } });
  await codeOf(at.buy('r1'));
  off();
  // By the local clock, its cycle is over.
  const { now } = at.bench.clock;
  await at.bench.restart({ clock: { now: () => now() + 5 * HOUR, sleep: () => Promise.resolve() } });
  for (const run of [() => at.poll(), () => at.sluice.reconcile()])
    expect((await run()).error?.code).toBe('clock_wrong');
  expect(await readBooks(at)).toEqual(['50.00', [], ['pending']]);
  await at.bench.restart();
  await at.poll();
  expect(await readBooks(at)).toEqual(['45.00', ['Paid'], ['paid']]);
});
