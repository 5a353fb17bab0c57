import { beforeEach, expect, it } from '@jest/globals';
import type { LogEntry } from '@sluice/engine';
import { startForEachTest } from './each-test.js';
import { HOUR, startEasyDcimBench } from './easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);
/** Of the action in doubt, which disabled a port. */
let id: string;
beforeEach(async () => {
  at.panel.answers.ports.style = 'stateless';
  at.panel.answers.adminPorts.style = 'stateless';
  await at.addService(1, { ports: [{ id: 7011, name: 'eth0' }] });
  at.use(1, 200);
  const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/disable');
  at.panel.server.inject({ match, times: 1, when: 'after', fault: { kind: 'cut' } });
  await at.poll();
  at.bench.clock.advance(HOUR);
  id = (await at.bench.store((store) => store.actions.unresolved()))[0]!.id;
});

interface Answer {
  action?: LogEntry;
  error?: { code: string };
}

/** Resolves the action; returns the exit code, and the action's new state or the error. */
async function resolve(words: string): Promise<unknown[]> {
  const { exitCode, json, stderr } = await at.bench.sluice(`action resolve ${id} ${words} --json`.replace('  ', ' '));
  const { action, error } = json<Answer>();
  return [exitCode, stderr, action?.state ?? error?.code];
}

it('action resolve needs one of --done and --not-done, and prints the action once', async () => {
  for (const words of ['', '--done --not-done']) expect(await resolve(words)).toEqual([2, '', 'bad_option']);
  expect(await resolve('--done')).toEqual([0, '', 'applied']);
  expect(await resolve('--not-done')).toEqual([1, '', 'action_settled']);
});

it('action resolve takes --not-done', async () => {
  expect(await resolve('--not-done')).toEqual([0, '', 'failed']);
});

it('the id of an action in doubt is printed by explain, log list and doctor, and where its service is to be removed', async () => {
  expect((await at.bench.sluice('explain svc-1')).stdout).toMatch(new RegExp(`in-doubt ${id}`));
  expect((await at.bench.sluice('log list --actions')).stdout).toContain(id);
  expect((await at.bench.sluice('doctor')).stdout).toContain(`sluice action resolve ${id} --done`);
  const mistyped = await at.bench.sluice(`action resolve ${id.slice(0, -1)} --done`);
  expect(mistyped.stderr).toContain('"sluice log list --actions" lists the actions');
  await at.bench.sluice('override set svc-1 --unlimited');
  await at.poll();
  const { exitCode, stderr } = await at.bench.sluice('service remove svc-1 --yes');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`sluice action resolve ${id} --done`)]);
});
