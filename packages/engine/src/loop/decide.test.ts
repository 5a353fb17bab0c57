import { describe, expect, it } from '@jest/globals';
import type { Panel } from '@sluice/panel-kind';
import type { Decided, Loaded, Read } from '../kernel/subject/stages.js';
import { toRead } from '../kernel/subject/to-stage.js';
import {
  decideEnds,
  decideHolds,
  decideLast,
  distrust,
  draftHolds,
  findWindowKey,
  foreseeHolds,
  undecided,
} from './decide.js';
import {
  CYCLE,
  GB,
  limited,
  makeContext,
  makeDue,
  makeHold,
  makeLoaded,
  makePlanned,
  makeRun,
  NOW,
  SERVICE,
} from '../test/subjects.js';

const { panel } = makeRun();
const context = makeContext();
const PAST = '2026-11-19T12:00:00.000Z';
const used = (totalBytes: number | null, facts: object = {}) => ({ ...CYCLE, totalBytes, readAt: PAST, ...facts });

/** Returns a service whose reading shows so much; null: it is of no use. */
function read(bytes: number | null, facts: Partial<Loaded> = {}, more: Partial<Read> = {}): Read {
  const figures = { inBytes: null, outBytes: null, totalBytes: bytes };
  const reading = { known: true, at: NOW, ...figures } as const;
  const usage = bytes === null ? null : { ...figures, at: NOW };
  const answer = { reading, raw: null, shape: [], warnings: [] };
  return { ...toRead(makeLoaded(facts)), answer, usage, ...more };
}
const decideOn = (subject: Read, on: Panel = panel): Decided => decideHolds(context, on, subject, NOW);
const reasons = ({ opens, closes }: Pick<Decided, 'opens' | 'closes'>) => [
  opens.map(({ reason }) => reason),
  closes.map(({ reason }) => reason),
];
const quota = (facts: Partial<ReturnType<typeof makeHold>> = {}) =>
  makeHold({ usedBytes: 100 * GB, allowedBytes: 100 * GB, cycle: CYCLE.id, ...facts });

describe('a run', () => {
  it('holds a service that has used its allowance, unless it is held by it already', () => {
    expect(reasons(decideOn(read(100 * GB)))).toEqual([['quota'], []]);
    expect(reasons(decideOn(read(100 * GB - 1)))).toEqual([[], []]);
    expect(reasons(decideOn(read(100 * GB, { holds: [quota()] })))).toEqual([[], []]);
    expect(decideOn(read(100 * GB)).opens).toMatchObject([{ restriction: 'disable-ports' }]);
  });

  it('releases it where its allowance has grown, or its cycle has ended', () => {
    expect(reasons(decideOn(read(100 * GB, { holds: [quota()], allowance: limited(150 * GB) })))).toEqual([
      [],
      ['quota'],
    ]);
    expect(reasons(decideOn(read(0, { holds: [quota({ cycle: '2026-10' })] })))).toEqual([[], ['quota']]);
  });

  it('decides nothing of a service that it skips, or whose allowance is not known', () => {
    for (const left of [
      decideOn(read(100 * GB, { skipped: 'pending' })),
      decideOn(read(100 * GB, { allowance: null })),
    ])
      expect(left).toMatchObject({
        stage: 'decided',
        decision: null,
        opens: [],
        closes: [],
        thresholds: [],
        buys: [],
        more: null,
      });
    const before = [{ id: 'spend' }] as unknown as Loaded['limitsBefore'];
    expect(undecided(read(0, { limitsBefore: before })).limits).toBe(before);
  });

  it('keeps what is held while the usage is not known, and begins nothing', () => {
    const held = { holds: [quota()] };
    for (const unknown of [
      read(100 * GB, { ...held, error: { code: 'PANEL_DOWN', message: 'no answer' } }),
      read(null, held),
      read(null, held, { answer: null }),
    ])
      expect(reasons(decideOn(unknown))).toEqual([[], []]);
    expect(reasons(decideOn(read(100 * GB, {}, { answer: null })))).toEqual([[], []]);
  });

  it('says what is wrong with a reading, and warns of what it counts all the same', () => {
    const failed = decideOn(read(1, { error: { code: 'PANEL_DOWN', message: 'no answer' } }));
    expect(failed.error).toEqual({ code: 'PANEL_DOWN', message: 'no answer' });
    expect(decideOn(read(null)).error).toMatchObject({ code: 'not_read', message: 'the reading was not counted' });
    expect(decideOn(read(1)).error).toBeNull();
  });

  it('follows the bill, and leaves the holds of operators and agents to them', () => {
    const suspended = { service: { ...SERVICE, status: 'suspended' as const } };
    expect(reasons(decideOn(read(1, suspended)))).toEqual([['billing'], []]);
    expect(decideOn(read(1, suspended)).opens[0]?.restriction).toBe('suspend-order');
    const others = [
      makeHold({ id: 'h-2', reason: 'manual' }),
      makeHold({ id: 'h-3', reason: 'agent-limit' }),
      makeHold({ id: 'h-4', reason: 'billing' }),
    ];
    expect(reasons(decideOn(read(1, { holds: others })))).toEqual([[], ['billing']]);
    expect(reasons(decideOn(read(1, { ...suspended, holds: others })))).toEqual([[], []]);
  });

  it('counts the harsher of two restrictions: what an operator or an agent holds besides', () => {
    const standing = decideOn(
      read(1, { holds: [makeHold({ reason: 'manual' }), makeHold({ id: 'h-2', reason: 'agent-limit' })] }),
    );
    expect(standing.decision?.holds.map(({ reason, restriction }) => [reason, restriction])).toEqual([
      ['manual', 'suspend-order'],
      ['agent-limit', 'disable-ports'],
    ]);
  });

  it('restricts nothing while a service is protected, or its quota released until a date', () => {
    const until = '2026-11-21';
    for (const service of [
      { ...SERVICE, protectedUntil: until },
      { ...SERVICE, quotaReleasedUntil: until },
    ])
      expect(reasons(decideOn(read(100 * GB, { service, holds: [] })))).toEqual([[], []]);
    const held = { service: { ...SERVICE, protectedUntil: until }, holds: [quota()] };
    expect(reasons(decideOn(read(100 * GB, held)))).toEqual([[], ['quota']]);
    const over = { ...SERVICE, protectedUntil: '2026-11-20', quotaReleasedUntil: '2026-11-20' };
    expect(reasons(decideOn(read(100 * GB, { service: over })))).toEqual([['quota'], []]);
  });

  it('ends the hold of a limit that the config does not have any more', () => {
    const holds = [makeHold({ reason: 'fair-use', cycle: 'day 2026-11-20T00:00:00.000Z' })];
    expect(reasons(decideOn(read(1, { holds })))).toEqual([[], ['fair-use']]);
    expect(reasons(decideOn(read(1, { holds: [makeHold({ reason: 'fair-use', cycle: null })] })))).toEqual([[], []]);
  });

  it('names the thresholds that its reading is the first of the cycle to reach', () => {
    expect(decideOn(read(95 * GB)).thresholds).toEqual([80, 90]);
    expect(decideOn(read(95 * GB, { cycle: used(95 * GB, { thresholds: [80] }) })).thresholds).toEqual([90]);
    expect(decideOn(read(95 * GB, { cycle: null })).thresholds).toEqual([]);
    expect(decideOn(read(null)).thresholds).toEqual([]);
    expect(decideOn(read(95 * GB, { mode: 'IN' })).thresholds).toEqual([]);
    const unlimited = { kind: 'unlimited', parts: [] } as unknown as Loaded['allowance'];
    expect(decideOn(read(95 * GB, { allowance: unlimited })).thresholds).toEqual([]);
  });

  it('drafts the hold with the figures and the cycle that it was decided by', () => {
    const [draft] = draftHolds(context, decideOn(read(120 * GB)));
    expect(draft).toMatchObject({
      ...{ service: 'svc-1', reason: 'quota', restriction: 'disable-ports', since: NOW, until: null, origin: 'run' },
      ...{
        note: 'at-or-over-allowance',
        usedBytes: 120 * GB,
        allowedBytes: 100 * GB,
        cycle: expect.stringContaining(CYCLE.id),
      },
    });
    const work = { ...makePlanned({ opens: [makeDue('billing')] }), stage: 'decided' } as unknown as Decided;
    expect(draftHolds(context, work)).toMatchObject([{ reason: 'billing', usedBytes: null, allowedBytes: null }]);
  });
});

describe('the window of a limit', () => {
  const limits = [{ id: 'fair-use', key: 'day 2026-11-20' }] as unknown as Decided['limits'];
  it('is its own, else the cycle', () => {
    expect(findWindowKey({ cycle: CYCLE, limits }, 'fair-use')).toBe('day 2026-11-20');
    expect(findWindowKey({ cycle: CYCLE, limits }, 'quota')).toContain(CYCLE.id);
    expect(findWindowKey({ cycle: null, limits: [] }, 'quota')).toBeNull();
  });
});

describe('a command, which reads no usage,', () => {
  const ends = (facts: Partial<Loaded>) => reasons(decideEnds(context, panel, makeLoaded(facts), NOW))[1];

  it('ends what the last reading does not call for any more', () => {
    expect(ends({ holds: [quota()], cycle: used(100 * GB), allowance: limited(150 * GB) })).toEqual(['quota']);
    expect(ends({ holds: [quota()], cycle: used(100 * GB) })).toEqual([]);
    expect(ends({ cycle: used(1) })).toEqual([]);
    expect(ends({ holds: [quota()], cycle: used(1), allowance: null })).toEqual([]);
  });

  it.each<[string, Partial<Loaded>]>([
    ['there is no cycle', { cycle: null }],
    ['the cycle is new', { cycleIsNew: true, cycle: used(1) }],
    ['the cycle was not read', { cycle: { ...CYCLE, totalBytes: 1 } }],
  ])('keeps what is held where %s', (_, facts) => {
    expect(ends({ holds: [quota()], ...facts })).toEqual([]);
    expect(decideLast(context, panel, makeLoaded(facts), NOW)?.decision?.limits[0]).toMatchObject({ usedBytes: null });
  });

  it('begins nothing, and has the figures of that reading', () => {
    const last = decideLast(context, panel, makeLoaded({ cycle: used(120 * GB) }), NOW);
    expect(last).toMatchObject({
      opens: [],
      closes: [],
      decision: { limits: [{ limit: 'quota', usedBytes: 120 * GB, allowedBytes: 100 * GB }] },
    });
    expect(decideLast(context, panel, makeLoaded({ allowance: null }), NOW)).toBeNull();
  });

  it('foresees which holds stay, and why', () => {
    const foresee = (facts: Partial<Loaded>) => foreseeHolds(context, panel, makeLoaded(facts), NOW);
    expect(foresee({ holds: [quota()], cycle: used(100 * GB) })).toMatchObject({
      ...{ staying: [{ id: 'hold-1' }], holdsQuota: true, usedBytes: 100 * GB, isSuspended: false },
    });
    expect(foresee({ holds: [quota()], cycle: used(1), allowance: limited(150 * GB) })).toMatchObject({
      staying: [],
      holdsQuota: false,
      usedBytes: 1,
    });
    expect(foresee({ service: { ...SERVICE, status: 'suspended' } })).toMatchObject({
      isSuspended: true,
      holdsQuota: false,
      usedBytes: null,
    });
    expect(foresee({ service: { ...SERVICE, status: 'suspended', protectedUntil: '2027-01-01' } })).toMatchObject({
      isSuspended: false,
    });
    expect(foresee({ allowance: null })).toBeNull();
  });
});

describe('an untrusted reading', () => {
  const reason = { code: 'impossible_jump', message: 'too high' };

  it('neither starts nor ends a hold of a limit in bytes, and is the error of its service', () => {
    expect(distrust(context, decideOn(read(100 * GB)), reason)).toMatchObject({ opens: [], error: reason });
    const released = decideOn(read(1, { holds: [quota()], allowance: limited(150 * GB) }));
    expect(distrust(context, released, reason)).toMatchObject({ closes: [], error: reason });
  });

  it('leaves what follows from the bill', () => {
    const both = decideOn(read(100 * GB, { service: { ...SERVICE, status: 'suspended' }, holds: [] }));
    expect(reasons(distrust(context, both, reason))).toEqual([['billing'], []]);
    const billed = decideOn(read(1, { service: { ...SERVICE, status: 'suspended' } }));
    expect(distrust(context, billed, reason)).toBe(billed);
    const paid = decideOn(read(100 * GB, { holds: [makeHold({ id: 'h-2', reason: 'billing' })] }));
    expect(reasons(distrust(context, paid, reason))).toEqual([[], ['billing']]);
  });

  it('changes nothing where nothing starts or ends, or an operator has lifted the quota', () => {
    const calm = decideOn(read(1));
    expect(distrust(context, calm, reason)).toBe(calm);
    const skipped = decideOn(read(1, { skipped: 'pending' }));
    expect(distrust(context, skipped, reason)).toBe(skipped);
    const lifted = decideOn(
      read(100 * GB, { service: { ...SERVICE, protectedUntil: '2027-01-01' }, holds: [quota()] }),
    );
    expect(distrust(context, lifted, reason)).toBe(lifted);
    const unlimited = { kind: 'unlimited', parts: [] } as unknown as Loaded['allowance'];
    const freed = decideOn(read(100 * GB, { allowance: unlimited, holds: [quota()] }));
    expect(reasons(distrust(context, freed, reason))).toEqual([[], ['quota']]);
  });
});
