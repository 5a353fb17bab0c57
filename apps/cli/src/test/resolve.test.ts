import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ActionRecord, EvidenceRecord } from '@sluice/state-store';
import type { Explanation, LogEntry, RunReport } from '@sluice/engine';
import { configText, GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from './easydcim-bench.js';
import { startHiddifyBench } from './hiddify-bench.js';

const MINUTE = 60_000;
const { port } = toIds(1);

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
  at.panel.answers.ports.style = 'stateless';
  at.panel.answers.adminPorts.style = 'stateless';
  await at.addService(1, { ports: [{ id: port(1), name: 'eth0' }] });
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
});
afterEach(() => at.close());

const calls = (): string[] => at.panel.server.changingCalls().map(({ path }) => path.split('/').at(-1) ?? '');
const portState = (): string => at.panel.port(port(1)).adminState;
const unresolved = (): Promise<ActionRecord[]> => at.bench.store((store) => store.actions.unresolved());
const evidence = (): Promise<EvidenceRecord[]> => at.bench.store((store) => store.evidence.open());
const free = (): Promise<unknown> => at.bench.sluice('override set svc-1 --unlimited');

/** Polls with the answer to that call lost, and gives the id of the action in doubt, long after the grace. */
async function leaveDoubt(call: 'disable' | 'enable', when: 'before' | 'after'): Promise<string> {
  const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith(`/${call}`);
  at.panel.server.inject({ match, times: 1, when, fault: { kind: 'cut' } });
  await at.poll();
  at.bench.clock.advance(HOUR);
  const [row] = await unresolved();
  if (!row) throw new Error('nothing is in doubt');
  return row.id;
}

async function resolve(id: string, word: '--done' | '--not-done'): Promise<LogEntry> {
  const { exitCode, json, stderr } = await at.bench.sluice(`action resolve ${id} ${word} --json`);
  expect([exitCode, stderr]).toEqual([0, '']);
  return json<{ action: LogEntry }>().action;
}

describe('action resolve --done', () => {
  it('makes a disabled port ours, so that the release enables it', async () => {
    const id = await leaveDoubt('disable', 'after');
    const action = await resolve(id, '--done');
    expect(action).toMatchObject({
      kind: 'action',
      id,
      type: 'disable-port',
      target: String(port(1)),
      service: 'svc-1',
      state: 'applied',
      observed: { resolved: { as: 'done', at: action.at } },
      error: null,
    });
    expect(await evidence()).toMatchObject([{ target: String(port(1)), action: id, prior: { state: 'unknown' } }]);
    expect((await at.poll()).exitCode).toBe(0);
    expect(calls()).toEqual(['disable']);
    await free();
    await at.poll();
    expect([portState(), calls()]).toEqual(['up', ['disable', 'enable']]);
  });

  it('ends the evidence of a port that was enabled', async () => {
    await at.poll();
    at.bench.clock.advance(16 * MINUTE);
    await at.poll();
    await free();
    await resolve(await leaveDoubt('enable', 'after'), '--done');
    expect(await evidence()).toEqual([]);
    expect((await at.poll()).exitCode).toBe(0);
    expect(calls()).toEqual(['disable', 'enable']);
  });

  it('is journaled as a run, and works under observe', async () => {
    const id = await leaveDoubt('disable', 'after');
    at.bench.write('sluice.yaml', configText(at.panel.url, 'enforce: observe'));
    const { observed } = await resolve(id, '--done');
    const runs = (await at.bench.sluice('log list --runs --json')).json<{ entries: LogEntry[] }>().entries;
    const run = runs.find(({ command }) => command === 'action resolve');
    expect(run).toMatchObject({ exitCode: 0, dryRun: false });
    expect(observed).toMatchObject({ resolved: { run: run?.run } });
    expect(await evidence()).toHaveLength(1);
    expect((await at.poll()).exitCode).toBe(0);
  });
});

describe('action resolve --not-done', () => {
  it('leaves nothing to undo, and the next run disables the port again', async () => {
    const id = await leaveDoubt('disable', 'before');
    expect(await resolve(id, '--not-done')).toMatchObject({ state: 'failed', error: { code: 'not_done' } });
    expect([await evidence(), await unresolved()]).toEqual([[], []]);
    await at.poll();
    expect(portState()).toBe('down');
  });

  it('keeps the evidence of a port that was to be enabled', async () => {
    await at.poll();
    at.bench.clock.advance(16 * MINUTE);
    await at.poll();
    await free();
    await resolve(await leaveDoubt('enable', 'before'), '--not-done');
    expect(await evidence()).toHaveLength(1);
    await at.poll();
    expect(portState()).toBe('up');
  });
});

describe('the id of an action in doubt', () => {
  it('is shown by explain, log list and doctor', async () => {
    const id = await leaveDoubt('disable', 'after');
    expect((await at.bench.sluice('explain svc-1')).stdout).toMatch(new RegExp(`in-doubt ${id}`));
    const explained = (await at.bench.sluice('explain svc-1 --json')).json<Explanation>();
    expect(explained.actions[0]?.id).toBe(id);
    expect((await at.bench.sluice('log list --actions')).stdout).toContain(id);
    expect((await at.bench.sluice('doctor')).stdout).toContain(`sluice action resolve ${id} --done`);
  });
});

describe('action resolve is refused', () => {
  const refusal = async (words: string): Promise<{ exitCode: number; code: string; message: string }> => {
    const { exitCode, json } = await at.bench.sluice(`${words} --json`);
    return { exitCode, ...json<{ error: { code: string; message: string } }>().error };
  };

  it('for an unknown id, and names the nearest', async () => {
    const id = await leaveDoubt('disable', 'after');
    const refused = await refusal(`action resolve ${id.slice(0, -1)} --done`);
    expect(refused).toMatchObject({ exitCode: 1, code: 'unknown_action' });
    expect(refused.message).toContain(id);
    const { stderr } = await at.bench.sluice(`action resolve ${id.slice(0, -1)} --done`);
    expect(stderr).toContain('"sluice log list --actions" lists the actions');
  });

  it('for an action that is settled', async () => {
    const id = await leaveDoubt('disable', 'after');
    await resolve(id, '--done');
    expect(await refusal(`action resolve ${id} --not-done`)).toMatchObject({ exitCode: 1, code: 'action_settled' });
  });

  it('for an action without a call', async () => {
    await at.poll();
    const id = await at.bench.store(async (store) => {
      const [row] = await store.actions.list({});
      if (!row) throw new Error('no action');
      await store.actions.plan([{ ...row, id: 'act-planned', key: 'other', state: 'planned', calledAt: null }]);
      return 'act-planned';
    });
    expect(await refusal(`action resolve ${id} --done`)).toMatchObject({ exitCode: 1, code: 'action_not_called' });
  });

  it.each(['', ' --done --not-done'])('with the words "%s"', async (words) => {
    const id = await leaveDoubt('disable', 'after');
    expect(await refusal(`action resolve ${id}${words}`)).toMatchObject({ exitCode: 2, code: 'bad_option' });
    expect(await unresolved()).toHaveLength(1);
  });

  it('while another run works on the service', async () => {
    const id = await leaveDoubt('disable', 'after');
    const owner = { host: 'elsewhere', pid: 1, processStart: '1' };
    await at.bench.store(async (store) => {
      const now = new Date(at.bench.clock.now()).toISOString();
      const lease = { name: 'service:svc-1', owner, run: 'run-other', now, ttlMs: MINUTE, isAlive: () => true };
      expect((await store.leases.acquire(lease)).acquired).toBe(true);
    });
    expect(await refusal(`action resolve ${id} --done --wait-lock 1s`)).toMatchObject({
      exitCode: 5,
      code: 'lease_held',
    });
    expect(await unresolved()).toHaveLength(1);
  });
});

describe('a service with an action in doubt', () => {
  it('is neither removed nor moved to another panel', async () => {
    const id = await leaveDoubt('disable', 'after');
    await free();
    await at.poll();
    at.bench.write(
      'sluice.yaml',
      configText(at.panel.url)
        .replace(
          'products:',
          `  other: { kind: easydcim, url: "${at.panel.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}" }\nproducts:`,
        )
        .concat('\n  elsewhere: { panel: other }\n'),
    );
    for (const words of ['service remove svc-1 --yes', 'service set svc-1 panel=other product=elsewhere']) {
      const { exitCode, stderr } = await at.bench.sluice(words);
      expect([words, exitCode]).toEqual([words, 1]);
      expect(stderr).toContain(`sluice action resolve ${id} --done`);
    }
    await resolve(id, '--not-done');
    expect((await at.bench.sluice('service remove svc-1 --yes')).exitCode).toBe(0);
  });
});

describe("an action on an agent's user", () => {
  it.each([
    ['--done', 'applied', 'after'],
    ['--not-done', 'failed', 'before'],
  ] as const)('is settled by %s', async (word, state, when) => {
    const vpn = await startHiddifyBench();
    try {
      const user = vpn.panel.addUser({ agent: vpn.north });
      await vpn.sluice('agent limit north --gb 1');
      vpn.panel.use(user, 2 * GB);
      vpn.panel.server.inject({ endpoint: /^PATCH/, when, times: 1, fault: { kind: 'cut' } });
      const lookAgain = 'GET /api/v2/admin/user/{uuid}/';
      vpn.panel.server.inject({ endpoint: lookAgain, skip: 1, times: 1, fault: { kind: 'cut' } });
      await vpn.check();
      const [row] = await vpn.bench.store((store) => store.actions.unresolved());
      const resolved = await vpn.sluice(`action resolve ${row?.id ?? ''} ${word}`);
      expect(resolved.exitCode).toBe(0);
      expect(resolved.json<{ action: LogEntry }>().action).toMatchObject({ service: null, panel: 'vpn', state });
      expect(await vpn.bench.store((store) => store.actions.unresolved())).toEqual([]);
      await vpn.check();
      expect(vpn.panel.user(user).enable).toBe(false);
      await vpn.sluice('agent limit north --gb 50');
      await vpn.check();
      expect(vpn.panel.user(user).enable).toBe(true);
    } finally {
      await vpn.close();
    }
  });
});

describe('a poll over two services', () => {
  it('is no failure as a whole because of one doubt', async () => {
    await leaveDoubt('disable', 'after');
    await at.addService(2);
    const polled = await at.poll();
    expect(polled.exitCode).toBe(3);
    expect(polled.json<RunReport>().totals).toMatchObject({ services: 2, failed: 1 });
  });
});
