import { describe, expect, it } from '@jest/globals';
import type { Did } from '@sluice/quota-core/telephony';
import { did, line, refusalOf, systems, systemWith } from '../test/lines.js';
import { isReleased, type LineState, planRelease, planSuspend, planTerminate, planUnsuspend } from './plan-states.js';

const own = (id: string, status: Did['status'], changes: Partial<Did> = {}): Did =>
  did({ id, subscriberId: '9001', status, ...changes });
const types = ({ steps }: { steps: { type: string; target: string }[] }): string[] =>
  steps.map(({ type, target }) => `${type} ${target}`);
const active = own('6001', 'active');
const suspended = own('6002', 'suspended');

describe('a suspension and its end', () => {
  it('leaves numbers alone unless it is asked for them, and then those that are not active', () => {
    const state = { line: line(), dids: [active, suspended, own('6003', 'available')] };
    expect(types(planSuspend(systems.default, state))).toEqual(['suspend-subscriber 9001']);
    expect(types(planSuspend(systems.default, state, true))).toEqual(['suspend-did 6001', 'suspend-subscriber 9001']);
    expect(planSuspend(systems.default, { line: line({ status: 'suspended' }), dids: [] })).toEqual({
      steps: [],
      warnings: [],
    });
  });

  it('makes active what is suspended and ours, and nothing else', () => {
    const state = { line: line(), dids: [active, suspended, own('6003', 'suspended')] };
    expect(types(planUnsuspend(systems.default, state, ['6001', '6002']))).toEqual(['unsuspend-did 6002']);
  });

  it('is refused of a line that ended', () => {
    const ended = { line: line({ status: 'terminated' }), dids: [] };
    expect(refusalOf(() => planSuspend(systems.default, ended))).toEqual({ code: 'conflict', ids: ['9001'] });
    expect(refusalOf(() => planUnsuspend(systems.default, ended, []))).toEqual({ code: 'conflict', ids: ['9001'] });
  });

  it.each<[string, object, boolean, boolean]>([
    ['numbers', { dids: { operations: { suspend: false } } }, true, false],
    ['lines', { subscribers: { operations: { suspend: false } } }, false, false],
    ['the end of either', { subscribers: { operations: { unsuspend: false, terminate: false } } }, true, true],
  ])('is refused as a whole where the profile cannot suspend %s', (_, resources, alone, both) => {
    const system = systemWith(resources);
    const isPlanned = (withDids: boolean): boolean =>
      'planned' in refusalOf(() => planSuspend(system, { line: line(), dids: [active] }, withDids));
    expect([isPlanned(false), isPlanned(true)]).toEqual([alone, both]);
  });
});

describe('the end of a line', () => {
  const end = (state: LineState, ours?: string[]) => types(planTerminate(systems.magnus, state, true, ours));

  it('releases the numbers that the line has, and no other', () => {
    const dids = [active, own('6003', 'terminated'), did({ id: '6004', status: 'available' })];
    expect(end({ line: line(), dids })).toEqual(['terminate-did 6001', 'terminate-subscriber 9001']);
  });

  it('is done where the line has ended or is gone, but not for its numbers', () => {
    const ended = line({ status: 'terminated' });
    expect(end({ line: ended, dids: [active] })).toEqual(['terminate-did 6001']);
    expect(end({ line: null, dids: [active] })).toEqual(['terminate-did 6001']);
    expect(planTerminate(systems.magnus, { line: ended, dids: [] })).toEqual({ steps: [], warnings: [] });
  });
});

describe('the release of a number', () => {
  const release = (seen: Did, isOurs = false, system = systems.magnus) => planRelease(system, seen, isOurs).steps;

  it.each<[string, Did, boolean, string[]]>([
    ['active', active, true, ['terminate-did 6001']],
    ['suspended by us', suspended, true, ['unsuspend-did 6002', 'terminate-did 6002']],
    ['suspended by staff', suspended, false, ['terminate-did 6002']],
  ])('leaves it in the pool as staff had it: %s', (_, seen, isOurs, expected) => {
    expect(types({ steps: release(seen, isOurs) })).toEqual(expected);
  });

  it('does not touch its state where it ends for good', () => {
    expect(release(suspended, true, systems.default)).toEqual([
      { type: 'terminate-did', target: '6002', payload: { id: '6002', number: suspended.number } },
    ]);
  });

  it('reserves before a number that staff gave a line by hand', () => {
    const byHand = { extra: { reserved: '0' } };
    expect(release(own('6001', 'active', byHand))).toEqual([
      {
        type: 'update-did',
        target: '6001',
        payload: { id: '6001', changes: { extra: { reserved: '1' } }, prior: { extra: { reserved: '0' } } },
      },
      { type: 'terminate-did', target: '6001', payload: { id: '6001', number: active.number } },
    ]);
    expect(types({ steps: release(did(byHand)) })).toEqual(['terminate-did 6001']);
  });

  it.each<[Did['status'], string | null, boolean]>([
    ['terminated', '9001', true],
    ['terminated', null, true],
    ['available', null, true],
    ['suspended', null, true],
    ['active', null, false],
    ['active', '9001', false],
    ['suspended', '9001', false],
  ])('is seen of a number that is %s with the line %s: %s', (status, subscriberId, expected) => {
    expect(isReleased({ status, subscriberId })).toBe(expected);
  });
});
