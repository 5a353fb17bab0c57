import { expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { codeOf, EngineBench } from '../bench/engine-bench.js';

const SECRET = 'Hunter-2-Geheim';

it.each(['voicemail_password', 'vm_pin', 'api_token'])(
  'the further field %s of a profile is stored nowhere',
  async (name) => {
    const clock = manualClock('2026-11-05T12:00:00Z');
    const panel = await startFakeAstbilling({ now: clock.now });
    const plan = panel.add('plans', { id: '11', name: 'Corporativo' });
    panel.addSubscriber({ id: '9001', username: 'joao1042', plan });
    const resources = { subscribers: { fields: { [name]: name } }, dids: { fields: { [name]: name } } };
    const profile = { profileVersion: 1, name: 'ours', extends: 'default', resources };
    const own = `url: "${panel.url}", retries: 0, allowHttp: true, token: ${JSON.stringify(panel.token)}`;
    const bench = await EngineBench.open(
      clock,
      { kinds: [astbilling], readFile: () => JSON.stringify(profile) },
      `timeZone: America/Sao_Paulo
currency: BRL
panels:
  voice: { kind: astbilling, ${own}, profile: ./ours.json, billFrom: 2026-10-01 }
products:
  line: { panel: voice, astbilling: { planId: "11" } }
`,
    );
    const set = (dryRun: boolean) =>
      bench.sluice.telephony.set('subscribers', '9001', { values: { [name]: SECRET }, dryRun });
    const documents = [await set(true), await set(false)];
    expect(documents).toMatchObject([{ changed: [name] }, { changed: [name], differs: [] }]);
    expect(JSON.stringify(panel.server.calls)).toContain(SECRET);
    expect(JSON.stringify([documents, await bench.store.actions.list({})])).not.toContain(SECRET);
    panel.addDid({ number: '+551140001234', subscriber: '9001' });
    const service = {
      panel: 'voice',
      product: 'line',
      client: '42',
      status: 'active',
      astbilling_subscriber_id: '9001',
    };
    await bench.sluice.services.add('svc-1', service);
    expect(await codeOf(bench.sluice.dids.set('1140001234', { values: { [name]: SECRET } }))).toBe('bad_value');
    expect(JSON.stringify(await bench.store.actions.list({}))).not.toContain(SECRET);
    await bench.close();
    await panel.close();
  },
);
