import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startShop } from '../purchases/shop.js';
import { type Command, useHammer } from './hammer.js';

const at = useBench(startShop);
const hammer = useHammer(at);

const refused: Command = (sluice) => sluice.purchases.create('svc-1', 'extra-50', { client: '42', waitMs: 0 });
const waiting: Command = (sluice) => sluice.purchases.create('svc-1', 'extra-50', { client: '42', waitMs: 500 });
let changes = 0;
const autoBuy: Command = (sluice) =>
  sluice.autoBuy.set({ service: 'svc-1', owner: '42' }, { maxPerCycle: (changes++ % 7) + 1 }, { waitMs: 0 });

async function poll(): Promise<RunReport> {
  const report = await at.pollReport();
  await hammer.stop();
  return report;
}

describe('a service over its allowance whose client sends commands without a break', () => {
  it.each([
    ['purchases that are refused, on one connection', refused, 1],
    ['purchases that are refused, on four connections', refused, 4],
    ['purchases that wait for their turn', waiting, 3],
    ['changes of auto-buy, on one connection', autoBuy, 1],
    ['changes of auto-buy, on four connections', autoBuy, 4],
  ])('is held by the first poll (%s)', async (_what, command, connections) => {
    await at.addClientService(1);
    at.use(1, 200);
    const codes = await hammer.send(command, connections);
    const { run, services } = await poll();
    expect(codes().size).toBeGreaterThan(0);
    expect(services).toMatchObject([{ id: 'svc-1', holds: [{ reason: 'quota' }], error: null }]);
    expect([run.outcome, at.portState(1)]).toEqual(['done', 'down']);
  });
});

describe('a service over its allowance that a command works on for longer than a run waits', () => {
  const codes = ({ notices }: RunReport): string[] => notices.map(({ code }) => code);
  const expectLeft = ({ run, services }: RunReport): void => {
    expect(run.outcome).toBe('partial');
    expect(services).toMatchObject([{ id: 'svc-1', holds: [], error: { code: 'lease_held' } }]);
  };

  it('is reported from the second run in a row, once, and held when the command has ended', async () => {
    await at.addClientService(1);
    at.use(1, 200);
    const release = await at.bench.takeLease('service:svc-1');
    const first = await poll();
    expectLeft(first);
    expect(codes(first)).not.toContain('kept_unheld');
    const second = await poll();
    expectLeft(second);
    expect(second.notices).toContainEqual({
      code: 'kept_unheld',
      service: 'svc-1',
      message: expect.stringContaining('svc-1 should be held') as unknown,
    });
    expect(codes(await poll())).not.toContain('kept_unheld');
    await release();
    expect((await poll()).services).toMatchObject([{ id: 'svc-1', holds: [{ reason: 'quota' }] }]);
    expect(await at.bench.store.conditions.list('left-out:')).toEqual([]);
    expect(await at.bench.store.leases.list()).toEqual([]);
  });

  it('is not reported while it is within its allowance', async () => {
    await at.open(200);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    const release = await at.bench.takeLease('service:svc-1');
    for (let time = 0; time < 2; time++) expect(codes(await poll())).not.toContain('kept_unheld');
    await release();
    await poll();
    expect(at.portState(1)).toBe('up');
  });
});

it('a command is refused while a run is the next to work on its service', async () => {
  await at.addClientService(1);
  const release = await at.bench.takeLease('turn:service:svc-1');
  const add = at.sluice.holds.add('svc-1', { waitMs: 0 });
  await expect(add).rejects.toMatchObject({ kind: 'busy', code: 'lease_held' });
  await release();
  expect((await at.sluice.holds.add('svc-1', { waitMs: 0 })).run.outcome).toBe('done');
});
