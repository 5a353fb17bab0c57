import { describe, expect, it } from '@jest/globals';
import type { TargetState } from '@sluice/panel-kind';
import {
  changesOf,
  codesOf,
  evidence,
  hold,
  nothing,
  order,
  planOf,
  port,
  product,
  service,
  sharer,
  shut,
  stepsOf,
} from '../test/plans.js';
import type { EasyDcimState } from './state.js';

const error = { code: 'PANEL_NOT_FOUND', message: 'HTTP 404' };
const held = (changes: Partial<TargetState> = {}): Partial<TargetState> => ({ holds: [hold()], ...changes });
const SHARED = { product: product({ allowSharedPorts: true }) };

describe('a panel that could not be read', () => {
  it.each<[string, Partial<TargetState>, string[]]>([
    ['is a problem of a held service', held(), ['not_observed']],
    ['is a problem of a service with something to undo', { evidence: [evidence()] }, ['not_observed']],
    ['is none of another service', {}, []],
  ])('%s', (_, wanted, codes) => {
    const plan = planOf(wanted, null);
    expect(plan).toEqual({
      ...{ steps: [], endedEvidence: [], moves: [], drift: [] },
      problems: codes.map((code) => ({ code, message: expect.stringMatching(/./) })),
    });
    expect(planOf(wanted, null, error).problems).toEqual(codes.map(() => error));
  });
});

describe('a hold on ports', () => {
  it('disables those that are enabled, and remembers their state', () => {
    const ports = [
      port('7001', { management: true }),
      port('7002'),
      shut('7003'),
      port('7004', { adminEnabled: null }),
    ];
    const plan = planOf(held(), { ports });
    const prior = { name: 'Gi7002', adminEnabled: true, linkUp: true };
    expect(plan.steps).toMatchObject([
      {
        ...{ type: 'disable-port', target: '7002', hold: 'hold-1', prior, payload: null, ends: [] },
        begins: { kind: 'port', target: '7002', prior },
      },
      { type: 'disable-port', target: '7004', begins: { prior: { adminEnabled: null, state: 'unknown' } } },
    ]);
    expect([plan.problems, plan.drift, plan.needsSharers]).toEqual([[], [], undefined]);
  });

  it('disables again what somebody enabled, and not what shows no state', () => {
    const ports = [port('7001', { adminEnabled: null }), port('7002')];
    const plan = planOf(held({ evidence: [evidence('7001'), evidence('7002')] }), { ports });
    expect(plan.steps).toMatchObject([{ type: 'disable-port', target: '7002', begins: null }]);
    expect(plan.drift).toEqual([expect.stringContaining('port 7002 (Gi7002)')]);
    expect(plan.moves).toEqual([]);
    for (const other of [evidence('7001', { kind: 'order' }), evidence('7002')]) {
      const shown = [port('7001', { adminEnabled: null }), shut('7002')];
      const first = planOf(held({ evidence: [other] }), { ports: shown });
      expect(first.steps).toContainEqual(
        expect.objectContaining({ begins: expect.objectContaining({ target: '7001' }) }),
      );
    }
  });

  it.each<[string, Partial<EasyDcimState>, string[]]>([
    ['no ports', { ports: [] }, ['nothing_to_enforce']],
    ['management ports alone', { ports: [port('7001', { management: true })] }, ['nothing_to_enforce']],
    ['disabled ports', { ports: [shut()] }, []],
    ['ports that were not read', { ports: null }, ['not_observed']],
    ['ports that could not be read', { ports: null, portsError: error }, ['PANEL_NOT_FOUND']],
    ['ports of a service that is gone', { ports: null, portsError: error, isGone: true }, ['PANEL_NOT_FOUND']],
  ])('has nothing to disable of %s', (_, shown, problems) => {
    expect(changesOf(planOf(held(), shown))).toEqual({ ...nothing, problems });
  });

  it('waits for the order where only that names the device of the service', () => {
    const two = [port('7001'), port('7002', { itemId: '302' })];
    const unknown = { service: service({ refs: { easydcim_service_id: '501' } }), holds: [hold()] };
    const unread = { order: null, orderError: { code: 'PANEL_UNREACHABLE', message: 'no answer.' } };
    const blocked = planOf(unknown, { ports: two, ...unread });
    expect(changesOf(blocked)).toEqual({ ...nothing, problems: ['PANEL_UNREACHABLE'] });
    expect(blocked.problems[0]?.message).toMatch(/^no answer\. ./);
    const all = ['disable-port 7001', 'disable-port 7002'];
    expect(stepsOf(planOf(unknown, { ports: [port('7001'), port('7002')], ...unread }))).toEqual(all);
    expect(stepsOf(planOf(unknown, { ports: [port('7001'), port('7002', { itemId: null })], ...unread }))).toEqual(all);
    expect(stepsOf(planOf(unknown, { ports: two, order: null }))).toEqual(all);
    expect(stepsOf(planOf(held(), { ports: two, ...unread }))).toEqual(all);
    const undone = planOf(
      { ...unknown, holds: [], evidence: [evidence()] },
      { ports: [shut(), two[1] ?? port()], ...unread },
    );
    expect(changesOf(undone)).toEqual({ ...nothing, steps: ['enable-port 7001'] });
  });
});

describe('ports that other services may use', () => {
  it('are not disabled while another one uses them, unless the product permits it', () => {
    const sharers = [sharer(['server:301'])];
    expect(changesOf(planOf(held({ sharers })))).toEqual({ ...nothing, problems: ['shared_ports'] });
    expect(stepsOf(planOf(held({ sharers, ...SHARED })))).toEqual(['disable-port 7001']);
    expect(stepsOf(planOf(held({ sharers: [sharer(['order:88'])] })))).toEqual(['disable-port 7001']);
    expect(changesOf(planOf({ sharers, evidence: [evidence()] }, { ports: [shut()] }))).toEqual({
      ...nothing,
      steps: ['enable-port 7001'],
    });
  });

  it.each<[string, Partial<TargetState>, Partial<EasyDcimState>, string[], string[], true | undefined]>([
    ['all were read', {}, {}, ['disable-port 7001'], [], undefined],
    ['some were never read', { unread: null }, {}, ['disable-port 7001'], [], true],
    ['one could not be read', { unread: ['svc-3'] }, {}, [], ['shared_unknown'], undefined],
    ['the product permits it', { unread: null, ...SHARED }, {}, ['disable-port 7001'], [], undefined],
    [
      'one could not be read, which the product permits',
      { unread: ['svc-3'], ...SHARED },
      {},
      ['disable-port 7001'],
      [],
      undefined,
    ],
    ['one could not be read, but nothing is to be done', { unread: ['svc-3'] }, { ports: [shut()] }, [], [], undefined],
    ['some were never read, but nothing is to be done', { unread: null }, { ports: [shut()] }, [], [], undefined],
  ])('are disabled where it is known who does: %s', (_, wanted, shown, steps, problems, needsSharers) => {
    const plan = planOf(held(wanted), shown);
    expect(changesOf(plan)).toEqual({ ...nothing, steps, problems });
    expect(plan.needsSharers).toBe(needsSharers);
  });

  it('are asked for while ports stay disabled', () => {
    const needs = (wanted: Partial<TargetState>, ports = [shut()]) => planOf(wanted, { ports }).needsSharers;
    const kept = held({ evidence: [evidence()], unread: null });
    expect(needs(kept)).toBe(true);
    expect(needs({ ...kept, ...SHARED })).toBeUndefined();
    expect(needs({ ...kept, unread: [] })).toBeUndefined();
    expect(needs({ ...kept, holds: [] })).toBeUndefined();
    expect(needs({ ...kept, evidence: [evidence('7009')] })).toBeUndefined();
  });

  it('are enabled again for a service without a hold that came later, which counts for the brake', () => {
    const plan = planOf(held({ evidence: [evidence()], sharers: [sharer(['port:7001'])] }), { ports: [shut()] });
    expect(changesOf(plan)).toEqual({ ...nothing, steps: ['enable-port 7001'], problems: ['shared_ports'] });
    expect(plan.counts).toBe(true);
    const both = sharer(['port:7001'], { holds: [hold('disable-ports', { id: 'hold-2' })] });
    const kept = planOf(held({ evidence: [evidence()], sharers: [both] }), { ports: [shut()] });
    expect([changesOf(kept), kept.counts]).toEqual([{ ...nothing, problems: ['shared_ports'] }, undefined]);
    const permitted = held({ evidence: [evidence()], sharers: [sharer(['port:7001'])], ...SHARED });
    expect(changesOf(planOf(permitted, { ports: [shut()] }))).toEqual(nothing);
  });
});

describe('the end of a hold on ports', () => {
  it('enables what was disabled for it, and nothing else', () => {
    const plan = planOf({ evidence: [evidence()] }, { ports: [shut(), shut('7002')] });
    expect(plan.steps).toEqual([
      {
        ...{ type: 'enable-port', target: '7001', hold: 'hold-1', payload: null, ends: ['ev-7001'], begins: null },
        prior: { name: 'Gi7001', adminEnabled: false, linkUp: true },
      },
    ]);
    expect(plan.counts).toBeUndefined();
    expect(changesOf(planOf({ evidence: [evidence()] }))).toEqual({ ...nothing, ended: ['ev-7001 dropped'] });
  });

  it('passes the evidence on to another hold', () => {
    const newer = hold('disable-ports', { id: 'hold-2' });
    expect(changesOf(planOf({ holds: [newer], evidence: [evidence()] }, { ports: [shut()] }))).toEqual({
      ...nothing,
      moves: ['ev-7001 hold-2'],
    });
  });

  it('passes it on to a service that shares the ports and is held', () => {
    const other = sharer(['port:7001'], { allowSharedPorts: true, holds: [hold('disable-ports', { id: 'hold-2' })] });
    const plan = planOf({ evidence: [evidence()], sharers: [other] }, { ports: [shut()] });
    expect(changesOf(plan)).toEqual({ ...nothing, moves: ['ev-7001 hold-2'] });
    expect(plan.notices).toMatchObject([{ code: 'still_restricted', hold: 'hold-2' }]);
    expect(plan.drift).toEqual([plan.notices?.[0]?.message]);
  });

  it('is a problem where the ports cannot be read, unless the service is gone', () => {
    const unread = planOf({ evidence: [evidence()] }, { ports: null });
    expect(changesOf(unread)).toEqual({ ...nothing, problems: ['not_observed'] });
    const left = { leftPorts: [{ id: '7001', state: shut(), error: null }] };
    const gone = { ports: null, portsError: error, ...left };
    expect(changesOf(planOf({ evidence: [evidence()] }, { ...gone, isGone: true }))).toEqual({
      ...nothing,
      steps: ['enable-port 7001'],
    });
    expect(changesOf(planOf({ evidence: [evidence()] }, gone))).toEqual({
      ...nothing,
      ...{ steps: ['enable-port 7001'], problems: ['PANEL_NOT_FOUND'] },
    });
    expect(stepsOf(planOf({ evidence: [evidence()] }, { ports: null, ...left }))).toEqual([]);
  });

  it('needs nothing to be read without a hold and evidence', () => {
    expect(codesOf(planOf({}, { ports: null, order: order() }))).toEqual([]);
  });
});
