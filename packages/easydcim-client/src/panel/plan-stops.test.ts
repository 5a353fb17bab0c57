import { describe, expect, it } from '@jest/globals';
import type { TargetState } from '@sluice/panel-kind';
import { evidence, hold, order, orderEvidence, planOf, port, sharer, shut, suspended } from '../test/plans.js';
import type { EasyDcimState } from './state.js';

const management = port('7000', { management: true });
const stops = (wanted: Partial<TargetState>, shown: Partial<EasyDcimState>) => {
  const plan = planOf(wanted, shown);
  return { stops: plan.stops?.map((text) => text.split(' is ')[0]?.split(' are ')[0]), part: plan.stopsPart };
};
const none = { stops: [], part: undefined };
const ofOrder = 'order 88';
const ofPorts = 'all its ports';

describe('what else stops a service', () => {
  it.each<[string, Partial<TargetState>, Partial<EasyDcimState>, object]>([
    ['nothing', {}, {}, none],
    ['an order that staff suspended', {}, { order: suspended() }, { stops: [ofOrder], part: undefined }],
    ['an order that Sluice suspended', { evidence: [orderEvidence()] }, { order: suspended() }, none],
    ['an order that shows no state', {}, { order: order({ suspended: null }) }, none],
    ['ports that staff disabled', {}, { ports: [shut(), shut('7002')] }, { stops: [ofPorts], part: undefined }],
    [
      'ports that staff disabled, but the management port',
      {},
      { ports: [management, shut()] },
      { stops: [ofPorts], part: undefined },
    ],
    ['one disabled port of two', {}, { ports: [shut(), port('7002')] }, none],
    ['a port that shows no state', {}, { ports: [port('7001', { adminEnabled: null })] }, none],
    ['a management port alone', {}, { ports: [shut('7000', { management: true })] }, none],
    ['no ports', {}, { ports: [] }, none],
    ['ports that were not read', {}, { ports: null }, none],
    ['ports of which Sluice disabled one', { evidence: [evidence()] }, { ports: [shut(), shut('7002')] }, none],
    ['both', {}, { order: suspended(), ports: [shut()] }, { stops: [ofOrder, ofPorts], part: undefined }],
    [
      'evidence of others',
      { evidence: [evidence('7009'), orderEvidence('89')] },
      { order: suspended() },
      { stops: [ofOrder], part: undefined },
    ],
  ])('is %s', (_, wanted, shown, expected) => {
    expect(stops(wanted, shown)).toEqual(expected);
  });

  it('names the ports that can be switched', () => {
    const { stops: texts } = planOf({}, { ports: [management, shut(), shut('7002')] });
    expect(texts).toEqual([expect.stringMatching(/: 7001, 7002$/)]);
  });

  it('is not what this run undoes for a service that shares it', () => {
    const shared = (restricted?: string[]) => ({
      sharers: [sharer(['port:7001', 'order:88'], restricted === undefined ? {} : { restricted })],
    });
    const shown = { ports: [shut()], order: suspended() };
    expect(stops(shared(['7001', '88']), shown)).toEqual(none);
    expect(stops(shared(['7001']), shown).stops).toEqual([ofOrder]);
    expect(stops(shared(), shown).stops).toEqual([ofOrder, ofPorts]);
    const [other] = shared().sharers;
    const [own] = shared(['7001', '88']).sharers;
    expect(stops({ sharers: [other, own].flatMap((each) => each ?? []) }, shown)).toEqual(none);
  });
});

describe('a stop of a part of a service', () => {
  const heldOther = sharer(['port:7001', 'order:88'], {
    ...{ allowSharedPorts: true, action: 'both' },
    holds: [hold('disable-ports', { id: 'hold-2' })],
  });
  const part = (wanted: Partial<TargetState>, shown: Partial<EasyDcimState>) => planOf(wanted, shown).stopsPart;

  it('is one that leaves a port enabled, or enables it now', () => {
    const shared = { sharers: [heldOther] };
    expect(part(shared, { ports: [shut(), port('7002')] })).toBe(true);
    expect(part(shared, { ports: [shut(), management] })).toBeUndefined();
    expect(part(shared, { ports: [shut(), port('7002', { adminEnabled: null })] })).toBeUndefined();
    expect(part(shared, { ports: [shut()] })).toBeUndefined();
    const second = { ...shared, evidence: [evidence('7002')] };
    expect(part(second, { ports: [shut(), shut('7002')] })).toBe(true);
    expect(part({}, { ports: [shut(), port('7002')] })).toBeUndefined();
  });

  it('needs an order that is active, or will be', () => {
    const shown = { ports: [shut(), port('7002')] };
    const shared = { sharers: [heldOther] };
    expect(part(shared, { ...shown, order: null })).toBe(true);
    expect(part(shared, { ...shown, order: null, orderError: { code: 'x', message: 'y' } })).toBeUndefined();
    expect(part(shared, { ...shown, order: suspended() })).toBeUndefined();
    expect(part(shared, { ...shown, order: order({ suspended: null }) })).toBeUndefined();
    expect(part({ ...shared, evidence: [orderEvidence()] }, { ...shown, order: suspended() })).toBe(true);
  });

  it('is none where ports are not shown', () => {
    expect(part({ sharers: [heldOther] }, { ports: null, order: suspended() })).toBeUndefined();
  });

  it('is all of it where both stay for another service', () => {
    const other = { ...heldOther, holds: [hold('both', { id: 'hold-2' })] };
    const plan = planOf(
      { sharers: [other], evidence: [orderEvidence()] },
      { ports: [shut(), port('7002')], order: suspended() },
    );
    expect([plan.stopsPart, plan.notices?.length]).toEqual([undefined, 2]);
  });
});
