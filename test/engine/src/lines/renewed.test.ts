import { describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/engine';
import { useOpened } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { kill } from '../bench/killed-call.js';
import { LINE, startTelephonyBench, type Wire } from '../bench/telephony-bench.js';

const [at, start] = useOpened(startTelephonyBench);

const OLD = '2026-11-05';
const NEW = '2026-12-05';
const OWN_PLAN = 'planId: "11"';
const ANOTHER_PLAN = 'planId: "12"';

const retire = (id: string): unknown => at.panel.add('plans', { id, name: `Plano ${id}`, status: 'inactive' });
const renew = () => at.sluice.provision.renew('svc-1', { until: NEW });

/** The due date, the reasons of its holds, and the line on the panel. */
async function shown(): Promise<unknown[]> {
  const { nextDueDate, holds } = await at.sluice.services.show('svc-1');
  return [nextDueDate, holds.map(({ reason }) => reason).join(), at.panel.subscriber(LINE).status];
}

/** Adds the line that is overdue and held. */
async function holdOverdue(wire: Wire = 'default'): Promise<void> {
  await start({ wire, more: 'poll: { overdue: hold }\n' });
  await at.sluice.services.add('svc-1', {
    ...{ panel: 'voice', product: 'line', client: '42', status: 'active', astbilling_subscriber_id: LINE },
    ...{ billing_cycle: 'monthly', next_due_date: OLD },
  });
  at.setTime('2026-11-06T12:00:00Z');
  await at.sluice.poll({ allowMass: true });
  expect(await shown()).toEqual([OLD, 'billing', 'suspended']);
  at.bench.clock.advance(HOUR);
}

describe('a suspended line that is renewed', () => {
  it.each<[string, Wire, () => unknown]>([
    ['that is not active any more', 'default', () => retire('11')],
    ['that is not active, and that its product names', 'portuguese', () => retire('11')],
    ['that is not listed', 'default', () => leaveOut()],
    ['that is not listed', 'magnusbilling', () => leaveOut()],
  ])('is released with a plan %s (%s)', async (_plan, wire, change) => {
    await holdOverdue(wire);
    await change();
    expect((await renew()).run.outcome).toBe('done');
    expect(await shown()).toEqual([NEW, '', 'active']);
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
  });

  /** Its plan is one that the panel does not list. */
  async function leaveOut(): Promise<void> {
    at.panel.subscriber(LINE).planId = '99';
    await at.bench.edit(OWN_PLAN, 'planId: "99"');
  }

  it('is released with a plan that has the name of an active one, too', async () => {
    await holdOverdue();
    at.panel.add('plans', { id: '12', name: 'Corporativo 30/6' });
    await at.bench.edit(OWN_PLAN, 'plan: "Corporativo 30/6"');
    expect((await renew()).run.outcome).toBe('done');
    expect([...(await shown()), at.panel.subscriber(LINE).planId]).toEqual([NEW, '', 'active', '11']);
  });

  it.each([
    ['whose new plan is not active', ANOTHER_PLAN, {}, 'plan_inactive'],
    ['whose new plan is not listed', 'plan: "Grande"', {}, 'line_not_found'],
    ['whose channels are no number', OWN_PLAN, { channels: 'two' }, 'line_invalid'],
  ])('is released beside a problem: one %s', async (_what, plan, values, code) => {
    await holdOverdue();
    retire('12');
    await at.sluice.services.set('svc-1', values);
    if (plan !== OWN_PLAN) await at.bench.edit(OWN_PLAN, plan);
    for (const released of [['unsuspend-subscriber'], []]) {
      const { run, service, actions } = await renew();
      expect([run.outcome, service.error?.code, actions.map(({ type }) => type)]).toEqual(['partial', code, released]);
      expect(await shown()).toEqual([NEW, '', 'active']);
    }
    expect((await at.sluice.poll()).run.outcome).toBe('done');
    expect(await shown()).toEqual([NEW, '', 'active']);
    expect(at.panel.subscriber(LINE)).toMatchObject({ planId: '11', channels: 1 });
  });

  it.each(['before', 'after'] as const)('is released where its renewal was killed %s the call', async (when) => {
    await holdOverdue();
    retire('12');
    await at.bench.edit(OWN_PLAN, ANOTHER_PLAN);
    const land = () => Promise.resolve();
    const renewal = (sluice: Sluice) => sluice.provision.renew('svc-1', { until: NEW });
    await kill(at, renewal, { endpoint: /unsuspend/, when, land });
    at.bench.clock.advance(HOUR);
    await at.sluice.poll({ allowMass: true });
    expect(await shown()).toEqual([NEW, '', 'active']);
  });

  it.each([
    ['has the reference of another service', () => ({ externalRef: 'sluice:service:svc-9' }), 'suspended'],
    ['was ended on the panel', () => ({ status: 'terminated' as const }), 'terminated'],
  ])('is refused and stays held where it %s', async (_what, change, status) => {
    await holdOverdue();
    Object.assign(at.panel.subscriber(LINE), change());
    const { run, service } = await renew();
    expect([run.outcome, service.error?.code]).toEqual(['failed', 'line_conflict']);
    expect(await shown()).toEqual([OLD, 'billing', status]);
    expect(await at.bench.store.actions.unresolved()).toEqual([]);
  });
});

describe('a line whose product has a plan that is not active', () => {
  it('is suspended and released by a reconcile, too', async () => {
    await holdOverdue();
    retire('12');
    await at.bench.edit(OWN_PLAN, ANOTHER_PLAN);
    at.panel.subscriber(LINE).status = 'active';
    const reconcile = async (): Promise<unknown> => (await at.sluice.reconcile({ allowMass: true })).services[0]?.error;
    expect(await reconcile()).toMatchObject({ code: 'plan_inactive' });
    expect(await shown()).toEqual([OLD, 'billing', 'suspended']);
    await at.sluice.services.set('svc-1', { next_due_date: NEW });
    expect(await reconcile()).toMatchObject({ code: 'plan_inactive' });
    expect(await shown()).toEqual([NEW, '', 'active']);
  });

  it('keeps its plan, and its new product', async () => {
    await holdOverdue();
    retire('12');
    await at.bench.edit('  line:', `  large: { panel: voice, astbilling: { ${ANOTHER_PLAN} } }\n  line:`);
    const { run, service } = await at.sluice.provision.changePackage('svc-1', 'large');
    expect([run.outcome, service.error?.code, service.product]).toEqual(['partial', 'plan_inactive', 'large']);
    expect([...(await shown()), at.panel.subscriber(LINE).planId]).toEqual([OLD, 'billing', 'suspended', '11']);
    await at.sluice.provision.changePackage('svc-1', 'line');
    expect((await renew()).run.outcome).toBe('done');
  });
});
