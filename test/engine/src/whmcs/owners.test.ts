import { describe, expect, it } from '@jest/globals';
import type { ServiceDetail } from '@sluice/engine';
import { codeOf } from '../bench/engine-bench.js';
import { openWhmcsShop } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';

const FORMER = 77;
const OWNER = 78;

const [at, openShop] = useOpened(openWhmcsShop);

/** Opens the shop with credit of client 77, who has its service, and of client 78; `product` is added to its product. */
async function open(product = ''): Promise<void> {
  await openShop({ product });
  at.whmcs.addClient({ id: OWNER, firstName: 'Bia', currency: 'EUR', credit: '50.00' });
  at.whmcs.addCredit(FORMER, '50.00');
}

const rewrite = (from: string | RegExp, to: string): Promise<unknown> => at.bench.edit(from, to);
const show = async (): Promise<ServiceDetail> => await at.sluice.services.show('whmcs-1');
const shown = async (): Promise<string> => {
  const { product, client, lifecycle, nextDueDate } = await show();
  return `${product} ${client} ${lifecycle} ${nextDueDate}`;
};
const credits = (): string[] => [at.whmcs.credit(FORMER), at.whmcs.credit(OWNER)];

describe('a known service that the config does not take any more', () => {
  it.each([
    [
      'whose product none claims',
      ', whmcs: { productIds: [10] }',
      ', whmcs: { productIds: [9] }',
      /^product 10 .* they keep their product/,
    ],
    [
      'that is narrowed out',
      'whmcs: { url:',
      'whmcs: { productIds: [99], url:',
      /^not among .* they keep their product/,
    ],
  ])('%s follows WHMCS in client, status and due date', async (_name, from, to, reason) => {
    await open(', autoBuy: { enabled: true, package: extra }');
    await rewrite(from, to);
    Object.assign(at.whmcs.service(1), { clientId: OWNER, nextDueDate: '2027-01-15' });
    at.whmcs.setField(1, 'easydcim_service_id', '');
    const skipped = [{ reason: expect.stringMatching(reason), services: ['whmcs-1'] }];
    expect(await at.sync()).toMatchObject({ run: { outcome: 'done' }, totals: { changed: 1 }, skipped });
    expect(await shown()).toBe('ports 78 active 2027-01-15');
    expect((await at.use(100)).totals.purchased).toBe(1);
    expect(credits()).toEqual(['50.00', '45.00']);
    at.whmcs.service(1).status = 'Suspended';
    await at.sync();
    expect((await show()).lifecycle).toBe('suspended');
    at.whmcs.service(1).status = 'Cancelled';
    await at.sync();
    expect((await show()).lifecycle).toBe('terminated');
  });

  it('with a status that means nothing here keeps its state, and follows in client and due date', async () => {
    await open();
    Object.assign(at.whmcs.service(1), { clientId: OWNER, nextDueDate: '2027-01-15', status: 'Completed' });
    const { skipped } = await at.sync();
    expect(skipped).toEqual([
      { reason: expect.stringMatching(/^status "Completed"; they keep/), services: ['whmcs-1'] },
    ]);
    expect(await shown()).toBe('ports 78 active 2027-01-15');
  });
});

describe('a known service with a problem', () => {
  const spoilField = (): void => {
    at.whmcs.setField(1, 'base_quota_override_gb', 'plenty');
  };

  it.each<[string, () => unknown, string]>([
    ['in a custom field', spoilField, 'suspended 2027-01-15'],
    ['in its due date', () => Object.assign(at.whmcs.service(1), { nextDueDate: 'soon' }), 'active 2026-12-15'],
    [
      'whose product is not in the config',
      () => rewrite(/\bports: (.*)\[10\]/, 'other: $1[9]'),
      'suspended 2027-01-15',
    ],
  ])('%s is not charged to its former client', async (_name, spoil, expected) => {
    await open(', autoBuy: { enabled: true, package: extra }');
    Object.assign(at.whmcs.service(1), { clientId: OWNER, nextDueDate: '2027-01-15', status: 'Suspended' });
    await spoil();
    const synced = await at.sync();
    const { problems } = synced;
    expect([synced.run.outcome, new Set(problems.map(({ service }) => service))]).toEqual([
      'partial',
      new Set(['whmcs-1']),
    ]);
    expect(await shown()).toBe(`ports 78 ${expected}`);
    await at.use(100);
    expect(at.whmcs.credit(FORMER)).toBe('50.00');
  });
});

it.each(['manual', 'auto'])('a former client is not charged for an interrupted purchase (%s)', async (actor) => {
  await open(actor === 'auto' ? ', autoBuy: { enabled: true, package: extra }' : '');
  const { server } = at.whmcs;
  server.inject({ endpoint: actor === 'auto' ? 'ApplyCredit' : 'UpdateInvoice', fault: { kind: 'cut' } });
  if (actor === 'auto') await at.use(100);
  else await codeOf(at.sluice.purchases.create('whmcs-1', 'extra', { ref: 'a' }));
  expect(at.whmcs.invoices(FORMER).map(({ status }) => status)).toEqual([actor === 'auto' ? 'Unpaid' : 'Draft']);
  server.clearFaults();
  at.whmcs.service(1).clientId = OWNER;
  if (actor === 'auto') await rewrite('enabled: true', 'enabled: false');
  await at.sync();
  if (actor === 'manual') await codeOf(at.sluice.purchases.create('whmcs-1', 'extra', { ref: 'a' }));
  await at.use(1);
  expect(at.whmcs.invoices(FORMER).map(({ status }) => status)).toEqual(['Cancelled']);
  const { purchases } = await at.sluice.purchases.list();
  expect([purchases.map(({ status }) => status), credits()]).toEqual([['cancelled'], ['50.00', '50.00']]);
});

describe('auto-buy that a client switched on for a service', () => {
  const ended = async (): Promise<(string | null)[]> => {
    const notices = await at.bench.store.notices.list({});
    return notices.filter(({ code }) => code === 'auto_buy_ended').map(({ service }) => service);
  };
  const switchOn = () => at.sluice.autoBuy.set({ service: 'whmcs-1' }, { enabled: true, package: 'extra' });
  const moves: [string, () => Promise<unknown>][] = [
    [
      'a sync',
      () => {
        at.whmcs.service(1).clientId = OWNER;
        return at.sync();
      },
    ],
    ['set', () => at.sluice.services.set('whmcs-1', { client: String(OWNER) })],
    ['setWhere', () => at.sluice.services.setWhere([['client', String(FORMER)]], { client: String(OWNER) })],
    [
      'an import',
      () => at.sluice.services.import([{ id: 'whmcs-1', panel: 'dcim', product: 'ports', client: String(OWNER) }]),
    ],
  ];

  it.each(moves)(
    'ends when %s gives the service another client, until it is switched on again',
    async (_name, move) => {
      await open();
      await switchOn();
      await at.sluice.services.set('whmcs-1', { email: 'ana@example.com' });
      expect((await at.use(100)).totals.purchased).toBe(1);
      await move();
      expect([(await show()).client, await ended()]).toEqual([String(OWNER), ['whmcs-1']]);
      expect((await at.use(50)).totals).toMatchObject({ purchased: 0, held: 1 });
      expect([credits(), await ended()]).toEqual([['45.00', '50.00'], ['whmcs-1']]);
      await switchOn();
      expect((await at.use(1)).totals.purchased).toBe(1);
      expect(credits()).toEqual(['45.00', '45.00']);
    },
  );

  it('ends without a warning where the product has it on for all', async () => {
    await open(', autoBuy: { enabled: true, package: extra }');
    await switchOn();
    await moves[0]?.[1]();
    expect(await ended()).toEqual([]);
    expect((await at.use(100)).totals.purchased).toBe(1);
    expect(credits()).toEqual(['50.00', '45.00']);
  });

  it('ends with the service', async () => {
    await open();
    await switchOn();
    await at.sluice.services.remove('whmcs-1');
    at.whmcs.service(1).clientId = OWNER;
    await at.sync();
    await at.use(1);
    expect((await at.use(100)).totals).toMatchObject({ purchased: 0, held: 1 });
  });
});
