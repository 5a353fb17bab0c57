import { describe, expect, it } from '@jest/globals';
import type { Carrier, Did } from '@sluice/quota-core/telephony';
import { carrier, did, line, refusalOf, systems, systemWith } from '../test/lines.js';
import { type DidObservation, type DidTarget, planLink, planUnlink } from './plan-did.js';

const number = '+551140001234';
const own = { subscriberId: '9001', status: 'active' } as const;
const observed = (...dids: Did[]): DidObservation => ({ line: line(), dids, carriers: [carrier] });
const link = (system: keyof typeof systems, seen: DidObservation, wanted: Partial<DidTarget> = {}) =>
  planLink(systems[system], seen, { number, ...wanted });
const refusal = (seen: DidObservation, wanted: Partial<DidTarget> = {}, system = systems.default) =>
  refusalOf(() => planLink(system, seen, { number, ...wanted }));

describe('a number that is linked', () => {
  it.each<[string, Did, object]>([
    ['of another line', did({ subscriberId: '9002', status: 'active' }), { code: 'conflict', ids: ['6001'] }],
    ['that ended', did({ status: 'terminated' }), { code: 'conflict', ids: ['6001'] }],
    ['of no line that staff suspended', did({ status: 'suspended' }), { code: 'conflict', ids: ['6001'] }],
    ['of this line, suspended', did({ ...own, status: 'suspended' }), { planned: { steps: [], warnings: [] } }],
  ])('is left as it is: %s', (_, seen, expected) => {
    expect(refusal(observed(seen))).toEqual(expected);
  });

  it('needs a line that has not ended', () => {
    expect(refusal({ ...observed(did()), line: null })).toEqual({ code: 'not_found', ids: [] });
    expect(refusal({ ...observed(did()), line: line({ status: 'terminated' }) })).toEqual({
      code: 'conflict',
      ids: ['9001'],
    });
  });

  it('is a living record, also where one of the number has ended', () => {
    const seen = observed(did({ id: '5', status: 'terminated' }), did());
    expect(link('default', seen).steps).toEqual([
      {
        type: 'update-did',
        target: '6001',
        payload: { id: '6001', number, changes: { subscriberId: '9001' }, prior: { subscriberId: null } },
      },
    ]);
    expect(refusal(observed(did(), did({ id: '5' })))).toEqual({ code: 'ambiguous', ids: ['6001', '5'] });
  });

  it('keeps to the addon that it has', () => {
    const wanted = { externalRef: 'whmcs:addon:8' };
    const ofAddon = (externalRef: string | null) => observed(did({ ...own, externalRef }));
    expect(refusal(ofAddon('whmcs:addon:7'), wanted)).toEqual({ code: 'other_addon', ids: ['6001'] });
    expect(refusal(ofAddon('whmcs:addon:8'), wanted)).toEqual({ planned: { steps: [], warnings: [] } });
    expect(refusal(ofAddon('whmcs:addon:7'))).toEqual({ planned: { steps: [], warnings: [] } });
    expect(refusal(ofAddon('whmcs:service:400'), wanted)).toMatchObject({ planned: { steps: [] } });
    expect(refusal(ofAddon(null), wanted)).toMatchObject({ planned: { steps: [{ target: '6001' }] } });
  });

  it('loses the reference of its last addon before it has the line', () => {
    const types = (externalRef: string, wanted: Partial<DidTarget>) =>
      link('magnus', observed(did({ externalRef })), wanted).steps.map(({ type }) => type);
    expect(types('whmcs:addon:7', { externalRef: 'whmcs:addon:8' })).toEqual(['update-did', 'link-did']);
    expect(types('whmcs:service:7', { externalRef: 'whmcs:addon:8' })).toEqual(['link-did', 'update-did']);
  });

  it.each<[string, Partial<Did>, string | null | undefined]>([
    ['of an addon, beside a note', { externalRef: 'whmcs:addon:7 | block A' }, 'block A'],
    ['of an addon alone', { externalRef: 'whmcs:addon:7' }, null],
    ['of an addon, while the line has the number', { ...own, externalRef: 'whmcs:addon:7 | block A' }, undefined],
    ['of a service', { externalRef: 'whmcs:service:7' }, undefined],
    ['none, but a note', { externalRef: 'block A' }, undefined],
  ])('without an addon loses a stale reference: %s', (_, changes, left) => {
    const { steps, warnings } = link('magnus', observed(did(changes)));
    const written = steps.find(({ type }) => type === 'update-did');
    expect(written?.payload).toEqual(
      left === undefined
        ? undefined
        : { id: '6001', changes: { externalRef: left }, prior: { externalRef: changes.externalRef } },
    );
    expect(warnings).toEqual([]);
  });
});

describe('a number in another form on the system', () => {
  const local = did({ id: '6009', number: '1140001234', status: 'active' });

  it('is not made a second time', () => {
    expect(refusal({ ...observed(), otherForms: [local] })).toEqual({ code: 'conflict', ids: ['6009'] });
  });

  it('does not count once it has ended, nor where the form of the profile exists', () => {
    const ended = { ...observed(), otherForms: [{ ...local, status: 'terminated' as const }] };
    expect(link('default', ended).steps).toMatchObject([{ type: 'create-did' }]);
    const both = { ...observed(did()), otherForms: [local] };
    expect(link('default', both).steps).toMatchObject([{ type: 'update-did', target: '6001' }]);
  });
});

describe('the destination of a number', () => {
  const destination = { type: 'number', value: '+551133330000' } as const;

  it.each([
    ['none yet', null],
    ['another type', { type: 'subscriber', value: destination.value }],
    ['another value', { type: 'number', value: '+551133339999' }],
  ] as [string, Did['destination']][])('is written where it has %s', (_, before) => {
    expect(link('default', observed(did({ ...own, destination: before })), { destination }).steps).toEqual([
      {
        type: 'update-did',
        target: '6001',
        payload: { id: '6001', changes: { destination }, prior: { destination: before } },
      },
    ]);
  });

  it('is left where it is the same or not stated', () => {
    const seen = observed(did({ ...own, destination }));
    expect(link('default', seen, { destination: { ...destination } }).steps).toEqual([]);
    expect(link('default', seen).steps).toEqual([]);
  });

  it('is refused where the profile cannot write it', () => {
    expect(refusal(observed(did(own)), { destination }, systems.magnus)).toMatchObject({ code: 'unsupported' });
  });
});

it('a value that the profile cannot update stays as it is', () => {
  const without = systemWith({ dids: { operations: { update: { method: 'PATCH', send: ['subscriber_id'] } } } });
  const wanted = { channels: 4, externalRef: 'whmcs:service:400' };
  expect(refusal(observed(did(own)), wanted, without)).toEqual({ planned: { steps: [], warnings: [] } });
});

describe('a new number', () => {
  const made = (carriers: Carrier[], wanted: Partial<DidTarget>) =>
    refusalOf(() => planLink(systems.default, { ...observed(), carriers }, { number, ...wanted }));
  const withCarrier = (carrierId: string) => ({
    planned: { steps: [{ payload: { values: { number, carrierId, subscriberId: '9001' } } }], warnings: [] },
  });

  it.each(['21', 'Operadora A', 'EXA'])('is of the carrier with the id, name or code %s', (named) => {
    const other = { ...carrier, id: '22', name: 'Operadora B', code: 'EXB' };
    expect(made([other, carrier], { carrier: named })).toMatchObject(withCarrier('21'));
  });

  it('needs no carrier, but not one of several', () => {
    expect(made([], {})).toEqual({
      planned: {
        steps: [{ type: 'create-did', target: number, payload: { values: { number, subscriberId: '9001' } } }],
        warnings: [],
      },
    });
    expect(made([carrier, { ...carrier, id: '22' }], { carrier: 'EXA' })).toEqual({
      code: 'ambiguous',
      ids: ['21', '22'],
    });
    expect(made([carrier], { carrier: 'none' })).toEqual({ code: 'not_found', ids: [] });
  });

  it.each<[string, object]>([
    ['make it', { operations: { create: false } }],
    ['link it', { operations: { create: { method: 'POST', send: ['number'] } } }],
  ])('is refused before it is made where the profile cannot %s', (_, dids) => {
    expect(refusal(observed(), {}, systemWith({ dids }))).toEqual({ code: 'unsupported', ids: [] });
  });
});

describe('a number that is unlinked', () => {
  it('has no line any more, and can be linked back by its journal', () => {
    expect(planUnlink(systems.default, [did(own)], number)).toEqual({
      steps: [
        {
          type: 'update-did',
          target: '6001',
          payload: { id: '6001', number, changes: { subscriberId: null }, prior: { subscriberId: '9001' } },
        },
      ],
      warnings: [],
    });
    expect(planUnlink(systems.magnus, [did(own)], number)).toEqual({
      steps: [{ type: 'unlink-did', target: '6001', payload: { id: '6001', number } }],
      warnings: [],
    });
    expect(planUnlink(systems.default, [did()], number)).toEqual({ steps: [], warnings: [] });
  });

  it('is reserved before, where the system would ignore it else', () => {
    const byHand = did({ ...own, extra: { reserved: '0' } });
    expect(planUnlink(systems.magnus, [byHand], number).steps.map(({ type }) => type)).toEqual([
      'update-did',
      'unlink-did',
    ]);
  });

  it.each<[string, object]>([
    ['numbers at all', { update: false }],
    ['their line', { update: { method: 'PATCH', send: ['channels'] } }],
  ])('is refused where the profile cannot change %s', (_, operations) => {
    const system = systemWith({ dids: { operations } });
    expect(refusalOf(() => planUnlink(system, [did(own)], number))).toEqual({ code: 'unsupported', ids: [] });
    expect(refusal(observed(did()), {}, system)).toEqual({ code: 'unsupported', ids: [] });
  });
});
