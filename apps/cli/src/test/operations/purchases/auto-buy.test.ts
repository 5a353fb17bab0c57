import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TokenView } from '@sluice/engine';
import { withStore } from '@sluice/state-store';
import { startForEachTest } from '../../each-test.js';
import { startShop } from './shop.js';

const at = startForEachTest(() =>
  startShop(', autoBuy: { enabled: true, package: extra-50, thresholdGb: 10, maxPerCycle: 3 }'),
);
beforeEach(async () => {
  at.bench.edit('poll: {', 'poll: { brake: { share: 1%, atLeast: 1 },');
  at.bench.edit('extra-50: {', 'extra-50: { name: Fifty more,');
  await at.addClientService(1);
  at.use(1, 10);
  await at.pollReport();
});

describe('auto-buy', () => {
  it('is in the plan that the brake stopped', async () => {
    await at.run('credit add 42 20 --currency EUR');
    at.use(1, 92);
    expect((await at.poll()).exitCode).toBe(6);
    const planned = await at.run('plan');
    expect([planned.exitCode, planned.stdout]).toEqual([
      4,
      expect.stringContaining('svc-1 would buy Fifty more for 5.00'),
    ]);
    expect(planned.stdout).not.toContain('Nothing to change');
  });

  it('says which share link set it, and until when', async () => {
    const set = 'auto-buy set svc-1 --on';
    expect((await at.run(set)).stdout).toContain('auto-buy on (set for the service)');
    expect((await at.run('auto-buy clear svc-1')).exitCode).toBe(0);
    const made = await at.run('report --client 42 --share 10d --may-buy --json');
    const { id: link, createdAt: updatedAt } = made.json<{ access: TokenView }>().access;
    const of = { scope: 'link', subject: 'svc-1', enabled: true, package: null, maxPerCycle: 1, link } as const;
    await withStore({ location: at.bench.path('sluice.db'), clock: at.bench.clock }, (store) =>
      store.autoBuy.put({ ...of, thresholdBytes: null, thresholdPercent: null, updatedAt }),
    );
    const by = `on (by link ${link}, until 30 Nov 2026`;
    expect((await at.run('auto-buy show svc-1')).stdout).toContain(by);
    expect((await at.run('auto-buy set svc-1 --max 2')).stdout).toContain(by);
  });

  it('says where nothing is bought since the service is under observe', async () => {
    const set = async (): Promise<string> => (await at.run('auto-buy set svc-1 --on --max 2')).stdout;
    expect(await set()).toContain('; in force from the next poll');
    await at.run('observe dcim');
    expect(await set()).toContain('; nothing is bought while the service is under observe');
  });

  it('is set for a service or a client by options', async () => {
    expect((await at.run('auto-buy set --client 42 --on --threshold 20GB --max 1')).exitCode).toBe(0);
    expect((await at.run('auto-buy set svc-1 --package extra-10 --threshold 30%')).stdout).toMatch(
      /svc-1: auto-buy on \(set for the client\): extra-10 at 30% \(30 GB\) left, at most 1 per cycle/,
    );
    expect((await at.run('auto-buy set svc-1 --off')).exitCode).toBe(0);
    expect((await at.run('auto-buy clear svc-1')).exitCode).toBe(0);
    for (const words of [
      'auto-buy set svc-1',
      'auto-buy set svc-1 --on --off',
      'auto-buy set svc-1 --max -1',
      'auto-buy set svc-1 --threshold many',
      'auto-buy show',
    ])
      expect([words, (await at.run(words)).exitCode]).toEqual([words, 2]);
    expect((await at.run('auto-buy set svc-1 --package other')).exitCode).toBe(1);
  });
});
