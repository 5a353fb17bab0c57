import { beforeEach, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

const { port } = toIds(1);
const CONFIG = `poll: { doubt: { jump: off } }
currency: EUR
packages: { extra: { traffic: 500GB, price: "5.00" } }
`;

const at = useBench(() => startEasyDcimBench(CONFIG));

/** The answer to such a call is lost, on a panel that shows no states of ports. */
function lose(what: 'disable' | 'enable'): void {
  const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith(`/${what}`);
  at.panel.server.inject({ match, times: 1, when: 'after', fault: { kind: 'cut' } });
}

beforeEach(async () => {
  await at.bench.edit('action: disable-ports }', 'action: disable-ports, packages: [extra] }');
  at.panel.answers.ports.style = 'stateless';
  at.panel.answers.adminPorts.style = 'stateless';
  await at.addService(1, { ports: [{ id: port(1), name: 'eth0' }] });
  await at.sluice.services.set('svc-1', { client: '7' });
  await at.sluice.credit.add('7', { amount: '50.00', currency: 'EUR' });
  at.use(1, 200);
});

const buy = (ref: string) => at.sluice.purchases.create('svc-1', 'extra', { client: '7', ref });

it.each(['disable', 'enable'] as const)(
  'a client is not told to try again what is paid, where the outcome of a call is not known: %s',
  async (what) => {
    if (what === 'disable') lose(what);
    await at.poll();
    at.bench.clock.advance(HOUR);
    if (what === 'enable') {
      await at.poll();
      lose(what);
    }
    for (const ref of ['a', 'a', 'b']) {
      const { purchase, error } = await buy(ref);
      expect([purchase.status, error?.code]).toEqual(['paid', 'outcome_unknown']);
      expect(error?.message).toContain('do not buy again');
    }
  },
);

it('a client whose package is not enough is not told to buy no more', async () => {
  await at.poll();
  at.use(1, 900);
  at.bench.clock.advance(HOUR);
  await at.poll();
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  const { purchase, error } = await buy('a');
  expect([purchase.status, error?.message]).toEqual([
    'paid',
    'The package is paid and counts, but it is not enough to end the restriction of the service',
  ]);
});
