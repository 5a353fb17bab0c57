import { beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { useBench } from '../bench/each-test.js';
import { codeOf, GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { type Command, useHammer } from '../loop/hammer.js';

const at = useBench(startHiddifyBench);
const hammer = useHammer(at);

/** A clock on which waiting for others lasts, while the panel answers them. */
const waiting = {
  now: () => at.bench.clock.now(),
  sleep: (ms: number) => setTimeout(Math.min(ms, 50)),
};

let changes = 0;
const switchUser =
  (waitMs: number): Command =>
  (sluice) => {
    const options = { waitMs };
    return changes++ % 2 === 0
      ? sluice.agents.disableUser('north', 'anna', options)
      : sluice.agents.enableUser('north', 'anna', options);
  };

beforeEach(() => {
  at.panel.addUser({ agent: at.north, name: 'anna', usageLimit: 10 * GB });
});

describe('a panel whose reseller changes users without a break', () => {
  it.each([
    ['a poll', 'poll', 0, 1],
    ['a reconcile, while changes are refused on four connections', 'reconcile', 0, 4],
    ['a reconcile, while changes wait on four connections', 'reconcile', 500, 4],
    ['a check of agents, while changes wait on four connections', 'check', 500, 4],
  ] as const)('is had by %s', async (_what, run, waitMs, connections) => {
    await at.addService(1, { product: 'vpn-50' });
    await at.sluice.provision.create('svc-1');
    const sluice = await at.bench.restart({ clock: waiting });
    const codes = await hammer.send(switchUser(waitMs), connections, { clock: waiting });
    const report = await (run === 'check' ? sluice.agents.check() : sluice[run]());
    await hammer.stop();
    expect([report.run.outcome, report.panels]).toEqual(['done', []]);
    expect(codes().get('done')).toBeGreaterThan(0);
    expect(await at.bench.store.leases.list()).toEqual([]);
  });
});

const disable = (waitMs = 0) => at.sluice.agents.disableUser('north', 'anna', { waitMs });

it('a change of a user is refused while a run is the next on its panel, and made once that run was killed', async () => {
  const release = await at.bench.takeLease('turn:panel:vpn');
  await expect(disable()).rejects.toMatchObject({ kind: 'busy', code: 'lease_held' });
  await release();
  await at.bench.inAnother(() => Promise.resolve());
  const killed = { owner: { host: 'test', pid: 1002, processStart: '1' }, run: 'run-killed' };
  const now = new Date(at.bench.clock.now()).toISOString();
  const left = { name: 'turn:panel:vpn', ...killed, now, ttlMs: HOUR, isAlive: () => true };
  expect((await at.bench.store.leases.acquire(left)).acquired).toBe(true);
  expect((await disable()).run.outcome).toBe('done');
});

it('a run waits for a command, and leaves a panel to a run that has it or is the next on it', async () => {
  const { run } = await disable();
  const free = await at.bench.takeLease('panel:vpn', run.id);
  let slept = 0;
  const sleep = async (): Promise<void> => {
    slept++;
    if (slept === 1) expect(await codeOf(at.sluice.agents.check())).toBe('lease_held');
    if (slept === 3) await free();
  };
  const other = await at.bench.start({ clock: { now: () => at.bench.clock.now(), sleep } });
  expect((await other.agents.check()).run.outcome).toBe('done');
  expect(slept).toBe(3);
});
