import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

const { order, port } = toIds(1);
const OLD = '2026-12-15';
const NEW = '2027-01-15';

const at = useBench(() => startEasyDcimBench('poll: { overdue: hold, doubt: { jump: off } }'));

const renew = (how: object = {}) => at.sluice.provision.renew('svc-1', { until: NEW, ...how });

const takeDown = (status = 503): (() => void) => at.panel.server.inject({ fault: { kind: 'status', status } });

/** The due date, the reasons of its holds, and the order on the panel. */
async function shown(): Promise<unknown[]> {
  const { nextDueDate, holds } = await at.sluice.services.show('svc-1');
  return [nextDueDate, holds.map(({ reason }) => reason).join(), at.panel.order(order).status];
}

const unresolved = async (): Promise<string[]> => (await at.bench.store.actions.unresolved()).map(({ type }) => type);

async function holdOverdue(): Promise<void> {
  await at.addService(1, { product: 'order' });
  await at.pollAfter(HOUR);
  at.bench.clock.set('2026-12-16T12:00:00Z');
  await at.poll({ allowMass: true });
  expect(await shown()).toEqual([OLD, 'billing', 'suspended']);
  at.bench.clock.advance(HOUR);
}

describe('a held service that is renewed while its panel does not answer as it should', () => {
  it.each([503, 401])('is released by the next poll (HTTP %i)', async (status) => {
    await holdOverdue();
    const mend = takeDown(status);
    const { run, stillHeld } = await renew();
    expect([run.outcome, stillHeld]).toEqual(['partial', ['billing']]);
    expect(await shown()).toEqual([NEW, 'billing', 'suspended']);
    mend();
    expect((await at.pollAfter(HOUR)).run.outcome).toBe('done');
    expect(await shown()).toEqual([NEW, '', 'active']);
  });

  it.each(['repeated', 'followed by a poll and repeated'])('is renewed once by a command that is %s', async (how) => {
    await holdOverdue();
    const mend = takeDown();
    const key = { until: undefined, ref: 'invoice-7' };
    for (const _ of [1, 2]) expect((await renew(key)).run.outcome).toBe('partial');
    mend();
    if (how !== 'repeated') await at.pollAfter(HOUR);
    for (const _ of [1, 2]) expect((await renew(key)).run.outcome).toBe('done');
    expect(await shown()).toEqual([NEW, '', 'active']);
    expect(await unresolved()).toEqual([]);
  });

  it('is reported as released, as by a run', async () => {
    await holdOverdue();
    const { notices } = await renew();
    expect(notices).toMatchObject([{ code: 'release', message: expect.stringMatching(/^svc-1 is released \(/) }]);
    const stored = await at.bench.store.notices.list({ service: 'svc-1' });
    expect(stored.filter(({ code }) => code === 'release')).toHaveLength(1);
    await at.pollAfter(HOUR);
    const later = await at.bench.store.notices.list({ service: 'svc-1' });
    expect(later.filter(({ code }) => code === 'release')).toHaveLength(1);
  });

  it('stays as it is after a dry run', async () => {
    await holdOverdue();
    const mend = takeDown();
    await renew({ dryRun: true });
    mend();
    expect(await shown()).toEqual([OLD, 'billing', 'suspended']);
    expect(await unresolved()).toEqual([]);
  });

  it('is released by its renewal under observe, which no run does', async () => {
    await holdOverdue();
    await at.sluice.panels.observe('dcim');
    const mend = takeDown();
    await renew();
    mend();
    await at.pollAfter(HOUR);
    expect(await shown()).toEqual([NEW, 'billing', 'suspended']);
    expect((await renew()).run.outcome).toBe('done');
    expect(await shown()).toEqual([NEW, '', 'active']);
  });
});

describe('a service whose hold has a standing problem', () => {
  /** Holds a service for its quota, whose ports are shared with another one. */
  async function holdShared(): Promise<void> {
    const ports = [{ id: port(1), name: 'eth0' }];
    for (const number of [1, 2]) await at.addService(number, { ports, serverId: 301 });
    await at.pollAfter(HOUR);
    at.use(1, 200);
    const polled = await at.poll({ allowMass: true });
    expect(polled.services.map(({ error }) => error?.code)).toContain('shared_ports');
  }

  it('is renewed all the same, once for each key', async () => {
    await holdShared();
    const key = { until: undefined, ref: 'invoice-7' };
    for (const _ of [1, 2]) {
      const { run, service } = await renew(key);
      expect([run.outcome, service.error?.code]).toEqual(['partial', 'shared_ports']);
      expect(await shown()).toEqual([NEW, 'quota', 'active']);
    }
    at.bench.clock.set('2026-12-16T12:00:00Z');
    await at.poll();
    expect(await shown()).toEqual([NEW, '', 'active']);
    expect((await renew(key)).run.outcome).toBe('done');
    expect((await shown())[0]).toBe(NEW);
  });

  it('gets another product, which the next run uses', async () => {
    await holdShared();
    const { run, service } = await at.sluice.provision.changePackage('svc-1', 'inbound');
    expect([run.outcome, service.error?.code, service.product]).toEqual(['partial', 'shared_ports', 'inbound']);
    expect((await at.sluice.services.show('svc-1')).product).toBe('inbound');
  });
});

it('is renewed although its order is gone', async () => {
  await holdOverdue();
  at.panel.deleteOrder(order);
  await renew();
  expect((await at.sluice.services.show('svc-1')).nextDueDate).toBe(NEW);
  await at.pollAfter(HOUR);
  const { nextDueDate, holds } = await at.sluice.services.show('svc-1');
  expect([nextDueDate, holds]).toEqual([NEW, []]);
});

describe('a service whose suspension was made with a lost answer', () => {
  /** Holds it; the panel suspends the order, and answers nothing more in this run. Returns whether it has ended. */
  async function holdInDoubt(): Promise<void> {
    await at.addService(1, { product: 'order' });
    await at.pollAfter(HOUR);
    at.bench.clock.set('2026-12-16T12:00:00Z');
    let isSent = false;
    const { server } = at.panel;
    const lose = server.inject({
      match: ({ changing }) => (isSent ||= changing),
      when: 'after',
      fault: { kind: 'cut' },
    });
    await at.poll({ allowMass: true });
    lose();
    expect([await unresolved(), at.panel.order(order).status]).toEqual([['suspend-order'], 'suspended']);
    at.bench.clock.advance(HOUR);
  }

  const sent = async (): Promise<string[]> =>
    (await at.bench.store.notices.list({ service: 'svc-1' })).map(({ code }) => code).filter((code) => code !== 'hold');

  it.each(['renewed', 'polled'])('is not said to be released while the panel is down: %s', async (how) => {
    await holdInDoubt();
    const mend = takeDown();
    if (how === 'renewed') expect((await renew()).stillHeld).toEqual(['billing']);
    else await at.sluice.services.set('svc-1', { next_due_date: NEW });
    if (how === 'polled') await at.pollAfter(HOUR);
    expect(await sent()).not.toContain('release');
    mend();
    await at.pollAfter(HOUR);
    expect(at.panel.order(order).status).toBe('active');
    expect((await sent()).filter((code) => code !== 'release_pending')).toEqual(['release']);
  });
});
