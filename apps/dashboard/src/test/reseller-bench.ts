import { type FakeHiddify, manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, GB, startBench } from './dashboard-bench.js';
import type { DashboardOptions } from '../index.js';
import { Link } from './share-link.js';

/** Resellers on a Hiddify panel, with the pages of one of them. */
export interface ResellerBench {
  at: DashboardBench;
  fake: FakeHiddify;
  /** The agent `north` with a budget of 40 GB, `east` below it, and `south` beside it. */
  agents: Record<'north' | 'east' | 'south', string>;
  /** Users of 10 GB: `anna` of `north`, `bela` of `east`, `foreign` of `south`. */
  users: Record<'anna' | 'bela' | 'foreign', string>;
  /** The share link of `north`. */
  link: Link;
  /** What `north` must never read: keys of agents, and everything of others. */
  secrets: string[];
}

/** Starts it at 2026-11-20 12:00 UTC. `anna` has used 9 GB. */
export async function startResellers(limits: DashboardOptions['limits'] = {}): Promise<ResellerBench> {
  const fake = await startFakeHiddify({ now: manualClock('2026-11-20T12:00:00.000Z').now });
  const north = fake.addAgent(undefined, { name: 'north' });
  const agents = {
    north,
    east: fake.addAgent(north, { name: 'east' }),
    south: fake.addAgent(undefined, { name: 'south' }),
  };
  const add = (agent: string, name: string, used = 0): string =>
    fake.addUser({ agent, name, usageLimit: 10 * GB, currentUsage: used * GB });
  const users = {
    anna: add(north, 'anna', 9),
    bela: add(agents.east, 'bela'),
    foreign: add(agents.south, 'foreign'),
  };
  const access = { kind: 'hiddify', url: fake.url, allowHttp: true, apiKey: fake.key, retries: 0 };
  const vpn = {
    ...access,
    publicUrl: 'https://vpn.example.com',
    clientPath: 'subscribe',
    agents: { accounting: 'allocated' },
  };
  const at = await startBench({
    fakes: [fake],
    kinds: [hiddify],
    panels: { vpn },
    dashboard: { limits: { requestsPerMinute: 100_000, ...limits } },
  });
  const limit = { panel: 'vpn', opening: undefined, dryRun: false, confirm: () => Promise.resolve() };
  await at.sluice.agents.limit('north', { ...limit, limitBytes: 40 * GB });
  await at.sluice.agents.check({});
  const link = await Link.open(at, { agent: 'north' });
  const secrets = [...Object.values(agents), users.foreign, 'south', 'foreign', fake.key];
  return { at, fake, agents, users, link, secrets };
}
