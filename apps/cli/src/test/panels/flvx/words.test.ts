import { expect, it } from '@jest/globals';
import type { LogEntry } from '@sluice/engine';
import { startForEachTest } from '../../each-test.js';
import { HOUR, startFlvxBench } from '../../flvx-bench.js';

const at = startForEachTest(startFlvxBench);

it('plan prints a difference with times as people read them', async () => {
  const user = await at.create(1);
  at.panel.world.users.get(user)!.expTime = 1_900_000_000_000;
  const { stdout } = await at.bench.sluice('plan');
  expect(stdout).toContain('expiry 17 Mar 2030 17:46 should be 15 Dec 2026 00:00');
});

it('an account that is still restricted for an ended service is refused with the command that lifts that', async () => {
  const user = await at.create(1);
  await at.run('hold add svc-1');
  await at.bench.store(async (store) => {
    const service = await store.services.get('svc-1');
    await store.services.put([{ ...service!, status: 'vanished' }]);
  });
  await at.addService(2, { values: [`flvx_user_id=${user}`, '--allow-duplicate-refs'] });
  const { exitCode, stdout } = await at.bench.sluice('provision create svc-2 --adopt --password-file pw');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/still restricted for svc-1, which has ended/);
  expect(stdout).toContain('Run "sluice poll" first');
});

it('forwards that are paused again are in the log and its export, and a quiet poll prints nothing', async () => {
  const user = await at.create(1);
  for (const name of ['web', 'game']) at.panel.addForward(user, at.tunnels.hk, { name });
  await at.run('hold add svc-1');
  at.bench.clock.advance(HOUR);
  const quiet = await at.bench.sluice('poll --quiet');
  expect([quiet.exitCode, quiet.stdout]).toEqual([0, '']);
  const lines = (await at.bench.sluice('log export -')).stdout.trim().split('\n');
  expect(lines.filter((line) => (JSON.parse(line) as LogEntry).kind === 'refresh')).toHaveLength(1);
  const { stdout } = await at.bench.sluice('log list');
  expect(stdout).toMatch(/refresh +relay +- +restricted again +2 objects in 1 call/);
});

it('an acknowledged alarm has its times as in the list', async () => {
  const user = await at.create(1);
  at.panel.world.users.get(user)!.expTime = Date.parse('2026-11-01T00:00:00Z');
  await at.bench.sluice('poll');
  const { alarms } = (await at.bench.sluice('notice list --json')).json<{
    alarms: { id: string; message: string }[];
  }>();
  const { id = '' } = alarms.find(({ message }) => message.includes('expired')) ?? {};
  const { stdout } = await at.bench.sluice(`notice ack ${id}`);
  expect(stdout).toContain('expired on 1 Nov 2026 00:00');
});
