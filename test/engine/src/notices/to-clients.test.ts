import { describe, expect, it } from '@jest/globals';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { useBench, useOpened } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const channel = keepMessages();

describe('a notice to clients', () => {
  const at = useBench(() => startEasyDcimBench(TO_CLIENTS, { channels: [channel.kind] }));

  it('that waited is the client’s whose service it was', async () => {
    channel.down = true;
    await at.addService(1, { product: 'order', values: { client: '43' } });
    at.use(1, 120);
    await at.poll();
    await at.sluice.services.set('svc-1', { client: '42' });
    channel.down = false;
    at.bench.clock.advance(HOUR);
    await at.sluice.notices.send();
    expect(channel.sent.filter(({ event }) => event === 'hold').map(({ client }) => client)).toEqual(['43']);
  });
});

describe('a notice of a purchase to its client', () => {
  const config = `${TO_CLIENTS}
currency: EUR
packages: { extra-50: { traffic: 50GB, price: "5.00" } }
`;
  const at = useBench(() => startEasyDcimBench(config, { channels: [channel.kind] }));

  it('that waited has no figures of the next client of the service', async () => {
    await at.bench.edit(
      /^ {2}bare: .*$/m,
      '  sold: { panel: dcim, quota: { total: 100GB }, packages: [extra-50], autoBuy: { enabled: true, package: extra-50, thresholdGb: 45, maxPerCycle: 1 } }',
    );
    await at.addService(1, { product: 'sold', values: { client: '43' } });
    await at.sluice.credit.add('43', { amount: '20.00', currency: 'EUR' });
    channel.down = true;
    at.use(1, 60);
    await at.poll();
    await at.sluice.services.set('svc-1', { client: '42' });
    at.bench.clock.advance(HOUR);
    await at.sluice.credit.add('42', { amount: '20.00', currency: 'EUR' });
    await at.sluice.purchases.create('svc-1', 'extra-50', { client: '42' });
    channel.down = false;
    at.bench.clock.advance(HOUR);
    await at.sluice.notices.send();
    const bought = channel.sent.filter(({ event }) => event === 'purchase');
    expect(bought.map(({ client, data }) => [client, data.price, data.used, data.allowed, data.percent])).toEqual([
      ['43', '5.00', 60 * GB, 150 * GB, 40],
      ['42', '5.00', 60 * GB, 200 * GB, 30],
    ]);
  });
});

describe('a notice of a hold that waited', () => {
  const config = `${TO_CLIENTS}
currency: EUR
packages: { extra-50: { traffic: 50GB, price: "5.00" } }
`;
  const at = useBench(() => startEasyDcimBench(config, { channels: [channel.kind] }));

  it('has the allowance of its time, not that of a purchase after it', async () => {
    await at.bench.edit(/^ {2}bare: .*$/m, '  sold: { panel: dcim, quota: { total: 100GB }, packages: [extra-50] }');
    await at.addService(1, { product: 'sold', values: { client: '42' } });
    await at.sluice.credit.add('42', { amount: '20.00', currency: 'EUR' });
    channel.down = true;
    at.use(1, 120);
    await at.poll();
    at.bench.clock.advance(HOUR);
    await at.sluice.purchases.create('svc-1', 'extra-50', { client: '42' });
    channel.down = false;
    at.bench.clock.advance(HOUR);
    await at.sluice.notices.send();
    const held = channel.sent.filter(({ event }) => event === 'hold');
    expect(held.map(({ data }) => [data.used, data.allowed, data.percent])).toEqual([[120 * GB, 100 * GB, 120]]);
  });
});

describe('a notice by mail', () => {
  const mail = { ...channel.kind, clientAddress: 'email' as const };
  const at = useBench(() => startEasyDcimBench(TO_CLIENTS, { channels: [mail] }));

  it('does not go to the address of the former client', async () => {
    await at.addService(1, { product: 'order', values: { client: '43', email: 'ana@example.com' } });
    await at.poll();
    await at.sluice.services.set('svc-1', { client: '42' });
    at.use(1, 120);
    await at.poll();
    const held = channel.sent.filter(({ event }) => event === 'hold');
    expect(held.map(({ client, recipient }) => [client, recipient])).toEqual([['42', null]]);
  });
});

describe('a mail that waited', () => {
  const mail = { ...channel.kind, clientAddress: 'email' as const };
  const at = useBench(() => startEasyDcimBench(TO_CLIENTS, { channels: [mail] }));

  it('is not dropped for what the next client of the service does not want', async () => {
    channel.down = true;
    await at.addService(1, { product: 'order', values: { client: '43', email: 'ana@example.com' } });
    at.use(1, 120);
    await at.poll();
    await at.sluice.services.set('svc-1', { client: '42' });
    await at.sluice.notices.choose('42', { hold: false });
    channel.down = false;
    at.bench.clock.advance(HOUR);
    await at.sluice.notices.send();
    expect(channel.sent.filter(({ event }) => event === 'hold').map(({ recipient }) => recipient)).toEqual([
      'ana@example.com',
    ]);
  });
});

describe('a notice of a hold to its client', () => {
  const [at, start] = useOpened((template: string) =>
    startEasyDcimBench(`notify: [{ name: ops, hook: x }, { name: clients, hook: x, for: client${template} }]`, {
      channels: [channel.kind],
    }),
  );
  const PERIOD = 'in the period 15 Nov 2026 to 15 Dec 2026';

  async function exceed(product: string): Promise<void> {
    await at.bench.edit(
      /^ {2}bare: .*$/m,
      '  capped: { panel: dcim, quota: { total: 900GB }, limits: [{ id: day, window: day, allowance: 10GB, action: disable-ports }] }',
    );
    await at.addService(1, { product, values: { client: '42' } });
    await at.poll();
    at.use(1, 120);
    await at.poll();
  }
  const toSent = (reader: string): string[] =>
    channel.sent.flatMap((sent) => (sent.event === 'hold' && sent.for === reader ? [sent.text] : []));

  const RESTRICTED = 'Service svc-1 is being restricted.';

  it.each([
    ['ports', `${RESTRICTED} 120 GB of 100 GB (120%) of traffic are used ${PERIOD}.`, '15 Dec 2026'],
    ['inbound', `${RESTRICTED} 120 GB of 100 GB (120%) of incoming traffic are used ${PERIOD}.`, '15 Dec 2026'],
    ['capped', `${RESTRICTED} The limit “day” is used up: 120 GB of 10 GB (over 999%) are used.`, '21 Nov 2026'],
  ])('says what of it is used up in which period (%s), and is listed as it was made', async (product, text, back) => {
    await start('');
    await exceed(product);
    const whole = `${text} The service comes back on ${back}.`;
    expect(toSent('client')).toEqual([whole]);
    const { deliveries } = await at.sluice.notices.list();
    const holds = deliveries.filter(({ code }) => code === 'hold');
    const listed = holds.map((each) => [each.channel, each.for, each.client, each.message]).sort();
    expect(listed).toEqual([
      ['clients', 'client', '42', whole],
      ['ops', 'operator', null, expect.stringMatching(/^svc-1 is held \(/)],
    ]);
  });

  it('quotes the figures of the run that holds, however long its calls take', async () => {
    await start('');
    at.panel.server.onCall(() => {
      at.bench.clock.advance(100);
    });
    await at.addService(1, { product: 'ports', values: { client: '42' } });
    at.use(1, 60);
    await at.poll();
    at.use(1, 60);
    await at.poll();
    expect(toSent('client')).toEqual([
      `${RESTRICTED} 120 GB of 100 GB (120%) of traffic are used ${PERIOD}. The service comes back on 15 Dec 2026.`,
    ]);
  });

  it('is listed in the words of its template, and says nothing of what only its provider knows', async () => {
    await start(', template: { hold: "Dear {client}: {message}!" }');
    await at.addService(1, { values: { client: '42' } });
    await at.poll();
    await at.sluice.services.set('svc-1', { status: 'suspended' });
    await at.pollAfter(HOUR);
    expect(toSent('client')).toEqual([
      `Dear 42: ${RESTRICTED} An invoice is not paid. The service comes back after the payment!`,
    ]);
    const { deliveries } = await at.sluice.notices.list();
    expect(deliveries.map(({ message }) => message)).toContain(
      `Dear 42: ${RESTRICTED} An invoice is not paid. The service comes back after the payment!`,
    );
  });
});

describe('a notice to a customer of a reseller', () => {
  const [at, start] = useOpened((more: string) =>
    startHiddifyBench({ agents: '{ accounting: allocated }', more, channels: [channel.kind] }),
  );

  it.each([
    ['', 'Nothing was bought automatically for service vpn-1.'],
    [
      ', template: { default: "{code}: {message}" }',
      'auto_buy_refused: Nothing was bought automatically for service vpn-1',
    ],
  ])('does not name the reseller and its figures (%s)', async (template, text) => {
    await start(`currency: EUR
packages: { extra: { traffic: 30GB, price: "5.00" } }
notify: [{ hook: x, for: client${template} }]
`);
    await at.bench.edit(
      /^( {2}agency: .*) \}$/m,
      '$1, packages: [extra], autoBuy: { enabled: true, package: extra, thresholdGb: 1, maxPerCycle: 1 } }',
    );
    const user = await at.create(1, { product: 'agency', values: { client: '42' } });
    await at.sluice.credit.add('42', { amount: '100', currency: 'EUR' });
    await at.limit('north', 20);
    await at.pollAfter(HOUR);
    at.panel.use(user, 9.5 * GB);
    await at.pollAfter(HOUR);
    const texts = channel.sent.map((message) => message.text.replace('svc-1', 'vpn-1'));
    expect(texts.filter((each) => each.includes('Nothing was bought'))).toEqual([text]);
    expect(texts.filter((each) => each.includes('north'))).toEqual([]);
  });
});

describe('a release date that is over', () => {
  const at = useBench(() => startEasyDcimBench());

  it('is not the reason of a protection after it', async () => {
    await at.addService(1);
    at.use(1, 120);
    await at.sluice.holds.release('svc-1', { until: '2026-11-22' });
    await at.pollAfter(HOUR);
    at.bench.clock.set('2026-11-23T00:00:00Z');
    await at.sluice.services.set('svc-1', { protected_until: '2026-12-01' });
    at.use(1, 1);
    await at.poll();
    const told = (await at.bench.store.notices.list({})).filter(({ code }) => code === 'hold_withheld');
    expect(told.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringContaining('protected until 2026-12-01')]),
    );
  });
});
