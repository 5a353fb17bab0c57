import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);

it('bills no call that names no line but the username of another, and says so', async () => {
  await at.addService();
  const own = at.addCall('2026-10-03T10:00:00-03:00', '0.2300');
  const theirs = at.addCall('2026-10-04T10:00:00-03:00', '5.0000');
  const usernames: Record<string, string> = { [own]: 'joao1042', [theirs]: 'maria2000' };
  const change = (json: unknown): unknown => {
    const page = json as { data: { id: string }[] };
    return { ...page, data: page.data.map((row) => ({ ...row, subscriber_id: null, username: usernames[row.id] })) };
  };
  at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'mutate', change } });
  const { bills } = await at.sluice.calls.bill({ service: 'svc-1', period: '2026-10' });
  expect(bills).toMatchObject([
    {
      state: 'added',
      calls: 1,
      total: '0.23',
      warnings: [{ code: 'other_subscriber', message: expect.stringContaining(theirs) }],
    },
  ]);
});
