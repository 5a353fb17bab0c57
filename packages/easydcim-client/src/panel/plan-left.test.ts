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
  service,
  sharer,
  shut,
  suspended,
} from '../test/plans.js';
import { isWithoutService } from './plan-left.js';
import type { EasyDcimState, LeftObject, OrderState, PortState } from './state.js';

const held = (changes: Partial<TargetState> = {}): Partial<TargetState> => ({ holds: [hold()], ...changes });
const left = (state: PortState): { leftPorts: LeftObject<PortState>[] } => ({
  leftPorts: [{ id: state.id, state, error: null }],
});
const leftOrder = (state: OrderState): { leftOrders: LeftObject<OrderState>[] } => ({
  leftOrders: [{ id: state.id, state, error: null }],
});
const NOT_FOUND = { code: 'PANEL_NOT_FOUND', message: 'HTTP 404' };
const enabled = { ...nothing, steps: ['enable-port 7009'] };
const kept = nothing;
const own = [evidence('7009')];
/** The port that the service has now is disabled. */
const now = { ports: [shut()] };
const without = (...keys: string[]) => {
  const { refs } = service();
  return service({ refs: Object.fromEntries(Object.entries(refs).filter(([key]) => !keys.includes(key))) });
};

describe('a disabled port that the list of the service lacks', () => {
  it('is enabled again without a hold', () => {
    const plan = planOf({ evidence: own }, { ...now, ...left(shut('7009')) });
    expect(plan.steps).toMatchObject([{ type: 'enable-port', target: '7009', ends: ['ev-7009'] }]);
    expect(plan.counts).toBeUndefined();
    expect(changesOf(planOf({ evidence: own }, { ...now, ...left(port('7009')) }))).toEqual({
      ...nothing,
      ended: ['ev-7009 dropped'],
    });
  });

  it('stays disabled for a hold while it names the server of the service', () => {
    const plan = planOf(held({ evidence: own }), { ...now, ...left(shut('7009')) });
    expect([changesOf(plan), plan.counts]).toEqual([kept, undefined]);
    const newer = held({ evidence: own, holds: [hold('disable-ports', { id: 'hold-2' })] });
    expect(changesOf(planOf(newer, { ...now, ...left(shut('7009')) }))).toEqual({
      ...nothing,
      moves: ['ev-7009 hold-2'],
    });
  });

  it('is enabled where it moved to another server, which counts for the brake', () => {
    const plan = planOf(held({ evidence: own }), { ...now, ...left(shut('7009', { itemId: '999' })) });
    expect([changesOf(plan), plan.counts]).toEqual([enabled, true]);
  });

  const ports = (...items: (string | null)[]) => ({
    ports: items.map((itemId, index) => shut(`700${index}`, { itemId })),
  });
  const byOrder = { service: without('easydcim_server_id') };
  const unnamed = { ...byOrder, order: order({ serverId: null }) };

  it.each<[string, Partial<TargetState>, Partial<EasyDcimState>, string | null, object]>([
    ['the mapping names its server', {}, ports('301', '555'), '301', kept],
    ['a foreign device is in the list beside the server', {}, ports('301', '555'), '555', enabled],
    ['only its device is in the list', {}, ports('555'), '555', kept],
    ['another device is in the list', {}, ports('555'), '301', enabled],
    ['no device is in the list, and the order names it', byOrder, ports(null), '301', kept],
    [
      'no device is in the list, and the order names another',
      {},
      { ...ports(null), order: order({ serverId: '302' }) },
      '301',
      enabled,
    ],
    ['the order names it last', {}, { ...ports(null), order: order({ serverId: '302' }) }, '302', kept],
    [
      'nothing names a server, and the list has ports',
      byOrder,
      { ...ports(null), order: unnamed.order },
      '301',
      enabled,
    ],
    ['nothing names a server, and the list is empty', byOrder, { ports: [], order: unnamed.order }, '301', kept],
    ['it names no device, and the list has ports', {}, ports('301'), null, enabled],
    ['it names no device, and the list is empty', {}, { ports: [] }, null, kept],
    ['it names no device, and the list is not found', {}, { ports: null, portsError: NOT_FOUND }, null, kept],
    ['the list is empty', {}, { ports: [] }, '301', kept],
    ['the list is empty, and it has another device', {}, { ports: [] }, '999', enabled],
  ])('belongs to it or not: %s', (_, wanted, shown, itemId, expected) => {
    const plan = planOf(held({ evidence: own, ...wanted }), { ...shown, ...left(shut('7009', { itemId })) });
    const { steps, moves, ended } = changesOf(plan);
    expect({ ...nothing, steps, moves, ended }).toEqual(expected);
  });

  it('is enabled once it is a management port, even while the service is held', () => {
    const management = shut('7009', { management: true });
    expect(changesOf(planOf(held({ evidence: own }), { ports: [shut(), management] }))).toEqual(enabled);
    expect(changesOf(planOf(held({ evidence: own }), { ...now, ...left(management) }))).toEqual(enabled);
  });

  it('goes on for a service that has it now and is held', () => {
    const other = (changes: object = {}) =>
      sharer(['port:7009'], { holds: [hold('disable-ports', { id: 'hold-2' })], ...changes });
    const moved = { ...now, ...left(shut('7009', { itemId: '999' })) };
    const passed = planOf(held({ evidence: own, sharers: [other()] }), moved);
    expect([changesOf(passed), passed.counts]).toEqual([{ ...nothing, moves: ['ev-7009 hold-2'] }, undefined]);
    expect(changesOf(planOf({ evidence: own, sharers: [other({ holds: [] })] }, moved))).toEqual(enabled);
    expect(changesOf(planOf({ evidence: own, sharers: [other({ shared: ['port:7008'] })] }, moved))).toEqual(enabled);
  });

  it('that no longer exists ends its evidence, with a notice', () => {
    const plan = planOf({ evidence: own }, { ...now, leftPorts: [{ id: '7009', state: null, error: null }] });
    expect(changesOf(plan)).toEqual({ ...nothing, ended: ['ev-7009 dropped'] });
    expect(plan.notices).toEqual([
      {
        ...{ code: 'restriction_gone', key: 'restriction_gone:svc-1:ev-7009' },
        message: expect.stringMatching(/^svc-1: port 7009, which was disabled .* no longer exists/),
      },
    ]);
  });

  it('that cannot be read keeps its evidence, with the error', () => {
    const error = { code: 'PANEL_UNREACHABLE', message: 'no answer' };
    const unread = planOf({ evidence: own }, { ...now, leftPorts: [{ id: '7009', state: null, error }] });
    expect(changesOf(unread)).toEqual({ ...nothing, problems: ['port_gone'] });
    expect(unread.problems[0]?.message).toContain('no answer');
    const unseen = planOf({ evidence: own }, { ...now, ...left(shut('7008')) });
    expect(changesOf(unseen)).toEqual({ ...nothing, problems: ['port_gone'] });
    expect(unseen.problems[0]?.message).toContain('it was not read');
  });

  it('does not hinder the others', () => {
    const gone = { id: '7009', state: null, error: null };
    const two = [evidence('7009'), evidence('7008'), evidence('7007')];
    const shown = { leftPorts: [gone, { ...gone, id: '7008' }, ...left(shut('7007')).leftPorts] };
    const plan = planOf({ evidence: two }, { ...now, ...shown });
    expect(changesOf(plan)).toEqual({
      ...{ steps: ['enable-port 7007'], ended: ['ev-7009 dropped', 'ev-7008 dropped'], moves: [], problems: [] },
    });
    expect(plan.notices).toHaveLength(2);
  });
});

describe('a suspended order that the service no longer names', () => {
  const former = [orderEvidence('87')];
  const gone = { ...nothing, ended: ['ev-87 dropped'] };

  it('is made active again, also while the service is held', () => {
    const shown = leftOrder(suspended({ id: '87' }));
    const plan = planOf({ evidence: former }, shown);
    expect(plan.steps).toMatchObject([{ type: 'unsuspend-order', target: '87', ends: ['ev-87'] }]);
    expect(plan.counts).toBeUndefined();
    const whileHeld = planOf({ evidence: former, holds: [hold('suspend-order')] }, { ...shown, order: suspended() });
    expect([changesOf(whileHeld), whileHeld.counts]).toEqual([{ ...nothing, steps: ['unsuspend-order 87'] }, true]);
    expect(changesOf(planOf({ evidence: former }, leftOrder(order({ id: '87' }))))).toEqual(gone);
    const nameless = { service: without('easydcim_order_id'), evidence: former };
    expect(changesOf(planOf(nameless, { ...shown, order: null }))).toEqual({
      ...nothing,
      steps: ['unsuspend-order 87'],
    });
  });

  it('goes on for a service that has it now and is held', () => {
    const other = sharer(['order:87'], { holds: [hold('suspend-order', { id: 'hold-2' })] });
    expect(changesOf(planOf({ evidence: former, sharers: [other] }, leftOrder(suspended({ id: '87' }))))).toEqual({
      ...nothing,
      moves: ['ev-87 hold-2'],
    });
  });

  it.each<[string, OrderState, object | null, object]>([
    ['has ended', order({ id: '87', status: ' ABORTED ', suspended: null }), null, gone],
    ['has lost its service', order({ id: '87', status: 'odd', suspended: null, serviceId: null }), null, gone],
    [
      'names none, as before',
      order({ id: '87', status: 'odd', suspended: null, serviceId: null }),
      { mappedService: '501' },
      { ...nothing, problems: ['order_state_unknown'] },
    ],
    [
      'has ended, and named none before',
      order({ id: '87', status: 'terminated', suspended: null, serviceId: null }),
      { mappedService: '501' },
      gone,
    ],
    [
      'shows no state',
      order({ id: '87', status: 'odd', suspended: null }),
      null,
      { ...nothing, problems: ['order_state_unknown'] },
    ],
    [
      'names no service, but is suspended',
      suspended({ id: '87', serviceId: null }),
      null,
      { ...nothing, steps: ['unsuspend-order 87'] },
    ],
  ])('is judged by what it shows: it %s', (_, shown, prior, expected) => {
    const plan = planOf(
      { evidence: [orderEvidence('87', { prior: { status: 'active', suspended: false, ...prior } })] },
      leftOrder(shown),
    );
    expect(changesOf(plan)).toEqual(expected);
  });

  it('that no longer exists ends its evidence, and one that cannot be read keeps it', () => {
    const plan = planOf({ evidence: former }, { leftOrders: [{ id: '87', state: null, error: null }] });
    expect(changesOf(plan)).toEqual(gone);
    expect(plan.notices).toMatchObject([
      {
        code: 'restriction_gone',
        message: expect.stringMatching(/^svc-1: order 87, which was suspended .* has ended or no longer exists/),
      },
    ]);
    expect(changesOf(planOf({ evidence: former }, {}))).toEqual({ ...nothing, problems: ['order_changed'] });
  });

  it('is the order of the service where that has ended', () => {
    const ended = order({ status: 'terminated', suspended: null });
    expect(changesOf(planOf({ evidence: [orderEvidence()] }, { order: ended }))).toEqual({
      ...nothing,
      ended: ['ev-88 dropped'],
    });
  });

  it('is not the order of the service, which is undone as its own', () => {
    expect(changesOf(planOf({ evidence: former }, { order: suspended() }))).toEqual({
      ...nothing,
      problems: ['order_changed'],
    });
  });

  it.each<[string, Partial<OrderState>, boolean]>([
    ['no service and no state', { serviceId: null, suspended: null }, true],
    ['no service', { serviceId: null }, false],
    ['no state', { suspended: null }, false],
  ])('has lost its service where it shows %s', (_, changes, expected) => {
    expect(isWithoutService(order(changes))).toBe(expected);
  });
});
