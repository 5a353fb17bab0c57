import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';

const [at, open] = useOpened(startTelephonyBench);

it('a line of somebody else, which a panel without working filters sends first, is not suspended', async () => {
  await open({ wire: 'magnusbilling' });
  await at.addService();
  at.panel.addSubscriber({ id: '42', username: 'other42', customer: '501', plan: '11' });
  // Each read of lines begins with the first one of all.
  const change = (json: unknown): unknown => {
    const { rows } = json as { rows: object[] };
    const sent = rows.flatMap((row) => [{ ...row, id: 42, username: 'other42' }, row]);
    return { ...(json as object), rows: sent, count: sent.length };
  };
  const repair = at.panel.server.inject({
    match: ({ path }) => path.includes('user/read'),
    fault: { kind: 'mutate', change },
  });
  const refused = await at.sluice.provision.suspend('svc-1');
  expect([refused.service.error?.code, refused.actions]).toEqual(['PANEL_UNREADABLE', []]);
  expect(at.panel.server.changingCalls()).toEqual([]);
  repair();
  at.bench.clock.advance(3_600_000);
  await at.sluice.poll();
  expect(['42', '9001'].map((id) => at.panel.subscriber(id).status)).toEqual(['active', 'suspended']);
});
