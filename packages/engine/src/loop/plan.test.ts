import { describe, expect, it } from '@jest/globals';
import type { Plan, TargetState } from '@sluice/panel-kind';
import type { Applied, Planned, RunOnPanel } from '../kernel/subject/stages.js';
import { needsObservation, planSteps, withoutWaiting, withStopsNow } from './plan.js';
import {
  CYCLE,
  GB,
  makeAction,
  makeApplied,
  makeDue,
  makeEvidence,
  makeHold,
  makePlanned,
  makeRun,
  makeStep,
  NOW,
  PLAN,
  SEEN,
  SERVICE,
} from '../test/subjects.js';

const used = (bytes: number | null) => ({ ...CYCLE, totalBytes: bytes, readAt: NOW });

describe('a run observes a service', () => {
  type Looking = Parameters<typeof needsObservation>[0];
  const look = (facts: Partial<Planned>, looking: Partial<Looking> = {}): boolean =>
    needsObservation({ panel: {}, request: { observeAll: false }, ...looking }, makePlanned(facts));
  const doubted = { totalBytes: 1 } as unknown as Planned['doubted'];
  const buys = [{ id: 'pur-1' }] as unknown as Planned['buys'];
  const plausibility = {} as NonNullable<Looking['panel']['plausibility']>;

  it.each<[string, Partial<Planned>]>([
    ['with a hold that begins', { opens: [makeDue()] }],
    ['that is held', { holds: [makeHold()] }],
    ['with something restricted', { evidence: [makeEvidence()] }],
    ['with a change in doubt', { unresolved: [makeAction()] }],
    ['whose hold has ended', { ended: [makeHold({ until: NOW })] }],
    ['whose hold is not on the panel yet', { toRestrict: new Map([['hold-1', { service: 'svc-1', since: NOW }]]) }],
  ])('%s', (_, facts) => {
    expect(look(facts)).toBe(true);
    expect(look({ ...facts, skipped: 'pending' })).toBe(false);
    expect(look({ ...facts, error: { code: 'unknown_product', message: '' } })).toBe(false);
  });

  it('that it would leave alone, only where all are observed or the panel has lists', () => {
    expect(look({})).toBe(false);
    expect(look({}, { request: { observeAll: true } })).toBe(true);
    expect(look({}, { panel: { snapshot: {} as NonNullable<Looking['panel']['snapshot']> } })).toBe(true);
  });

  it('whose reading is doubted, where the panel says how fast its line is', () => {
    expect(look({ doubted })).toBe(false);
    expect(look({}, { panel: { plausibility } })).toBe(false);
    expect(look({ doubted }, { panel: { plausibility } })).toBe(true);
  });

  it('that buys, where something was wrong with it', () => {
    expect(look({ buys }, { alarmed: new Set(['svc-1']) })).toBe(true);
    expect([look({ buys }), look({}, { alarmed: new Set(['svc-1']) })]).toEqual([false, false]);
  });

  it('that the panel stopped when it was seen last', () => {
    expect(look({}, { stoppedByPanel: new Set(['svc-1']) })).toBe(true);
    expect(look({}, { stoppedByPanel: new Set(['svc-2']) })).toBe(false);
  });
});

/** Plans a service whose panel answers with this plan. */
const planned = (plan: Partial<Plan>, facts: Partial<Applied> = {}, run: Partial<RunOnPanel> = {}) => {
  const on = makeRun({ plan: () => ({ ...PLAN, ...plan }) }, run);
  return planSteps(on, makeApplied({ observation: SEEN, cycle: used(1 * GB), ...facts }));
};

describe('what the panel stops besides', () => {
  const stops = ['the order is suspended'];
  const told = (facts: Partial<Applied> = {}, run: Partial<RunOnPanel> = {}, more: Partial<Plan> = {}) =>
    planned({ stops, ...more }, facts, run).plan.notices?.map(({ message }) => message) ?? [];

  it('is reported of a service within its allowance, once per cycle, beside what was reported already', () => {
    const { plan, drift } = planned({ stops, drift: ['a', 'a'], notices: [{ code: 'other', key: 'k', message: 'm' }] });
    expect(plan.notices).toEqual([
      { code: 'other', key: 'k', message: 'm' },
      {
        code: 'stopped_by_panel',
        key: `stopped_by_panel:svc-1:${CYCLE.id}`,
        message: 'svc-1 is within its allowance, but the panel stops it: the order is suspended',
      },
    ]);
    expect([plan.stops, drift]).toEqual([stops, ['a', ...stops]]);
  });

  it.each<[string, Partial<Applied>]>([
    ['has used its allowance', { cycle: used(100 * GB) }],
    ['is held', { holds: [makeHold()] }],
    ['has an error', { error: { code: 'x', message: '' } }],
    ['has no known allowance', { allowance: null }],
    ['is not limited by us', { allowance: { kind: 'unmanaged', parts: [] } as unknown as Applied['allowance'] }],
    ['may be stopped by a call of ours', { unresolved: [makeAction()] }],
  ])('is none of our business where a service %s', (_, facts) => {
    expect(planned({ stops }, facts).plan).toMatchObject({ stops: [] });
    expect(told(facts)).toEqual([]);
  });

  it('is reported where a call in doubt is none of a hold', () => {
    expect(told({ unresolved: [makeAction({ hold: null })] })).toHaveLength(1);
  });

  it('counts where it is not known what was used, and below what is allowed', () => {
    expect([told({ cycle: null }), told({ cycle: used(null) }), told({ cycle: used(100 * GB - 1) })]).toEqual([
      ['svc-1 is within its allowance, but the panel stops it: the order is suspended'],
      ['svc-1 is within its allowance, but the panel stops it: the order is suspended'],
      ['svc-1 is within its allowance, but the panel stops it: the order is suspended'],
    ]);
    expect(planned({ stops }, { cycle: null }).plan.notices?.[0]?.key).toBe('stopped_by_panel:svc-1:none');
  });

  it('is told of a line without an allowance, which is served all the same', () => {
    const on = makeRun({ telephony: {}, plan: () => ({ ...PLAN, stops }) });
    const { plan } = planSteps(on, makeApplied({ observation: SEEN, allowance: null }));
    expect(plan.notices?.[0]?.message).toBe('svc-1 is not held, but the panel stops it: the order is suspended');
  });

  it('lets a release fail by it, and no other plan with a problem', () => {
    const problems = [{ code: 'not_released', message: 'the order is suspended' }];
    expect(told({}, { scope: 'hold' }, { problems })).toHaveLength(1);
    expect(told({}, { scope: 'poll' }, { problems })).toEqual([]);
    expect(told({}, { scope: 'hold' }, { problems: [{ code: 'x', message: 'something else' }] })).toEqual([]);
  });

  it('is shown and not reported where everything is given back', () => {
    const given = planned({ stops }, { cycle: used(100 * GB) }, { givesBack: true });
    expect([given.plan.stops, given.plan.notices]).toEqual([stops, undefined]);
    expect(planned({ stops }, { holds: [makeHold()] }, { givesBack: true }).plan.stops).toEqual([]);
  });

  it('is what stops it now, where a plan is not carried out: not while something of ours is restricted', () => {
    expect(planned({ stopsNow: ['now'] }).plan.stopsNow).toEqual(['now']);
    expect(planned({ stopsNow: ['now'] }, { evidence: [makeEvidence()] }).plan.stopsNow).toBeUndefined();
    expect(planned({ stopsNow: ['now'] }, {}, { givesBack: true }).plan.stopsNow).toBeUndefined();
    expect(planned({ stopsNow: ['now'] }, { holds: [makeHold()] }).plan.stopsNow).toBeUndefined();
  });
});

describe('a plan that is not carried out', () => {
  const notice = { code: 'stopped_by_panel', key: 'k', message: 'later' };
  const shown = (plan: Partial<Plan>, drift: string[] = []) =>
    withStopsNow(makePlanned({ plan: { ...PLAN, ...plan }, drift, cycle: used(0) }));

  it('shows what stops the service now, in place of what would', () => {
    const other = { code: 'other', key: 'o', message: 'm' };
    const { plan, drift } = shown({ stops: ['later'], stopsNow: ['now', 'now'], notices: [other, notice] }, [
      'x',
      'later',
    ]);
    expect(plan).toMatchObject({ stops: ['now', 'now'] });
    expect(plan?.notices?.map(({ message }) => message)).toEqual([
      'm',
      'svc-1 is within its allowance, but the panel stops it: now; now',
    ]);
    expect(drift).toEqual(['x', 'now']);
  });

  it('shows nothing where nothing stops it now, and is as it was where that is not said', () => {
    expect(shown({ stops: ['later'], stopsNow: [], notices: [notice] }, ['later'])).toMatchObject({
      plan: { stops: [], notices: [] },
      drift: [],
    });
    const work = makePlanned({ plan: { ...PLAN, stops: ['later'] } });
    expect(withStopsNow(work)).toBe(work);
    const unseen = makePlanned();
    expect(withStopsNow(unseen)).toBe(unseen);
  });
});

describe('the steps of a plan', () => {
  const step = makeStep();
  const objects = { toObjectKey: ({ target }: { target: string }) => target };
  const inDoubt = { unresolved: [makeAction()] };

  it('are left out on what has a change in doubt', () => {
    const run = (target: string) =>
      planSteps(
        makeRun({ objects, plan: () => ({ ...PLAN, steps: [makeStep({ target })] }) }),
        makeApplied({ observation: SEEN, ...inDoubt }),
      );
    expect([run('port-1').plan.steps, run('port-2').plan.steps.length]).toEqual([[], 1]);
  });

  it('say what else would stop a held service, unless a change of it is in doubt', () => {
    const held = { holds: [makeHold()] };
    const plan = { steps: [step], stops: ['the order is suspended'] };
    expect(planned(plan, held).besides).toEqual(['the order is suspended']);
    expect(planned(plan, { ...held, ...inDoubt }).besides).toBeNull();
    expect(planned(plan).besides).toBeNull();
  });

  it('are none of a service that was not observed', () => {
    const seen: unknown[] = [];
    planSteps(
      makeRun({ plan: (_: TargetState, observation: unknown) => (seen.push(observation), PLAN) }),
      makeApplied(),
    );
    expect(seen).toEqual([{ service: 'svc-1', at: NOW, state: null, error: null }]);
  });

  it('wait where they raise the quota of a service whose agent is over its limit', () => {
    const raises = {
      user: { uuid: 'u', owner: 'a-1', limitBytes: GB, usedBytes: 0 },
      owner: 'a-1',
      limitBytes: 2 * GB,
    };
    const raise = makeStep({ id: 'raise', type: 'update-user', raises });
    const after = makeStep({ type: 'enable-user', needs: ['raise'] });
    const free = makeStep({ type: 'rename-user', needs: ['other'] });
    const wait = (change: object = {}, target: Partial<TargetState> = {}, of: object = {}) =>
      withoutWaiting(
        { service: SERVICE, holds: [makeHold({ reason: 'agent-limit' })], scope: 'poll', ...target } as TargetState,
        {
          ...PLAN,
          steps: [{ ...raise, raises: { ...raises, ...change }, ...of }, after, free],
          notices: [{ code: 'n', key: 'n', message: 'n' }],
        },
      );
    const waiting = wait();
    expect(waiting.steps).toEqual([free]);
    expect(waiting.notices).toEqual([
      { code: 'n', key: 'n', message: 'n' },
      {
        code: 'raise_waits',
        key: `raise_waits:svc-1:${2 * GB}`,
        message: 'svc-1: its quota on the panel stays 1 GB; the raise to 2 GB waits until its agent is below its limit',
      },
    ]);
    const goesOn = [
      ...[wait({}, { scope: 'command' }), wait({}, { scope: 'hold' }), wait({ lifted: true }), wait({ owner: 'a-2' })],
      ...[wait({}, { holds: [] }), wait({}, { holds: [makeHold()] as TargetState['holds'] })],
    ];
    expect(goesOn.map(({ steps }) => steps.length)).toEqual([3, 3, 3, 3, 3, 3]);
    expect(
      withoutWaiting({ service: SERVICE, holds: [], scope: 'poll' } as unknown as TargetState, {
        ...PLAN,
        steps: [after],
      }).steps,
    ).toEqual([after]);
  });
});
