import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeHiddify, manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, GB, startBench } from '../test/dashboard-bench.js';
import { whilePanelAnswers } from '../test/while-panel-answers.js';

let at: DashboardBench;
let fake: FakeHiddify;
let north: string;
let user: string;

async function open(agents: object, options: Parameters<typeof startFakeHiddify>[0] = {}): Promise<void> {
  fake = await startFakeHiddify({ now: manualClock('2026-11-20T12:00:00.000Z').now, ...options });
  north = fake.addAgent(undefined, { name: 'north' });
  user = fake.addUser({ agent: north, name: 'ana' });
  at = await startBench({
    fakes: [fake],
    kinds: [hiddify],
    panels: { vpn: { kind: 'hiddify', url: fake.url, allowHttp: true, apiKey: fake.key, retries: 0, agents } },
    products: { agency: { panel: 'vpn', quota: { total: '10GB' }, hiddify: { agent: north, packageDays: 30 } } },
  });
  await at.sluice.poll();
}
afterEach(() => at.close());

/** Sends a request about the agent with a token that is revoked while the panel answers; returns the status of the answer. */
async function sendWhileRevoked(request: string, body: object, skip = 0): Promise<number> {
  const { token, access } = await at.sluice.access.create({ name: `agents-${skip}`, scopes: ['operate'] });
  fake.server.clearCalls();
  const answer = await whilePanelAnswers(
    fake.server,
    () => at.call(request.replace('AGENT', north), { token, body }),
    () => at.call(`DELETE /tokens/${access.id}`),
    skip,
  );
  return answer.status;
}

const isSuspended = async () => (await at.sluice.agents.show(north)).suspended !== null;

describe('a command about an agent whose token is revoked while the panel is read', () => {
  beforeEach(() => open({}));

  it.each([0, 1])('does not suspend it: read %d', async (skip) => {
    expect(await sendWhileRevoked('POST /agents/AGENT/suspend', {}, skip)).toBe(401);
    expect([await isSuspended(), fake.user(user).enable, fake.server.changingCalls()]).toEqual([false, true, []]);
  });

  it.each([
    ['unsuspend', {}],
    ['restore', { unsuspend: true }],
  ])('does not %s it', async (what, body) => {
    await at.sluice.agents.suspend(north);
    expect(await sendWhileRevoked(`POST /agents/AGENT/${what}`, body)).toBe(401);
    expect([await isSuspended(), fake.user(user).enable, fake.server.changingCalls()]).toEqual([true, false, []]);
  });
});

it('a limit of the add-on whose token is revoked while the add-on is looked for is not set', async () => {
  await open({ addon: true }, { addOn: { endpoints: 'root', hooks: 'none' } });
  expect(await sendWhileRevoked('PUT /agents/AGENT/limit', { limitBytes: GB })).toBe(401);
  expect(fake.server.changingCalls()).toEqual([]);
});
