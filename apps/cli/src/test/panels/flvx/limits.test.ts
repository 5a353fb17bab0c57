import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { ADMIN_PASSWORD, flvxConfig, GB, HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';
import { Bench } from '../../harness.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

const account = (id: number): string => at.panel.user(id)?.user ?? '';
const names = (): string[] => [...at.panel.world.limits.values()].map((limit) => limit.name);

async function reconcile(): Promise<RunReport> {
  at.bench.clock.advance(HOUR);
  const done = await at.run('reconcile');
  expect(done.exitCode).toBe(0);
  return done.json<RunReport>();
}

const oldNames = (report: RunReport): string[] =>
  report.notices.filter(({ code }) => code === 'speed_limit_old_name').map(({ message }) => message);

/** A customer whose limit bears the name that an earlier version gave it; `made`: this store's journal shows that it did. */
async function earlier({ made }: { made: boolean }): Promise<void> {
  const user = await at.create(1, { product: 'slow' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  const [limit] = [...at.panel.world.limits.values()];
  limit!.name = 'sluice:svc-1:50M';
  if (!made) return;
  await at.bench.store(async (store) => {
    const [row] = (await store.actions.list({ service: 'svc-1' })).filter((one) => one.type === 'create-speed-limit');
    const again = {
      ...row!,
      id: 'act-earlier',
      key: 'earlier',
      target: 'sluice:svc-1:50M',
      state: 'planned' as const,
      calledAt: null,
      givenUpAt: null,
      endedAt: null,
      observed: null,
      attempts: 0,
    };
    await store.write((tables) => tables.actions.plan([again]));
    await store.write((tables) => tables.actions.called('act-earlier', again.plannedAt));
    const settled = {
      state: 'applied',
      endedAt: again.plannedAt,
      observed: null,
      errorCode: null,
      errorMessage: null,
    };
    await store.write((tables) => tables.actions.end('act-earlier', { ...settled, state: 'applied' }));
  });
}

describe('a speed limit of a service’s own', () => {
  it('bears the name of the account: two stores whose services have one id do not share it', async () => {
    await at.create(1, { product: 'slow' });
    const second = new Bench(at.bench.clock);
    second.env['FLVX_PASSWORD'] = ADMIN_PASSWORD;
    second.write('sluice.yaml', flvxConfig(at.panel.url));
    const words = ['service', 'add', 'svc-1', 'panel=relay', 'product=slow', 'billing_cycle=monthly'];
    await second.sluice([...words, 'next_due_date=2026-12-15']);
    expect((await second.sluice('provision create svc-1 --json')).exitCode).toBe(0);
    expect(names()).toEqual([`sluice:${account(3)}:50M`, `sluice:${account(4)}:50M`]);
    expect([3, 4].map((id) => at.panel.permission(id, 1)?.speedId)).toEqual([1, 2]);
    expect((await second.sluice('provision terminate svc-1 --yes')).exitCode).toBe(0);
    expect(names()).toEqual([`sluice:${account(3)}:50M`]);
    second.close();
  });

  it('bears the panel’s id of an account that Sluice did not make', async () => {
    const user = at.panel.addUser({ user: 'guessable' });
    at.panel.addPermission(user, at.tunnels.hk);
    await at.addService(1, { product: 'slow', values: [`flvx_user_id=${user}`] });
    await reconcile();
    expect(names()).toEqual([`sluice:user#${user}:50M`]);
  });
});

describe('a speed limit of an old name', () => {
  it('stays, with a notice, until the speed changes; then it is replaced and taken away', async () => {
    await earlier({ made: true });
    const report = await reconcile();
    expect(report.services[0]?.actions).toEqual([]);
    expect(oldNames(report)).toEqual([expect.stringMatching(/speed limit 1 \(sluice:svc-1:50M\) of svc-1/)]);
    expect(oldNames(await reconcile())).toEqual([]);
    at.panel.world.users.get(3)!.inFlow = 120 * GB;
    await reconcile();
    expect(names()).toEqual(['sluice:svc-1:50M', `sluice:${account(3)}:2M`]);
    await at.run('override set svc-1 --quota 500GB');
    await reconcile();
    expect(names()).toEqual([`sluice:${account(3)}:50M`]);
    expect(at.panel.findSpeed(2)).toBe(6.2);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('is not ours without the journal’s word: it is replaced, and left on the panel', async () => {
    await earlier({ made: false });
    const [message] = oldNames(await reconcile());
    expect(message).toMatch(/this store did not create it/);
    at.bench.write(
      'sluice.yaml',
      flvxConfig(at.panel.url).replace('speedMbit: 50, throttleMbit', 'speedMbit: 60, throttleMbit'),
    );
    await reconcile();
    expect(names()).toEqual(['sluice:svc-1:50M', `sluice:${account(3)}:60M`]);
    expect((await at.run('provision terminate svc-1 --yes')).exitCode).toBe(0);
    expect(names()).toEqual(['sluice:svc-1:50M']);
  });

  it('goes with the account where this store has made it', async () => {
    await earlier({ made: true });
    expect((await at.run('provision terminate svc-1 --yes')).exitCode).toBe(0);
    expect(names()).toEqual([]);
  });
});
