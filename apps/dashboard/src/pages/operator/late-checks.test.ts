import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FakeHiddify, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, GB, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

const MINUTE = 60_000;

let vpn: FakeHiddify;
let at: DashboardBench;
let cookie: string;

beforeAll(async () => {
  vpn = await startFakeHiddify({ now: () => Date.parse('2026-11-20T12:00:00Z') });
  vpn.addAgent(undefined, { name: 'north' });
  at = await startBench({
    fakes: [vpn],
    kinds: [hiddify],
    panels: { vpn: { kind: 'hiddify', url: vpn.url, apiKey: vpn.key, allowHttp: true, retries: 0, agents: {} } },
    products: { vpn: { panel: 'vpn', quota: { total: '50GB' } } },
  });
  await at.sluice.agents.limit('north', { panel: 'vpn', limitBytes: 20 * GB });
  cookie = await at.login();
});
afterAll(() => at.close());

const read = async (path: string): Promise<string> => textOf(await (await at.fetch(path, { cookie })).text());

it('the overview and the pages of panels and agents say that the checks of agents have stopped, until the next', async () => {
  const [, address = ''] = /href="(\/agents\/[^"]*)"/.exec(await (await at.fetch('/agents', { cookie })).text()) ?? [];
  const pages = ['/', '/panels', '/panels/vpn', '/agents', address.replace('&amp;', '&')];
  await at.sluice.poll({});
  await at.sluice.agents.check({});
  at.clock.advance(15 * MINUTE);
  await at.sluice.poll({});
  for (const path of pages) expect(await read(path)).not.toContain('No check of');
  at.clock.advance(MINUTE);
  for (const path of pages)
    expect(await read(path)).toMatch(
      /No check of the agents of panel vpn has begun since .*: their limits are not enforced before the next one\. That was 16 min ago\. .* sluice schedule show /,
    );
  expect(await read('/panels/dcim')).not.toContain('No check of');
  await at.sluice.agents.check({});
  at.clock.advance(2000);
  for (const path of pages) expect(await read(path)).not.toContain('No check of');
});
