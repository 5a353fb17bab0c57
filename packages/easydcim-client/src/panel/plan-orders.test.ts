import { describe, expect, it } from '@jest/globals';
import type { TargetState } from '@sluice/panel-kind';
import {
  changesOf,
  evidence,
  hold,
  nothing,
  order,
  orderEvidence,
  planOf,
  port,
  product,
  service,
  sharer,
  shut,
  stepsOf,
  suspended,
} from '../test/plans.js';
import type { EasyDcimState } from './state.js';

const held = (changes: Partial<TargetState> = {}): Partial<TargetState> => ({
  ...{ holds: [hold('suspend-order')], ...changes },
});
const error = { code: 'PANEL_NOT_FOUND', message: 'HTTP 404' };
const ended = order({ status: 'Terminated', suspended: null });
/** An order that shows neither a service nor its status. */
const bare = order({ serviceId: null, status: 'unknown', suspended: null });
const withoutOrder = service({ refs: { easydcim_service_id: '501' } });

describe('a hold on the order', () => {
  it('suspends it, and remembers its state', () => {
    const plan = planOf(held());
    const prior = { status: 'active', suspended: false };
    expect(plan.steps).toMatchObject([
      {
        ...{ type: 'suspend-order', target: '88', hold: 'hold-1', prior, payload: null, ends: [] },
        begins: { kind: 'order', target: '88', prior },
      },
    ]);
    expect([plan.problems, plan.drift]).toEqual([[], []]);
  });

  it('remembers the service of the mapping where the order names none', () => {
    const plan = planOf(held(), { order: order({ serviceId: null }) });
    expect(plan.steps[0]?.prior).toEqual({ status: 'active', suspended: false, mappedService: '501' });
  });

  it('suspends it again after somebody has made it active', () => {
    const plan = planOf(held({ evidence: [orderEvidence()] }));
    expect(plan.steps).toMatchObject([{ type: 'suspend-order', begins: null }]);
    expect(plan.drift).toEqual([expect.stringContaining('order 88')]);
  });

  it('leaves a suspended one, and takes over what an ended hold had done', () => {
    expect(changesOf(planOf(held(), { order: suspended() }))).toEqual(nothing);
    const newer = held({ holds: [hold('suspend-order', { id: 'hold-2' })], evidence: [orderEvidence()] });
    expect(changesOf(planOf(newer, { order: suspended() }))).toEqual({ ...nothing, moves: ['ev-88 hold-2'] });
  });

  it.each<[string, Partial<TargetState>, Partial<EasyDcimState>, string]>([
    ['is not named', { service: withoutOrder }, {}, 'no_order'],
    ['was not read', {}, { order: null }, 'not_observed'],
    ['could not be read', {}, { order: null, orderError: error }, 'PANEL_NOT_FOUND'],
    ['is gone', {}, { order: null, orderError: error, isOrderGone: true }, 'PANEL_NOT_FOUND'],
    ['has ended', {}, { order: ended }, 'no_order'],
    ['shows no state', {}, { order: order({ suspended: null, status: 'odd' }) }, 'order_state_unknown'],
    ['is of another service', {}, { order: order({ serviceId: '502' }) }, 'mapping_mismatch'],
    ['is of another server', {}, { order: order({ serverId: '302' }) }, 'mapping_mismatch'],
    ['is of another service and has ended', {}, { order: { ...ended, serviceId: '502' } }, 'mapping_mismatch'],
    ['is shared', { sharers: [sharer(['order:88'])] }, {}, 'shared_order'],
  ])('has no effect on an order that %s', (_, wanted, shown, code) => {
    expect(changesOf(planOf(held(wanted), shown))).toEqual({ ...nothing, problems: [code] });
  });

  it('names in its problem what the order and the service name', () => {
    const message = (shown: object) => planOf(held(), { order: order(shown) }).problems[0]?.message;
    expect(message({ serviceId: '502' })).toMatch(/service 502.*service 501.*easydcim_service_id/);
    expect(message({ serverId: '302' })).toMatch(/server 302.*server 301.*easydcim_server_id/);
  });

  it('needs nothing that the order or the service does not name', () => {
    expect(stepsOf(planOf(held(), { order: order({ serviceId: null, serverId: null }) }))).toEqual([
      'suspend-order 88',
    ]);
    const bareService = service({ refs: { easydcim_order_id: '88' } });
    expect(stepsOf(planOf(held({ service: bareService })))).toEqual(['suspend-order 88']);
  });

  it('may be one that another held service names too', () => {
    const other = sharer(['order:88'], { holds: [hold('suspend-order', { id: 'hold-2' })] });
    expect(stepsOf(planOf(held({ sharers: [other] })))).toEqual(['suspend-order 88']);
  });
});

describe('the end of a hold on the order', () => {
  const undone = { evidence: [orderEvidence()] };

  it('makes it active again, or only ends the evidence', () => {
    const plan = planOf(undone, { order: suspended() });
    expect(plan.steps).toMatchObject([{ type: 'unsuspend-order', target: '88', hold: 'hold-1', ends: ['ev-88'] }]);
    expect(changesOf(planOf(undone))).toEqual({ ...nothing, ended: ['ev-88 dropped'] });
    expect(changesOf(planOf({}, { order: suspended() }))).toEqual(nothing);
  });

  it('ignores that the order contradicts the service', () => {
    expect(stepsOf(planOf(undone, { order: suspended({ serviceId: '502' }) }))).toEqual(['unsuspend-order 88']);
  });

  it('passes it on to a held service that names it too', () => {
    const other = sharer(['order:88'], { holds: [hold('suspend-order', { id: 'hold-2' })] });
    const plan = planOf({ ...undone, sharers: [other] }, { order: suspended() });
    expect(changesOf(plan)).toEqual({ ...nothing, moves: ['ev-88 hold-2'] });
    const elsewhere = { ...other, shared: ['order:89'] };
    expect(stepsOf(planOf({ ...undone, sharers: [elsewhere] }, { order: suspended() }))).toEqual([
      'unsuspend-order 88',
    ]);
  });

  it.each<[string, Partial<EasyDcimState>, string]>([
    ['was not read', { order: null }, 'not_observed'],
    ['could not be read', { order: null, orderError: error }, 'PANEL_NOT_FOUND'],
    ['could not be read, and its service is gone', { order: null, orderError: error, isGone: true }, 'PANEL_NOT_FOUND'],
    ['shows no state', { order: order({ suspended: null, status: 'odd' }) }, 'order_state_unknown'],
    ['shows no service either', { order: bare }, 'order_state_unknown'],
    [
      'shows its service and no state, and that is gone',
      { order: { ...bare, serviceId: '501' }, isGone: true },
      'order_state_unknown',
    ],
  ])('is a problem where the order %s', (_, shown, code) => {
    expect(changesOf(planOf(undone, shown))).toEqual({ ...nothing, problems: [code] });
  });

  it.each<[string, Partial<EasyDcimState>]>([
    ['has ended', { order: ended }],
    ['is gone', { order: null, isOrderGone: true, leftOrders: [{ id: '88', state: null, error: null }] }],
    ['has lost its service', { order: bare, isGone: true, ports: [] }],
  ])('is nothing to undo where the order %s', (_, shown) => {
    const plan = planOf(undone, shown);
    expect(changesOf(plan)).toEqual({ ...nothing, ended: ['ev-88 dropped'] });
    expect(plan.notices).toMatchObject([{ code: 'restriction_gone' }]);
  });
});

describe('a hold on ports and order', () => {
  const both = { holds: [hold('both')] };

  it('restricts both, of which neither waits for the other', () => {
    const plan = planOf(both);
    expect(stepsOf(plan)).toEqual(['disable-port 7001', 'suspend-order 88']);
    for (const step of plan.steps) expect([step.id, step.needs]).toEqual([undefined, undefined]);
    expect(stepsOf(planOf({ holds: [hold('suspend-order'), hold('disable-ports', { id: 'hold-2' })] }))).toEqual([
      'disable-port 7001',
      'suspend-order 88',
    ]);
  });

  it('restricts the ports first, whatever other holds there are', () => {
    const holds = [hold('suspend-order'), hold('both', { id: 'hold-2' })];
    expect(stepsOf(planOf({ holds }))).toEqual(['disable-port 7001', 'suspend-order 88']);
  });

  it('lets an order that the service had before go at once', () => {
    const former = { leftOrders: [{ id: '87', state: suspended({ id: '87' }), error: null }] };
    const { steps } = planOf({ ...both, evidence: [orderEvidence('87')] }, former);
    expect(steps.map(({ type, needs }) => [type, needs])).toEqual([
      ['disable-port', undefined],
      ['unsuspend-order', undefined],
      ['suspend-order', undefined],
    ]);
  });

  it('is a suspension of the order, or of what the product names where there is no order', () => {
    expect(stepsOf(planOf({ holds: [hold('suspend')] }))).toEqual(['suspend-order 88']);
    expect(stepsOf(planOf({ holds: [hold('suspend')], service: withoutOrder }))).toEqual(['disable-port 7001']);
  });
});

describe('a hold that requires something else than before', () => {
  const toOrder = held({ evidence: [evidence()] });
  const toPorts = { holds: [hold('disable-ports')], evidence: [orderEvidence()] };

  it('restricts first, and undoes only what was done once that succeeded', () => {
    const ports = planOf(toOrder, { ports: [shut()] }).steps;
    expect(ports).toMatchObject([
      { type: 'suspend-order', id: 'suspend-order 88' },
      { type: 'enable-port', target: '7001', needs: ['suspend-order 88'] },
    ]);
    const two = planOf(toPorts, { ports: [port(), port('7002')], order: suspended() }).steps;
    expect(two).toMatchObject([
      { type: 'disable-port', id: 'disable-port 7001' },
      { type: 'disable-port', id: 'disable-port 7002' },
      { type: 'unsuspend-order', needs: ['disable-port 7001', 'disable-port 7002'] },
    ]);
    expect(two[2]).not.toHaveProperty('id');
  });

  it('waits for nothing where it is restricted already', () => {
    const [step, ...others] = planOf(toOrder, { ports: [shut()], order: suspended() }).steps;
    expect([step?.type, step?.needs, others]).toEqual(['enable-port', undefined, []]);
  });

  it('waits only for what restricts', () => {
    const released = planOf({ evidence: [evidence(), orderEvidence()] }, { ports: [shut()], order: suspended() });
    expect(released.steps.map(({ type, needs }) => [type, needs])).toEqual([
      ['enable-port', undefined],
      ['unsuspend-order', undefined],
    ]);
    const moved = planOf(
      { ...toOrder, evidence: [evidence(), orderEvidence('87')] },
      {
        ports: [shut()],
        leftOrders: [{ id: '87', state: suspended({ id: '87' }), error: null }],
      },
    );
    expect(moved.steps.map(({ type, id, needs }) => [type, id, needs])).toEqual([
      ['unsuspend-order', undefined, undefined],
      ['suspend-order', 'suspend-order 88', undefined],
      ['enable-port', undefined, ['suspend-order 88']],
    ]);
  });

  it('keeps what it had restricted while the other restriction cannot be made', () => {
    const broken = { ...toOrder, holds: [hold('suspend-order', { id: 'hold-2' })] };
    const kept = planOf(broken, { ports: [shut()], order: ended });
    expect(changesOf(kept)).toEqual({ ...nothing, moves: ['ev-7001 hold-2'], problems: ['no_order'] });
    const stuck = planOf(
      { ...toPorts, holds: [hold('disable-ports', { id: 'hold-2' })] },
      { ports: [], order: suspended() },
    );
    expect(changesOf(stuck)).toEqual({ ...nothing, moves: ['ev-88 hold-2'], problems: ['nothing_to_enforce'] });
  });

  it('keeps nothing that others have undone meanwhile', () => {
    expect(changesOf(planOf(toOrder, { order: ended }))).toEqual({
      ...nothing,
      ...{ ended: ['ev-7001 dropped'], problems: ['no_order'] },
    });
    expect(changesOf(planOf(toPorts, { ports: [] }))).toEqual({
      ...nothing,
      ...{ ended: ['ev-88 dropped'], problems: ['nothing_to_enforce'] },
    });
  });

  it('shows ports that stay disabled for it as its own', () => {
    const other = sharer(['port:7001'], { allowSharedPorts: true, holds: [hold('disable-ports', { id: 'hold-9' })] });
    const wanted = { ...toOrder, sharers: [other], product: product({ allowSharedPorts: true }) };
    expect(planOf(wanted, { ports: [shut()], order: ended }).notices).toEqual([]);
    expect(planOf(wanted, { ports: [shut()] }).notices).toMatchObject([{ code: 'still_restricted' }]);
  });
});
