import { expect, it } from '@jest/globals';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { during } from '../bench/during.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';

const kept = keepMessages();
const CONFIG = `poll: { doubt: { jump: off } }
currency: EUR
packages: { extra: { traffic: 50GB, price: "5.00" } }
${TO_CLIENTS}
`;
const at = useBench(() => startEasyDcimBench(CONFIG, { channels: [kept.kind] }));

it.each([1, 2, 3, 4])(
  'a client who gets a service at the %p. call of a poll is not told what credit the former one has',
  async (nth) => {
    const autoBuy = 'autoBuy: { enabled: true, package: extra, thresholdGb: 10, maxPerCycle: 1 }';
    await at.bench.edit('action: disable-ports }', `action: disable-ports, packages: [extra], ${autoBuy} }`);
    await at.addService(1, { values: { client: '42' } });
    await at.sluice.credit.add('42', { amount: '1.23', currency: 'EUR' });
    at.use(1, 120);
    let calls = 0;
    await during(
      at.panel.server,
      () => ++calls === nth,
      () => at.poll(),
      async () => {
        at.bench.clock.advance(1000);
        await at.sluice.services.set('svc-1', { client: '43' });
        at.bench.clock.advance(1000);
      },
    );
    await at.pollAfter(60_000);
    expect((await at.bench.store.notices.list({})).map(({ message }) => message)).toEqual([]);
    expect((await at.sluice.notices.list()).deliveries).toEqual([]);
  },
);
