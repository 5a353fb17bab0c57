import { describe, expect, it } from '@jest/globals';
import type { Applied, RunOnPanel } from '../kernel/subject/stages.js';
import { historyAfter, toTargetState, withCheckpoint } from './plan.js';
import {
  CYCLE,
  GB,
  limited,
  makeAction,
  makeApplied,
  makeHold,
  makePlanned,
  makeRun,
  NOW,
  SEEN,
  SERVICE,
} from '../test/subjects.js';

const used = (bytes: number | null) => ({ ...CYCLE, totalBytes: bytes, readAt: NOW });

describe('the target of a service', () => {
  const target = (facts: Partial<Applied> = {}, run: Partial<RunOnPanel> = {}, panel: object = {}) =>
    toTargetState(makeRun(panel, run), makeApplied(facts));
  const protectedUntil = { ...SERVICE, protectedUntil: '2027-01-01' };

  it.each<[string, Partial<Applied>, object | null]>([
    ['what is sold', {}, { unlimited: false, allowedBytes: 100 * GB, lifted: false, soldBytes: 100 * GB }],
    [
      'nothing while it is protected',
      { service: protectedUntil },
      { unlimited: true, allowedBytes: null, lifted: true, soldBytes: 100 * GB },
    ],
    ['as it is where none is known', { allowance: null }, null],
    [
      'as it is where it is not ours',
      { allowance: { kind: 'unmanaged', parts: [] } as unknown as Applied['allowance'] },
      null,
    ],
    [
      'nothing where it is unlimited',
      { allowance: { kind: 'unlimited', parts: [] } as unknown as Applied['allowance'] },
      { unlimited: true, allowedBytes: null, lifted: false, soldBytes: null },
    ],
  ])('limits on the panel %s', (_, facts, expected) => {
    expect(target(facts).allowance).toEqual(expected);
  });

  it('leaves the limit as it is where the only reading of the cycle was of no use, unless a command asks', () => {
    const answer = { reading: { known: true } } as unknown as Applied['answer'];
    const usage = { totalBytes: 1, at: NOW } as unknown as Applied['usage'];
    expect(target({ answer }).allowance).toBeNull();
    expect(target({ answer, cycle: used(0) }).allowance).not.toBeNull();
    expect(target({ answer, usage }).allowance).not.toBeNull();
    expect(toTargetState(makeRun(), makeApplied({ answer }), { verb: 'unsuspend' }).allowance).not.toBeNull();
    expect(target({ answer, service: protectedUntil }).allowance).toMatchObject({ lifted: true });
  });

  it('has what was counted of its own account on its panel', () => {
    const counter = { lastIn: 5, lastOut: 7, usedIn: 1, usedOut: 2, at: '2026-11-16T00:00:00.000Z' };
    const counted = (more: object = {}, cycle: object = {}) =>
      target({ cycle: { ...used(3), counter: { ...counter, ...more }, ...cycle } }).counted;
    expect(counted()).toEqual({ counterBytes: 12, usedBytes: 3 });
    expect(counted({ panel: 'other' })).toBeNull();
    expect(counted({ account: 'somebody' })).toBeNull();
    expect(target({ cycle: null }).counted).toBeNull();
    expect(target({ cycle: CYCLE }).counted).toBeNull();
  });

  it('has its journal, with the changes of this run once it has made some', () => {
    const recent = [makeAction({ id: 'act-0' })];
    const history = { checkpoint: { at: NOW }, decision: null, recent, removed: 0 };
    const actions = [makeAction()];
    expect(target({ history, actions })).toMatchObject({
      checkpoint: { at: NOW },
      recent: [{ id: 'act-0' }, { id: 'act-1' }],
    });
    const before = toTargetState(makeRun(), makePlanned({ history, ...{ actions } }));
    expect(before.recent.map(({ id }) => id)).toEqual(['act-0']);
  });

  it('gives everything back only where no hold stays', () => {
    const lifted = { givesBack: true, allowance: { unlimited: true, allowedBytes: null, lifted: true } };
    expect(target({}, { givesBack: true })).toMatchObject(lifted);
    expect(target({ holds: [makeHold()] }, { givesBack: true })).not.toHaveProperty('givesBack');
    expect(target()).not.toHaveProperty('givesBack');
  });

  it('undoes only what was restricted where the account of an ended service is another’s', () => {
    const ended = new Map([['svc-1', new Set(['ev-1'])]]);
    const leaving = { allowance: null, sharers: [], scope: 'hold' };
    expect(target({}, { ended })).toMatchObject(leaving);
    expect(target({}, { ended }, { objects: {} }).scope).toBe('poll');
    expect(target({}, { ended: new Map([['svc-2', new Set<string>()]]) }).scope).toBe('poll');
  });

  it('sets the limit that was sold again where a lift ends with its service', () => {
    const lowered = new Map([['svc-1', limited(7)]]);
    const counter = { lastIn: 5, lastOut: 0, usedIn: 5, usedOut: 0, at: '2026-11-16T00:00:00.000Z' };
    expect(target({ recorded: { ...used(5), counter }, cycle: null }, { lowered })).toMatchObject({
      ...{ scope: 'hold', endsLift: true, sharers: [], counted: { counterBytes: 5 } },
      allowance: { unlimited: false, allowedBytes: 7, lifted: false, soldBytes: 7 },
    });
    expect(target()).not.toHaveProperty('endsLift');
  });

  it('has the sharers, the cycle and the time of its panel', () => {
    const cycle = { id: CYCLE.id, start: CYCLE.start, end: CYCLE.end, isNew: true, readAt: null };
    expect(target({ cycleIsNew: true, unread: ['svc-2'] })).toMatchObject({
      cycle,
      unread: ['svc-2'],
      timeZone: 'UTC',
      now: NOW,
    });
    expect(target({ cycle: null })).toMatchObject({ cycle: null, unread: null });
  });
});

describe('what is kept for the next run', () => {
  const kept = { at: NOW, account: { name: 'a' } };
  const panel = (checkpoint: unknown = kept) => ({ history: { checkpoint: () => checkpoint } });
  const after = (facts: Partial<Applied> = {}, { isTaken = true, of = panel() } = {}) =>
    historyAfter(makeRun(of), makeApplied({ observation: SEEN, ...facts }), { isTaken });

  it('is what the panel showed, by its name', () => {
    expect(after().checkpoint).toEqual({ ...kept, panel: 'dcim' });
  });

  it.each<[string, Partial<Applied>, object]>([
    ['the panel keeps nothing', {}, {}],
    ['nothing was seen', { observation: null }, panel()],
    ['the account could not be read', { observation: { ...SEEN, state: null } }, panel()],
    ['nothing is to be kept', {}, panel(null)],
  ])('is what was kept before where %s', (_, facts, of) => {
    const work = makeApplied({ observation: SEEN, ...facts });
    const on = makeRun(of);
    expect(historyAfter(on, work, { isTaken: true })).toBe(work.history);
    expect(withCheckpoint(on, work, true)).toBe(work);
  });

  it('names the changes whose outcome is not known', () => {
    const open = makeAction({ id: 'act-2' });
    const done = makeAction({ id: 'act-3', endedAt: NOW });
    expect(after({ unresolved: [open], actions: [done] }).checkpoint).toMatchObject({ doubts: ['act-2'] });
    expect(after({ actions: [done] }).checkpoint).not.toHaveProperty('doubts');
  });

  it('has the checkpoint of the last reading that counted, where this one does not', () => {
    const counter = { lastIn: 1, lastOut: 0, usedIn: 1, usedOut: 0, at: NOW };
    const before = { at: '2026-11-19T12:00:00.000Z', account: null };
    const history = { checkpoint: before, decision: null, recent: [], removed: 0 };
    const recorded = { ...CYCLE, counter };
    const usage = { totalBytes: 1, at: NOW } as unknown as Applied['usage'];
    expect(after({ history, recorded }).checkpoint).toMatchObject({ counted: before });
    expect(after({ history, recorded, usage }, { isTaken: false }).checkpoint).toMatchObject({ counted: before });
    expect(after({ history, recorded, usage }).checkpoint).not.toHaveProperty('counted');
    expect(after({ history }).checkpoint).not.toHaveProperty('counted');
  });

  it('is an error of the service where the adapter fails', () => {
    const broken = makeRun({
      history: {
        checkpoint: () => {
          throw new TypeError('no name');
        },
      },
    });
    const { error, history } = withCheckpoint(broken, makeApplied({ observation: SEEN }), true);
    expect([error?.message, history.checkpoint]).toEqual([expect.stringContaining('"svc-1": '), null]);
    const { checkpoint } = withCheckpoint(makeRun(panel()), makeApplied({ observation: SEEN }), true).history;
    expect(checkpoint).toMatchObject(kept);
  });
});
