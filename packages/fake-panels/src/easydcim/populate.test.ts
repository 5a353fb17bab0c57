import { afterEach, describe, expect, it } from '@jest/globals';
import { type FakeEasyDcim } from './fake-easydcim.js';
import { populateEasyDcim } from './populate.js';
import { startFakeEasyDcim } from './start-fake-easydcim.js';

let fake: FakeEasyDcim;

afterEach(async () => {
  await fake.close();
});

describe('a populated panel', () => {
  it('has services whose ids follow from their number', async () => {
    let now = 0;
    fake = await startFakeEasyDcim({ now: () => now });
    const made = populateEasyDcim(fake, 2, { rate: (index) => ({ inBytesPerSecond: index, outBytesPerSecond: 1 }) });
    expect(made[1]).toEqual({
      serviceId: 2,
      orderId: 1_000_002,
      serverId: 2_000_002,
      userId: 2,
      portIds: [20, 21],
      managementPortId: 29,
    });
    now = 10_000;
    expect(fake.traffic(2, 0, Infinity)).toEqual({ in: 10, out: 10, total: 20 });
    expect(fake.port(29)).toMatchObject({ management: true, serverId: 2_000_002 });
    expect(fake.order(1_000_001).serviceId).toBe(1);
  });

  it('of 10 000 services answers in no time of its own', async () => {
    fake = await startFakeEasyDcim({ keepCalls: false });
    populateEasyDcim(fake, 10_000, { since: Date.now() - 1_000_000 });
    const body = JSON.stringify({ startDate: '2020-01-01 00:00:00', endDate: '2035-01-01 00:00:00' });
    const headers = { Authorization: `Bearer ${fake.token}` };
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const url = `${fake.url}/api/v3/client/services/${(i + 1) * 50}/bandwidth`;
        return (await (await fetch(url, { method: 'POST', headers, body })).json()) as { in: number; out: number };
      }),
    );
    for (const answer of answers) expect(answer.in).toBeGreaterThanOrEqual(500_000_000);
    expect(fake.server.calls).toEqual([]);
    expect(fake.server.totals.calls).toBe(200);
  });
});
