import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFakeEasyDcim, type FakeEasyDcim } from '@sluice/fake-panels';
import { firstUse } from './first-use.js';

const TB = 1024 ** 4;
const DAY = 86_400_000;
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

let panel: FakeEasyDcim;
beforeEach(async () => {
  panel = await startFakeEasyDcim({ token: 'token-of-the-example' });
});
afterEach(async () => {
  await panel.close();
});

describe("the README's first use", () => {
  it('is what is tested here, in 15 lines', () => {
    const source = read('./first-use.ts');
    expect(read('../../../packages/engine/README.md')).toContain(source.trim());
    const [, body = ''] = /<\[RunReport, Explanation\]> \{\n([\s\S]*)\n\}\n$/.exec(source) ?? [];
    expect(body.split('\n').length).toBeLessThanOrEqual(15);
    expect(body).toContain('sluice.explain');
  });

  it('holds a service whose traffic is used up, and explains it', async () => {
    panel.addService({ id: 501, orderId: 901, serverId: 301, user: 10, ports: [{ id: 7001, name: 'eth0' }] });
    panel.addTraffic(501, { in: TB, out: TB });
    const due = new Date(Date.now() + 20 * DAY).toISOString().slice(0, 10);
    const refs = { easydcim_service_id: '501', easydcim_order_id: '901', easydcim_server_id: '301' };
    const [report, explanation] = await firstUse(panel.url, 'token-of-the-example', {
      billing_cycle: 'monthly',
      next_due_date: due,
      ...refs,
    });
    expect([report.run.outcome, report.totals.held, report.error]).toEqual(['done', 1, null]);
    expect(explanation.holds.map(({ reason }) => reason)).toEqual(['quota']);
    expect(panel.snapshot().ports['7001']).toMatchObject({ adminState: 'down' });
  });
});
