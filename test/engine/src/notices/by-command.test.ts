import { beforeEach, describe, expect, it } from '@jest/globals';
import { keepMessages } from '../bench/client-channel.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

const channel = keepMessages();
const mail = { ...channel.kind, clientAddress: 'email' as const };
const config = `notify: [{ name: ops, hook: x }, { name: clients, hook: x, for: client }]
currency: EUR
packages: { extra-50: { traffic: 50GB, price: "5.00" } }
`;
const at = useBench(() => startEasyDcimBench(config, { channels: [mail] }));

beforeEach(async () => {
  await at.bench.edit(/^ {2}bare: .*$/m, '  sold: { panel: dcim, quota: { total: 100GB }, packages: [extra-50] }');
  await at.addService(1, { product: 'sold', values: { client: '42', email: 'ana@example.com' } });
  await at.poll();
  channel.sent.length = 0;
});

/** What the client was sent since the last call: the event and the text of each. */
async function readSent(): Promise<[event: string, text: string][]> {
  await at.sluice.notices.send();
  const sent = channel.sent.splice(0).filter((message) => message.for === 'client');
  return sent.map(({ event, text }) => [event, text]);
}

describe('a client is sent a mail', () => {
  it('of a hold by command and of its release, each once', async () => {
    const held = await at.sluice.holds.add('svc-1', { note: 'a secret of staff' });
    expect(await readSent()).toEqual([['hold', expect.stringMatching(/^Service svc-1 is being restricted\./)]]);
    await at.sluice.holds.add('svc-1', {});
    await at.pollAfter(HOUR);
    expect(await readSent()).toEqual([]);
    const released = await at.sluice.holds.release('svc-1', {});
    expect(await readSent()).toEqual([['release', 'Service svc-1 is no longer restricted.']]);
    await at.pollAfter(HOUR);
    expect(await readSent()).toEqual([]);
    // What was asked for is the outcome of the command.
    expect([held.notices, released.notices]).toEqual([[], []]);
  });

  it('of a suspension in the way of the billing system', async () => {
    await at.sluice.provision.suspend('svc-1', {});
    await at.sluice.provision.unsuspend('svc-1', {});
    expect((await readSent()).map(([event]) => event)).toEqual(['hold', 'release']);
  });

  it('of a package that he has bought, once, with what is allowed by then and the invoice', async () => {
    await at.sluice.credit.add('42', { amount: '20.00', currency: 'EUR' });
    const buy = () => at.sluice.purchases.create('svc-1', 'extra-50', { client: '42', ref: 'form-1' });
    const { purchase } = await buy();
    const [[event, text] = ['', ''], ...more] = await readSent();
    expect([event, more]).toEqual(['purchase', []]);
    expect(text).toMatch(/^Package extra-50 for service svc-1 is paid: 5\.00 EUR\. 150 GB of traffic are allowed in /);
    expect(text).toContain(`Invoice: ${purchase.invoice ?? 'none'}.`);
    expect((await buy()).repeated).toBe(true);
    await at.pollAfter(HOUR);
    expect(await readSent()).toEqual([]);
  });

  it('of none that was refused', async () => {
    await expect(at.sluice.purchases.create('svc-1', 'extra-50', { client: '42' })).rejects.toThrow('credit');
    expect(await readSent()).toEqual([]);
  });

  it('of a refund by staff, once', async () => {
    await at.sluice.credit.add('42', { amount: '20.00', currency: 'EUR' });
    const { purchase } = await at.sluice.purchases.create('svc-1', 'extra-50', { client: '42' });
    await readSent();
    await at.sluice.purchases.cancel(purchase.id, { refund: true });
    expect(await readSent()).toEqual([
      ['purchase', expect.stringMatching(/was returned to your credit: 5\.00 EUR\.$/)],
    ]);
    await at.sluice.purchases.cancel(purchase.id, { refund: true });
    await at.pollAfter(HOUR);
    expect(await readSent()).toEqual([]);
  });

  it('of none of it that he has switched off', async () => {
    await at.sluice.notices.choose('42', { hold: false, release: false, purchase: false });
    await at.sluice.credit.add('42', { amount: '20.00', currency: 'EUR' });
    const { purchase } = await at.sluice.purchases.create('svc-1', 'extra-50', { client: '42' });
    await at.sluice.purchases.cancel(purchase.id, { refund: true });
    await at.sluice.holds.add('svc-1', {});
    await at.sluice.holds.release('svc-1', {});
    expect(await readSent()).toEqual([]);
  });
});

describe('a limit that is used up and held at once is one message', () => {
  const WORDS = /^Service svc-1 is being restricted\. 120 GB of 100 GB \(120%\) of traffic are used in the period /;

  it('that says both', async () => {
    at.use(1, 120);
    await at.pollAfter(HOUR);
    expect(await readSent()).toEqual([['hold', expect.stringMatching(WORDS)]]);
    await at.pollAfter(HOUR);
    expect(await readSent()).toEqual([]);
  });

  it('of the threshold for a client who wants none of holds', async () => {
    await at.sluice.notices.choose('42', { hold: false });
    at.use(1, 120);
    await at.pollAfter(HOUR);
    expect((await readSent()).map(([event]) => event)).toEqual(['threshold']);
  });

  it('and two where the threshold comes first', async () => {
    at.use(1, 85);
    await at.pollAfter(HOUR);
    at.use(1, 20);
    await at.pollAfter(HOUR);
    expect((await readSent()).map(([event]) => event)).toEqual(['threshold', 'hold']);
  });
});
