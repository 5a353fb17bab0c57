import { expect, it } from '@jest/globals';
import { startFakeFlvx } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { startBench } from './dashboard-bench.js';
import { Link } from './share-link.js';

it("polls that change nothing learn the nodes of a client's tunnel", async () => {
  const admin = { name: 'admin_user', password: 'Very-secret-admin-1' };
  const relay = await startFakeFlvx({ now: () => Date.parse('2026-11-20T12:00:00Z'), admin });
  const tunnel = relay.addTunnel({
    name: 'DE-NL',
    entryNodes: [relay.addNode('de-1')],
    exitNodes: [relay.addNode('nl-2')],
  });
  const expTime = Date.parse('2026-12-15T00:00:00Z');
  const user = relay.addUser({ user: 'sl-x', flow: 100, expTime });
  relay.addPermission(user, tunnel, { flow: 100, expTime });
  relay.addForward(user, tunnel, { name: 'web' });
  const at = await startBench({
    kinds: [flvx],
    panels: {
      relay: {
        ...{ kind: 'flvx', url: relay.url, username: admin.name, password: admin.password },
        ...{ allowHttp: true, retries: 0 },
      },
    },
    products: { relay: { panel: 'relay', quota: { total: '100GB' }, flvx: { tunnelId: tunnel } } },
  });
  try {
    const row = { panel: 'relay', product: 'relay', client: '7', status: 'active', flvx_user_id: String(user) };
    const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    await at.sluice.services.add('relay-1', { ...row, ...due });
    for (let run = 0; run < 3; run++) {
      await at.sluice.poll({});
      at.clock.advance(15 * 60_000);
    }
    const link = await Link.open(at, { client: '7' });
    expect(await link.text('/services/relay-1')).toMatch(/<bdi>de-1<\/bdi>, <bdi>nl-2<\/bdi>/);
    const calls = relay.server.calls.length;
    await at.sluice.poll({});
    expect(relay.server.calls.slice(calls).filter(({ path }) => /node|tunnel\/list/.test(path))).toEqual([]);
  } finally {
    await at.close();
    await relay.close();
  }
});
