import { beforeEach, describe, expect, it } from '@jest/globals';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { during } from '../bench/during.js';
import { useBench } from '../bench/each-test.js';
import { DAY, HOUR } from '../bench/engine-bench.js';
import { killedAtWrite } from '../bench/intercept.js';

const channel = keepMessages();
const at = useBench(async () => {
  const bench = await startEasyDcimBench(TO_CLIENTS, { channels: [channel.kind] });
  const packages = 'currency: EUR\npackages: { extra: { traffic: 50GB, price: "5.00" } }\n';
  const offered = bench.bench.text.replace('action: disable-ports }', 'action: disable-ports, packages: [extra] }');
  await bench.bench.configure(`${offered}\n${packages}`);
  return bench;
});

const SERVICE = { service: 'svc-1' };
const RULE = { enabled: true, package: 'extra', threshold: '10GB', maxPerCycle: 1 };
let link = '';
let expiresAt = '';

async function share(): Promise<string> {
  expiresAt = new Date(at.bench.clock.now() + 2 * DAY).toISOString();
  return (await at.sluice.access.share({ client: '42', expiresAt, rights: { buy: true } })).access.id;
}

beforeEach(async () => {
  await at.addService(1, { values: { client: '42' } });
  await at.poll();
  link = await share();
  await setWithLink();
});

const setWithLink = (rule: Partial<typeof RULE> = RULE): Promise<unknown> =>
  at.sluice.autoBuy.set({ ...SERVICE, owner: '42', link: { link, amount: null } }, rule);

async function ended(): Promise<string[]> {
  const notices = await at.bench.store.notices.list({ service: 'svc-1' });
  return notices.filter(({ code }) => code === 'auto_buy_ended').map(({ message }) => message);
}

const toTold = (): string[] => channel.sent.filter(({ code }) => code === 'auto_buy_ended').map(({ text }) => text);

async function revoke(): Promise<void> {
  await at.sluice.access.revoke(link);
}

function expire(): Promise<void> {
  at.bench.clock.advance(2 * DAY);
  return Promise.resolve();
}

/** Polls a service that is over its allowance, whose client has credit; while its panel is read, something happens. */
async function pollDuring(work: () => Promise<unknown>): Promise<void> {
  await at.sluice.credit.add('42', { amount: '50.00', currency: 'EUR' });
  at.use(1, 115);
  await during(
    at.panel.server,
    () => true,
    () => at.poll({ allowMass: true }),
    work,
  );
}

describe('automatic purchases that a share link set', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['the link is revoked', () => revoke()],
    ['the link expires', () => expire()],
    ['its client switches them off', () => at.sluice.autoBuy.set(SERVICE, { enabled: false })],
    ['its client drops the preference', () => at.sluice.autoBuy.clear(SERVICE)],
    ['its client lets them buy less often', () => at.sluice.autoBuy.set(SERVICE, { maxPerCycle: 0 })],
  ])('buy nothing more in a run that reads its panel while %s', async (_what, end) => {
    await pollDuring(end);
    expect((await at.sluice.purchases.list()).purchases).toEqual([]);
    expect((await at.sluice.credit.show('42')).balance).toBe('50.00');
  });

  it.each<[string, Partial<typeof RULE>]>([
    ['lets them buy more often', { maxPerCycle: 5 }],
    ['lowers the threshold', { threshold: '5GB' }],
  ])('go on buying in a run that reads its panel while its client %s', async (_what, rule) => {
    await pollDuring(() => setWithLink(rule));
    expect((await at.sluice.purchases.list()).purchases).toMatchObject([{ status: 'paid' }]);
    expect((await at.sluice.holds.list({ open: true })).holds).toEqual([]);
  });

  it('tell the next client of their service nothing of their end', async () => {
    at.bench.clock.advance(HOUR);
    await at.sluice.services.set('svc-1', { client: '43' });
    await at.pollAfter(HOUR);
    expect(await ended()).toEqual([expect.stringContaining('has another client')]);
    expect(toTold()).toEqual([]);
  });

  it('name the link, and until when it is valid', async () => {
    expect((await at.sluice.autoBuy.show(SERVICE)).autoBuy.link).toEqual({ id: link, expiresAt });
    await at.sluice.autoBuy.set(SERVICE, { enabled: true });
    expect((await at.sluice.autoBuy.show(SERVICE)).autoBuy.link).toBeNull();
    await setWithLink({ enabled: false });
    expect((await at.sluice.autoBuy.show(SERVICE)).autoBuy).toMatchObject({ enabled: false, link: null });
  });

  it.each([
    ['is revoked', revoke, 'was revoked at 2026-11-20T13:00:00.000Z'],
    ['expires', expire, 'expired at 2026-11-22T12:00:00.000Z'],
  ])('end with one notice when the link %s', async (_how, end, why) => {
    await at.pollAfter(HOUR);
    expect(await ended()).toEqual([]);
    await end();
    expect((await at.pollAfter(HOUR, { dryRun: true })).notices).toEqual([]);
    const polled = await at.pollAfter(HOUR);
    expect(polled.notices.map(({ code }) => code)).toContain('auto_buy_ended');
    await at.pollAfter(HOUR);
    const message = `svc-1: nothing is bought automatically any more: the share link ${link} that set it ${why}`;
    expect(await ended()).toEqual([expect.stringContaining(message)]);
    expect(toTold()).toEqual([
      'Nothing is bought automatically for service svc-1 any more: the link with which this was set has ended.',
    ]);
    expect(await at.bench.store.autoBuy.list()).toEqual([]);
  });

  it('end with one notice, wherever the run is killed', async () => {
    await revoke();
    let write = 0;
    for (let isKilled = true; isKilled && write < 100;) {
      write++;
      const { store, isDead } = killedAtWrite(at.bench.store, write);
      at.bench.clock.advance(HOUR);
      await at.bench.inAnother((sluice) => sluice.poll().catch(() => null), { store });
      isKilled = isDead();
    }
    expect(write).toBeGreaterThan(3);
    await at.pollAfter(HOUR);
    // A delivery whose acknowledgement was not stored is sent again, with the same id.
    const told = channel.sent.filter(({ code }) => code === 'auto_buy_ended').map(({ delivery }) => delivery);
    expect([(await ended()).length, new Set(told).size]).toEqual([1, 1]);
  });

  it('end without a notice where they go on, or were set or cleared again', async () => {
    await at.sluice.autoBuy.set({ client: '42' }, { enabled: true });
    await revoke();
    await at.pollAfter(HOUR);
    await at.sluice.autoBuy.clear({ client: '42' });
    link = await share();
    await setWithLink();
    const before = link;
    link = await share();
    await setWithLink();
    await at.sluice.access.revoke(before);
    await at.pollAfter(HOUR);
    await at.sluice.autoBuy.clear(SERVICE);
    await revoke();
    await at.pollAfter(HOUR);
    expect(await ended()).toEqual([]);
  });

  it('end with a notice where an operator changed another part meanwhile', async () => {
    await revoke();
    await at.sluice.autoBuy.set(SERVICE, { maxPerCycle: 3 });
    await at.pollAfter(HOUR);
    expect(await ended()).toHaveLength(1);
    expect((await at.sluice.autoBuy.show(SERVICE)).autoBuy).toMatchObject({ enabled: false, maxPerCycle: 3 });
  });
});
