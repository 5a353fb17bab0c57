import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogEntry } from '@sluice/engine';
import { easyDcimConfig, startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { done } from '../bench/outcomes.js';
import { useBench } from '../bench/each-test.js';

const { port } = toIds(1);

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  at.panel.answers.ports.style = 'stateless';
  at.panel.answers.adminPorts.style = 'stateless';
  await at.addService(1, { ports: [{ id: port(1), name: 'eth0' }] });
  at.use(1, 200);
});

const calls = (): string[] => at.panel.server.changingCalls().map(({ path }) => path.split('/').at(-1) ?? '');
const portState = (): string => at.panel.port(port(1)).adminState;
const unresolved = () => at.bench.store.actions.unresolved();
const evidence = () => at.bench.store.evidence.open();
const free = () => at.sluice.overrides.set('svc-1', { unlimited: true });
const resolve = (id: string, isDone: boolean): Promise<LogEntry> => at.sluice.log.resolve(id, { done: isDone });

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

/** Disables the port, and leaves its release to the next poll. */
async function disableAndFree(): Promise<void> {
  await at.poll();
  at.bench.clock.advance(16 * MINUTE);
  await at.poll();
  await free();
}

describe('an action in doubt that was done', () => {
  it('makes a disabled port ours, so that the release enables it', async () => {
    const id = await leaveDoubt('disable', 'after');
    const action = await resolve(id, true);
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
    await done(at.poll());
    expect(calls()).toEqual(['disable']);
    await free();
    await at.poll();
    expect([portState(), calls()]).toEqual(['up', ['disable', 'enable']]);
  });

  it('ends the evidence of a port that was enabled', async () => {
    await disableAndFree();
    await resolve(await leaveDoubt('enable', 'after'), true);
    expect(await evidence()).toEqual([]);
    await done(at.poll());
    expect(calls()).toEqual(['disable', 'enable']);
  });

  it('is journaled as a run, and resolved under observe too', async () => {
    const id = await leaveDoubt('disable', 'after');
    await at.bench.configure(easyDcimConfig(at.panel.url, 'enforce: observe'));
    const { observed } = await resolve(id, true);
    const { entries } = await at.sluice.log.list({ kinds: ['run'] });
    const run = entries.find(({ command }) => command === 'action resolve');
    expect(run).toMatchObject({ outcome: 'done', dryRun: false });
    expect(observed).toMatchObject({ resolved: { run: run?.run } });
    expect(await evidence()).toHaveLength(1);
    await done(at.poll());
  });
});

describe('an action in doubt that was not done', () => {
  it('leaves nothing to undo, and the next run disables the port again', async () => {
    const id = await leaveDoubt('disable', 'before');
    expect(await resolve(id, false)).toMatchObject({ state: 'failed', error: { code: 'not_done' } });
    expect([await evidence(), await unresolved()]).toEqual([[], []]);
    await at.poll();
    expect(portState()).toBe('down');
  });

  it('keeps the evidence of a port that was to be enabled', async () => {
    await disableAndFree();
    await resolve(await leaveDoubt('enable', 'before'), false);
    expect(await evidence()).toHaveLength(1);
    await at.poll();
    expect(portState()).toBe('up');
  });
});

describe('an action in doubt', () => {
  it('is named by explain, the log and doctor', async () => {
    const id = await leaveDoubt('disable', 'after');
    const { sluice } = at.bench;
    expect((await sluice.explain('svc-1')).actions[0]).toMatchObject({ id, state: 'in-doubt' });
    expect((await sluice.log.list({ kinds: ['action'] })).entries[0]).toMatchObject({ id });
    expect(JSON.stringify((await sluice.panels.doctor()).checks)).toContain(id);
  });

  it('is one failure of a poll over two services', async () => {
    await leaveDoubt('disable', 'after');
    await at.addService(2);
    const { run, totals } = await at.poll();
    expect([run.outcome, totals]).toMatchObject(['partial', { services: 2, failed: 1 }]);
  });

  it('keeps its service from being removed or moved to another panel', async () => {
    const id = await leaveDoubt('disable', 'after');
    await free();
    await at.poll();
    const other = `  other: { kind: easydcim, url: "${at.panel.url}", allowHttp: true, token: t }\nproducts:`;
    const config = easyDcimConfig(at.panel.url).replace('products:', other);
    const { services } = await at.bench.configure(`${config}\n  elsewhere: { panel: other }\n`);
    const refusal = { kind: 'conflict', code: 'service_in_doubt', details: { service: 'svc-1', action: id } };
    await expect(services.remove('svc-1')).rejects.toMatchObject(refusal);
    await expect(services.set('svc-1', { panel: 'other', product: 'elsewhere' })).rejects.toMatchObject(refusal);
    await resolve(id, false);
    await services.remove('svc-1');
  });
});

describe('resolving is refused', () => {
  it('for an unknown id, and names the nearest', async () => {
    const id = await leaveDoubt('disable', 'after');
    await expect(resolve(id.slice(0, -1), true)).rejects.toMatchObject({
      kind: 'not-found',
      code: 'unknown_action',
      message: expect.stringContaining(id),
    });
  });

  it('for an action that is settled', async () => {
    const id = await leaveDoubt('disable', 'after');
    await resolve(id, true);
    await expect(resolve(id, false)).rejects.toMatchObject({ kind: 'conflict', code: 'action_settled' });
  });

  it('for an action without a call', async () => {
    await at.poll();
    const { actions } = at.bench.store;
    const [row] = await actions.list({});
    await actions.plan([{ ...row!, id: 'act-planned', key: 'other', state: 'planned', calledAt: null }]);
    await expect(resolve('act-planned', true)).rejects.toMatchObject({ kind: 'conflict', code: 'action_not_called' });
  });

  it('while another run works on the service', async () => {
    const id = await leaveDoubt('disable', 'after');
    await at.bench.takeLease('service:svc-1');
    const refused = at.sluice.log.resolve(id, { done: true, waitMs: 1000 });
    await expect(refused).rejects.toMatchObject({ kind: 'busy', code: 'lease_held' });
    expect(await unresolved()).toHaveLength(1);
  });
});

describe("an action on an agent's user", () => {
  it.each([
    [true, 'applied', 'after'],
    [false, 'failed', 'before'],
  ] as const)('is settled as done: %s', async (isDone, state, when) => {
    const vpn = await startHiddifyBench();
    try {
      const { log } = vpn.sluice;
      const { actions } = vpn.bench.store;
      const user = vpn.panel.addUser({ agent: vpn.north });
      await vpn.limit('north', 1);
      vpn.panel.use(user, 2 * GB);
      vpn.panel.server.inject({ endpoint: /^PATCH/, when, times: 1, fault: { kind: 'cut' } });
      const lookAgain = 'GET /api/v2/admin/user/{uuid}/';
      vpn.panel.server.inject({ endpoint: lookAgain, skip: 1, times: 1, fault: { kind: 'cut' } });
      await vpn.check();
      const [row] = await actions.unresolved();
      expect(await log.resolve(row?.id ?? '', { done: isDone })).toMatchObject({ service: null, panel: 'vpn', state });
      expect(await actions.unresolved()).toEqual([]);
      await vpn.check();
      expect(vpn.panel.user(user).enable).toBe(false);
      await vpn.limit('north', 50);
      await vpn.check();
      expect(vpn.panel.user(user).enable).toBe(true);
    } finally {
      await vpn.close();
    }
  });
});
