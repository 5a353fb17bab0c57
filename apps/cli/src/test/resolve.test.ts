import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogEntry } from '@sluice/engine';
import { GB, HOUR, startEasyDcimBench, type EasyDcimBench } from './easydcim-bench.js';

let at: EasyDcimBench;
/** Of the action in doubt, which disabled a port. */
let id: string;
beforeEach(async () => {
  at = await startEasyDcimBench();
  at.panel.answers.ports.style = 'stateless';
  at.panel.answers.adminPorts.style = 'stateless';
  await at.addService(1, { ports: [{ id: 7011, name: 'eth0' }] });
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/disable');
  at.panel.server.inject({ match, times: 1, when: 'after', fault: { kind: 'cut' } });
  await at.poll();
  at.bench.clock.advance(HOUR);
  id = (await at.bench.store((store) => store.actions.unresolved()))[0]!.id;
});
afterEach(() => at.close());

describe('action resolve', () => {
  it('prints the action, once', async () => {
    const { exitCode, json, stderr } = await at.bench.sluice(`action resolve ${id} --done --json`);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(json<{ action: LogEntry }>().action).toMatchObject({ id, state: 'applied' });
    const again = await at.bench.sluice(`action resolve ${id} --not-done --json`);
    expect([again.exitCode, again.json<{ error: { code: string } }>().error.code]).toEqual([1, 'action_settled']);
  });

  it('takes --not-done', async () => {
    const { json } = await at.bench.sluice(`action resolve ${id} --not-done --json`);
    expect(json<{ action: LogEntry }>().action).toMatchObject({ id, state: 'failed' });
  });

  it.each(['', ' --done --not-done'])('is refused with the words "%s"', async (words) => {
    const { exitCode, json } = await at.bench.sluice(`action resolve ${id}${words} --json`);
    expect([exitCode, json<{ error: { code: string } }>().error.code]).toEqual([2, 'bad_option']);
    expect(await at.bench.store((store) => store.actions.unresolved())).toHaveLength(1);
  });

  it('says where the ids are for one that is unknown', async () => {
    const { stderr } = await at.bench.sluice(`action resolve ${id.slice(0, -1)} --done`);
    expect(stderr).toContain('"sluice log list --actions" lists the actions');
  });
});

describe('the id of an action in doubt', () => {
  it('is printed by explain, log list and doctor', async () => {
    expect((await at.bench.sluice('explain svc-1')).stdout).toMatch(new RegExp(`in-doubt ${id}`));
    expect((await at.bench.sluice('log list --actions')).stdout).toContain(id);
    expect((await at.bench.sluice('doctor')).stdout).toContain(`sluice action resolve ${id} --done`);
  });

  it('is printed where its service is to be removed', async () => {
    await at.bench.sluice('override set svc-1 --unlimited');
    await at.poll();
    const { exitCode, stderr } = await at.bench.sluice('service remove svc-1 --yes');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`sluice action resolve ${id} --done`);
  });
});
