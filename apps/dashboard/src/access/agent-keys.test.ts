import { expect, it } from '@jest/globals';
import { manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { startBench } from '../test/dashboard-bench.js';

it('an error shows a token that only reads four digits of the uuid of an agent, which is a key of its panel', async () => {
  const fake = await startFakeHiddify({ now: manualClock('2026-11-20T12:00:00.000Z').now });
  const uuids = [fake.addAgent(undefined, { name: 'north' }), fake.addAgent(undefined, { name: 'north' })];
  const vpn = { kind: 'hiddify', url: fake.url, allowHttp: true, apiKey: fake.key, retries: 0, agents: {} };
  const at = await startBench({ fakes: [fake], kinds: [hiddify], panels: { vpn } });
  try {
    const shown = async (scope: string): Promise<unknown> => {
      const { json } = await at.call('GET /agents/north', { token: await at.token(scope) });
      return json['error'];
    };
    const asKey = { code: 'ambiguous_agent', details: { uuids: uuids.sort() } };
    expect(await shown('operate')).toMatchObject(asKey);
    const four = { uuids: uuids.map((uuid) => `${uuid.slice(0, 4)}...`) };
    expect(await shown('read')).toMatchObject({ ...asKey, details: four });
  } finally {
    await at.close();
  }
});
