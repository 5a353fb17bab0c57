import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PurchaseReport, PurchaseView, RunReport } from '@sluice/engine';
import type { Outcome } from '../../harness.js';
import { GB, HOUR, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

const PATCH = 'PATCH /api/v2/admin/user/{uuid}/';
const SHOP = `currency: EUR
packages: { extra: { traffic: 30GB, price: "5.00" } }
`;

let at: HiddifyBench;
let users: string[];
afterEach(() => at.close());

/** Two services of client 42, each of 10 GB, under an agent whose limit has room for one more package. */
async function start(accounting: string, autoBuy = ''): Promise<void> {
  at = await startHiddifyBench({ agents: `{ accounting: ${accounting} }`, more: SHOP });
  const config = at.bench.read('sluice.yaml');
  const agency = /^ {2}agency: .*$/m.exec(config)?.[0] ?? '';
  at.bench.write('sluice.yaml', config.replace(agency, agency.replace(/ }$/, `, packages: [extra]${autoBuy} }`)));
  users = [];
  for (const number of [1, 2]) users.push(await at.create(number, { product: 'agency', values: ['client=42'] }));
  await at.sluice('credit add 42 100 --currency EUR');
  await at.sluice(`agent limit north --gb ${accounting === 'consumed' ? 50 : 60}`);
  await poll();
}

const poll = async (): Promise<RunReport> => {
  at.bench.clock.advance(HOUR);
  return (await at.poll()).json<RunReport>();
};
const buy = (number: number): Promise<Outcome> => at.sluice(`purchase create svc-${number} extra`);
const limits = (): number[] => users.map((uuid) => at.panel.user(uuid).usageLimit / GB).sort();
const codeOf = (outcome: Outcome): string | null =>
  outcome.json<{ error?: { code: string } | null }>().error?.code ?? null;
const account = async (): Promise<unknown[]> => {
  const { balance } = (await at.sluice('credit show 42')).json<{ balance: string }>();
  const { purchases } = (await at.sluice('purchase list')).json<{ purchases: PurchaseView[] }>();
  return [balance, ...purchases.map(({ status }) => status)];
};

describe.each(['consumed', 'allocated'])('a package for the user of a limited agent (%s)', (accounting) => {
  beforeEach(() => start(accounting));

  it('is written at once where it fits, and refused before it is charged where it does not', async () => {
    expect((await buy(1)).exitCode).toBe(0);
    expect([limits(), await account()]).toEqual([
      [10, 40],
      ['95.00', 'paid'],
    ]);
    const refused = await buy(2);
    expect([refused.exitCode, codeOf(refused)]).toEqual([1, 'agent_limit']);
    expect((await at.bench.sluice('purchase create svc-2 extra')).stderr).toMatch(
      /limit of agent "north".* Nothing was charged\. Raise .*"sluice agent limit north --gb N"/,
    );
    expect([limits(), await account()]).toEqual([
      [10, 40],
      ['95.00', 'paid'],
    ]);
    expect((await poll()).services.map(({ error }) => error)).toEqual([null, null]);
    await at.sluice('agent limit north --gb 90');
    expect((await buy(2)).exitCode).toBe(0);
    expect([limits(), await account()]).toEqual([
      [40, 40],
      ['90.00', 'paid', 'paid'],
    ]);
  });

  it('is bought once of two at the same time', async () => {
    const both = await Promise.all([buy(1), buy(2)]);
    expect(both.map(codeOf).sort()).toEqual(['agent_limit', null].sort());
    await poll();
    expect([limits(), await account()]).toEqual([
      [10, 40],
      ['95.00', 'paid'],
    ]);
  });

  it('keeps its room until the panel has it, although the panel failed at first', async () => {
    const remove = at.panel.server.inject({ endpoint: PATCH, fault: { kind: 'status', status: 500, body: {} } });
    const bought = await buy(1);
    remove();
    expect(bought.json<PurchaseReport>().purchase.status).toBe('paid');
    expect(codeOf(await buy(2))).toBe('agent_limit');
    await poll();
    expect([limits(), await account()]).toEqual([
      [10, 40],
      ['95.00', 'paid'],
    ]);
  });

  it('is not charged while the panel can’t be read', async () => {
    const remove = at.panel.server.inject({ endpoint: /^GET /, fault: { kind: 'status', status: 500, body: {} } });
    expect((await buy(1)).exitCode).toBe(1);
    remove();
    expect([limits(), await account()]).toEqual([[10, 10], ['100.00']]);
    expect((await buy(1)).exitCode).toBe(0);
    expect([limits(), await account()]).toEqual([
      [10, 40],
      ['95.00', 'paid'],
    ]);
  });

  it('gives its room back when it is not paid', async () => {
    await at.bench.sluice('service set svc-1 client=43');
    await at.sluice('credit add 43 1 --currency EUR');
    expect(codeOf(await buy(1))).toBe('no_credit');
    expect((await buy(2)).exitCode).toBe(0);
    expect(limits()).toEqual([10, 40]);
  });
});

describe.each(['consumed', 'allocated'])('auto-buy for users of a limited agent (%s)', (accounting) => {
  it('buys no more than fits, and says once that the rest does not', async () => {
    await start(accounting, ', autoBuy: { enabled: true, package: extra, thresholdGb: 1, maxPerCycle: 3 }');
    for (const uuid of users) at.panel.use(uuid, 9.5 * GB);
    const polled = await poll();
    expect([polled.totals.purchased, polled.totals.failed]).toEqual([1, 0]);
    const refused = polled.notices.filter(({ code }) => code === 'auto_buy_refused');
    expect(refused.map(({ message }) => message)).toEqual([expect.stringContaining('agent "north"')]);
    expect([limits(), await account()]).toEqual([
      [10, 40],
      ['95.00', 'paid'],
    ]);
    const again = await poll();
    expect([again.totals.purchased, again.notices.filter(({ code }) => code === 'auto_buy_refused')]).toEqual([0, []]);
    await at.sluice('agent limit north --gb 90');
    expect((await poll()).totals.purchased).toBe(1);
    expect([limits(), await account()]).toEqual([
      [40, 40],
      ['90.00', 'paid', 'paid'],
    ]);
  });
});
