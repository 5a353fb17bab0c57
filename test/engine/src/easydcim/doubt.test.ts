import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import type { ActionRecord, EvidenceRecord } from '@sluice/state-store';
import { useBench } from '../bench/each-test.js';
import { easyDcimConfig, toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';

const { port } = toIds(1);

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  at.panel.answers.ports.style = 'stateless';
  at.panel.answers.adminPorts.style = 'stateless';
  await at.addService(1, { ports: [{ id: port(1), name: 'eth0' }] });
  at.use(1, 200);
});

const changing = (): string[] =>
  at.panel.server.changingCalls().map((call) => call.path.split('/').slice(-2).join(' ').replace('service ', ''));
const portState = (): string => at.panel.port(port(1)).adminState;
const unresolved = (): Promise<ActionRecord[]> => at.bench.store.actions.unresolved();
const evidence = (): Promise<EvidenceRecord[]> => at.bench.store.evidence.open();

/** A poll's outcome and its one service. */
async function poll() {
  const { run, services } = await at.poll();
  const [service] = services;
  if (!service) throw new Error('no service');
  return { outcome: run.outcome, service };
}

/** The id of the only action in doubt. */
async function doubtful(): Promise<string> {
  const [row, ...others] = await unresolved();
  if (!row || others.length > 0) throw new Error(`${others.length} others in doubt`);
  return row.id;
}

/** The panel takes the next call of that kind and its answer is lost. */
function loseAnswer(of: 'disable' | 'enable'): void {
  const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith(`/${of}`);
  at.panel.server.inject({ match, times: 1, when: 'after', fault: { kind: 'cut' } });
}

describe('a port whose state the panel does not show', () => {
  it('is in doubt at first; the message names the action', async () => {
    const { outcome, service } = await poll();
    expect(outcome).toBe('failed');
    expect(service.actions).toEqual([
      { type: 'disable-port', target: String(port(1)), name: expect.any(String) as unknown, state: 'in-doubt' },
    ]);
    expect(service.error?.code).toBe('outcome_unknown');
    expect(service.error?.message).toContain(await doubtful());
    const again = await poll();
    expect(again.service.error?.message).toContain(await doubtful());
    expect(changing()).toEqual([`${port(1)} disable`]);
    const plan = await at.bench.sluice.plan();
    expect(plan.services[0]).toMatchObject({ actions: [], error: { code: 'outcome_unknown' } });
  });

  it('counts as disabled after the grace where the panel accepted it, and is given back', async () => {
    await poll();
    expect(await evidence()).toEqual([]);
    at.bench.clock.advance(16 * MINUTE);
    const counted = await poll();
    expect(counted).toMatchObject({ outcome: 'done', service: { status: 'held', actions: [], error: null } });
    expect(await evidence()).toMatchObject([
      { kind: 'port', target: String(port(1)), prior: { name: 'eth0', adminEnabled: null, state: 'unknown' } },
    ]);
    expect(changing()).toEqual([`${port(1)} disable`]);
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    const released = await poll();
    expect(released.service.actions).toMatchObject([{ type: 'enable-port', state: 'in-doubt' }]);
    expect(portState()).toBe('up');
    at.bench.clock.advance(16 * MINUTE);
    expect(await poll()).toMatchObject({ outcome: 'done', service: { status: 'ok', actions: [] } });
    expect(await evidence()).toEqual([]);
    expect(changing()).toEqual([`${port(1)} disable`, `${port(1)} enable`]);
  });

  it('is given back although its hold ended while it was in doubt', async () => {
    await poll();
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    expect(await poll()).toMatchObject({
      outcome: 'failed',
      service: { actions: [], holds: [{ reason: 'quota', releasing: true }] },
    });
    expect(changing()).toEqual([`${port(1)} disable`]);
    at.bench.clock.advance(16 * MINUTE);
    expect((await poll()).service.actions).toMatchObject([{ type: 'enable-port', state: 'in-doubt' }]);
    expect(portState()).toBe('up');
  });

  it('holds up nothing but itself', async () => {
    await poll();
    const report = await at.bench.sluice.provision.suspend('svc-1');
    expect(report.actions).toEqual([
      { type: 'suspend-order', target: '901', name: expect.any(String) as unknown, state: 'applied' },
    ]);
    expect(report.service.error?.code).toBe('outcome_unknown');
    expect(report.run.outcome).toBe('partial');
    expect(at.panel.order(901).status).toBe('suspended');
    expect(changing()).toEqual(
      [`${port(1)} disable`, '901 suspend'].map((call) => expect.stringContaining(call.split(' ')[1] ?? '')),
    );
    await at.bench.sluice.provision.unsuspend('svc-1');
    expect(at.panel.order(901).status).toBe('active');
  });

  it('does not wait for an order in doubt', async () => {
    at.panel.answers.words.suspended = 'in limbo';
    const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/suspend');
    at.panel.server.inject({ match, times: 1, when: 'after', fault: { kind: 'cut' } });
    const suspended = await at.bench.sluice.provision.suspend('svc-1');
    expect(suspended.actions).toMatchObject([{ type: 'suspend-order', state: 'in-doubt' }]);
    expect((await poll()).service.actions).toMatchObject([{ type: 'disable-port', state: 'in-doubt' }]);
    expect(portState()).toBe('down');
  });

  it('counts as disabled although the run ended right after the panel had accepted it', async () => {
    const sleep = (): Promise<void> => Promise.reject(new Error('the process ends here'));
    await at.bench.restart({ clock: { now: at.bench.clock.now, sleep } });
    await expect(at.poll()).rejects.toThrow('the process ends here');
    await at.bench.restart();
    expect(await unresolved()).toMatchObject([{ state: 'planned', observed: { accepted: true } }]);
    at.bench.clock.advance(16 * MINUTE);
    expect(await poll()).toMatchObject({ outcome: 'done', service: { status: 'held', error: null } });
    expect(await evidence()).toHaveLength(1);
    expect(changing()).toEqual([`${port(1)} disable`]);
  });

  it('stays in doubt where the answer was lost', async () => {
    loseAnswer('disable');
    await poll();
    at.bench.clock.advance(3 * HOUR);
    expect(await poll()).toMatchObject({
      outcome: 'failed',
      service: { actions: [], error: { code: 'outcome_unknown' } },
    });
    expect(await evidence()).toEqual([]);
    expect(changing()).toHaveLength(1);
  });
});

describe('under observe', () => {
  it('doubts are settled by reading, and nothing is changed', async () => {
    await poll();
    await at.bench.sluice.panels.observe('dcim');
    expect(await poll()).toMatchObject({ outcome: 'failed', service: { error: { code: 'outcome_unknown' } } });
    at.bench.clock.advance(16 * MINUTE);
    expect(await poll()).toMatchObject({ outcome: 'done', service: { error: null } });
    expect(await unresolved()).toEqual([]);
    expect(await evidence()).toMatchObject([{ prior: { state: 'unknown' } }]);
    expect(changing()).toEqual([`${port(1)} disable`]);
  });

  it('a panel that shows the state again ends the doubt', async () => {
    loseAnswer('disable');
    await poll();
    await at.bench.configure(easyDcimConfig(at.panel.url, 'enforce: observe'));
    at.bench.clock.advance(HOUR);
    expect((await poll()).outcome).toBe('failed');
    at.panel.answers.ports.style = 'admin-oper';
    expect(await poll()).toMatchObject({ outcome: 'done', service: { error: null } });
    expect(await evidence()).toMatchObject([{ target: String(port(1)) }]);
    expect(changing()).toHaveLength(1);
  });
});

describe('a release of all', () => {
  const releaseAll = (): Promise<RunReport> => at.bench.sluice.holds.releaseAll();

  it('counts a service in doubt as failed, and gives it back after the grace', async () => {
    await poll();
    const first = await releaseAll();
    expect(first.run.outcome).toBe('failed');
    expect(first.totals).toMatchObject({ services: 1, failed: 1, released: 0 });
    expect(first.services).toMatchObject([{ id: 'svc-1', error: { code: 'outcome_unknown' } }]);
    // The hold is gone by now, the doubt is not.
    const second = await releaseAll();
    expect([second.run.outcome, second.totals.failed]).toEqual(['failed', 1]);
    expect(portState()).toBe('down');
    at.bench.clock.advance(16 * MINUTE);
    const third = await releaseAll();
    expect(third.services[0]?.actions).toMatchObject([{ type: 'enable-port', target: String(port(1)) }]);
    expect(portState()).toBe('up');
    at.bench.clock.advance(16 * MINUTE);
    expect(await releaseAll()).toMatchObject({ run: { outcome: 'done' }, totals: { services: 1, failed: 0 } });
    expect(await releaseAll()).toMatchObject({ run: { outcome: 'done' }, totals: { services: 0 } });
  });

  it('gives back the others, and leaves holds of another reason out', async () => {
    await at.addService(2, { product: 'order' });
    at.panel.addTraffic(502, { in: 200 * GB, out: 0 });
    await at.pollAfter(MINUTE, { allowMass: true });
    expect([portState(), at.panel.order(902).status]).toEqual(['down', 'suspended']);
    const other = await at.bench.sluice.holds.releaseAll({ reason: 'billing' });
    expect(other.totals).toMatchObject({ services: 0 });
    const { run, totals } = await releaseAll();
    expect(run.outcome).toBe('partial');
    expect(totals).toMatchObject({ services: 2, failed: 1, released: 1 });
    expect([portState(), at.panel.order(902).status]).toEqual(['down', 'active']);
  });
});
