import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { GB } from '../../test/dashboard-bench.js';
import { type ResellerBench, startResellers } from '../../test/reseller-bench.js';
import { Link } from '../../test/share-link.js';

/** Orders of what two browsers and a program of one reseller send at once; each number chooses a request. */
const ORDERS = [
  [0, 1, 0, 1],
  [4, 2, 1, 3, 0],
];

let bench: ResellerBench;
let browsers: Link[];
let token: string;
beforeEach(async () => {
  bench = await startResellers();
  browsers = [bench.link, await Link.open(bench.at, { agent: 'north' })];
  ({ token } = await bench.at.sluice.access.create({ name: 'program', scopes: [`agent:${bench.agents.north}`] }));
});
afterEach(() => bench.at.close());

/** Traffic of the users of the reseller and of the agent below it, in GB. */
function allocated(): number {
  const { users } = bench.fake.snapshot();
  const own = users.filter(({ owner }) => owner === bench.agents.north || owner === bench.agents.east);
  return own.reduce((sum, { usageLimit }) => sum + usageLimit, 0) / GB;
}

function send(what: number, by: number, name: string): Promise<unknown> {
  const user = `/users/${bench.users.anna}`;
  const link = browsers[by % 2] ?? bench.link;
  const call = (request: string, body: object): Promise<unknown> => bench.at.call(request, { token, body });
  switch (what) {
    case 0:
      return link.post('/users', { name, traffic: '8', days: '10', confirmed: 'yes' });
    case 1:
      return link.post(`${user}/extend`, { traffic: '7', days: '', confirmed: 'yes' });
    case 2:
      return link.post(`${user}/disable`, { confirmed: 'yes' });
    case 3:
      return link.post(`${user}/enable`, { confirmed: 'yes' });
    default:
      return by % 2 === 0
        ? call('POST /agents/own/users', { name, limitBytes: 9 * GB })
        : call('POST /agents/own/users/bela/extend', { bytes: 9 * GB });
  }
}

it.each(ORDERS.map((order) => [order.join(''), order] as const))(
  'two browsers and a program never allocate more than the budget: %s',
  async (_, order) => {
    for (let round = 0; round < 2; round++) {
      await Promise.all(order.map((what, by) => send(what, by, `user-${round}-${by}`)));
      bench.at.clock.advance(61_000);
      if (round === 0) await bench.at.sluice.agents.check({});
      expect(allocated()).toBeLessThanOrEqual(40);
    }
    const [shown] = (await bench.at.sluice.agents.list({ panel: 'vpn' })).agents.filter(({ name }) => name === 'north');
    expect([shown?.usedBytes, bench.fake.user(bench.users.foreign).usageLimit]).toEqual([allocated() * GB, 10 * GB]);
    // More than the budget at the start was asked for: something had to be refused, and something was done.
    expect(allocated()).toBeGreaterThan(20);
  },
);
