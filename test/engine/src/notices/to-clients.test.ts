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

describe('a notice to a customer of a reseller', () => {
  const [at, start] = useOpened((more: string) =>
    startHiddifyBench({ agents: '{ accounting: allocated }', more, channels: [channel.kind] }),
  );

  it.each([
    ['', 'vpn-1: nothing was bought automatically'],
    [', template: { default: "{code}: {message}" }', 'auto_buy_refused: vpn-1: nothing was bought automatically'],
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
    expect(texts.filter((each) => each.includes('nothing was bought'))).toEqual([text]);
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
