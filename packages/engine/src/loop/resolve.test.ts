import { describe, expect, it } from '@jest/globals';
import type { Observation, StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import { foreseeAccount, foreseeResolved, waitForFresh } from './resolve.js';
import { makeAction, makeApplied, makeContext, makeEvidence, makeRun, NOW, PLAN, SEEN } from '../test/subjects.js';

const APPLIED: StepOutcome = { state: 'applied', observed: null, error: null };
const FAILED: StepOutcome = { state: 'failed', observed: null, error: null };
const IN_DOUBT: StepOutcome = { state: 'in-doubt', observed: null, error: null };
const port = { kind: 'port', target: 'port-1', prior: null };
const begun = makeAction({ payload: { payload: null, begins: port, ends: ['ev-0'] } });

describe('what a preview finds of changes in doubt', () => {
  const foresee = (outcome: StepOutcome | null, facts: Partial<ReturnType<typeof makeApplied>> = {}) =>
    foreseeResolved(
      makeRun({ resolve: () => outcome }),
      makeApplied({ observation: SEEN, unresolved: [begun], ...facts }),
      null,
    );

  it('is done where the panel shows it: its evidence begins, and that of what it ended ends', async () => {
    const work = await foresee(APPLIED, { evidence: [makeEvidence({ id: 'ev-0', target: 'port-0' })] });
    expect(work.unresolved).toEqual([]);
    expect(work.evidence).toMatchObject([
      { kind: 'port', target: 'port-1', hold: 'hold-1', action: 'act-1', since: NOW },
    ]);
    expect(work.history.recent).toMatchObject([{ id: 'act-1', state: 'applied', endedAt: NOW }]);
  });

  it('has one row of evidence for one object', async () => {
    const known = makeEvidence({ id: 'ev-9' });
    expect((await foresee(APPLIED, { evidence: [known] })).evidence).toEqual([known]);
    const others = [makeEvidence({ id: 'ev-8', kind: 'order' }), makeEvidence({ id: 'ev-7', target: 'port-2' })];
    expect((await foresee(APPLIED, { evidence: others })).evidence).toHaveLength(3);
  });

  it('is not done where it failed, or was never called', async () => {
    expect(await foresee(FAILED)).toMatchObject({
      unresolved: [],
      evidence: [],
      history: { recent: [{ state: 'failed' }] },
    });
    const uncalled = { unresolved: [makeAction({ calledAt: null })] };
    expect(await foresee(null, uncalled)).toMatchObject({ unresolved: [], evidence: [] });
  });

  it.each([
    ['the panel does not show it', null, SEEN],
    ['the panel may still do it', IN_DOUBT, SEEN],
    ['nothing was seen', APPLIED, null],
  ])('stays in doubt where %s', async (_, outcome, observation) => {
    const work = await foresee(outcome, { observation });
    expect(work).toMatchObject({ unresolved: [{ id: 'act-1' }], evidence: [], history: { recent: [] } });
  });

  it('names an account, which is observed then for the command', async () => {
    const seen: unknown[] = [];
    const observe = (services: { refs: object }[], _: unknown, how: object) => {
      seen.push(services[0]?.refs, how);
      return Promise.resolve(new Map([['svc-1', { ...SEEN, state: { isNew: true } }]]));
    };
    const on = makeRun({ resolve: () => ({ ...APPLIED, refs: { flvx_user: '7' } }), observe });
    const work = makeApplied({ observation: SEEN, unresolved: [begun] });
    const found = await foreseeResolved(on, work, { verb: 'unsuspend' });
    expect(found).toMatchObject({ service: { refs: { flvx_user: '7' } }, observation: { state: { isNew: true } } });
    expect(seen).toMatchObject([
      { flvx_user: '7' },
      { scope: 'command', refresh: true, command: { verb: 'unsuspend' } },
    ]);
    expect(await foreseeResolved(makeRun({ resolve: () => APPLIED, observe }), work, null)).toMatchObject({
      observation: SEEN,
    });
    expect(seen).toHaveLength(2);
  });
});

describe('a previewed service without an account', () => {
  const without = { error: { code: 'not_mapped', message: 'no account' }, observation: SEEN, unresolved: [begun] };
  const found = { ...APPLIED, refs: { flvx_user: '7' } };
  const observe = () => Promise.resolve(new Map([['svc-1', SEEN]]));
  const foresee = (outcome: StepOutcome | null, facts: Partial<ReturnType<typeof makeApplied>> = {}) =>
    foreseeAccount(makeRun({ resolve: () => outcome, observe }), makeApplied({ ...without, ...facts }));

  it('is planned with the account that a creation in doubt has made', async () => {
    expect(await foresee(found)).toMatchObject({ service: { refs: { flvx_user: '7' } }, error: null, plan: PLAN });
    const skipped = await foresee(found, { skipped: 'pending', error: null });
    expect(skipped).toMatchObject({ error: null, plan: null });
  });

  it('reads first what was not observed', async () => {
    expect(await foresee(found, { observation: null })).toMatchObject({
      service: { refs: { flvx_user: '7' } },
      plan: PLAN,
    });
  });

  it('says that the outcome is not known, in place of the missing account', async () => {
    expect((await foresee(null)).error).toMatchObject({ code: 'outcome_unknown' });
  });

  it('stays as it is where nothing was made, nothing is in doubt, or the error is another', async () => {
    for (const [outcome, facts] of [
      [FAILED, {}],
      [found, { unresolved: [] }],
      [found, { error: { code: 'panel_down', message: '' } }],
      [found, { error: null }],
    ] as const) {
      const work = makeApplied({ ...without, ...facts });
      expect(await foreseeAccount(makeRun({ resolve: () => outcome, observe }), work)).toBe(work);
    }
  });
});

describe('the wait for what a panel may still do', () => {
  const T = Date.parse(NOW);
  const at = (ms: number): string => new Date(T + ms).toISOString();
  /** Waits; the n-th further look shows the outcome, and each look takes a second. */
  async function wait(row: ActionRecord, { shownAfter = 99, first = SEEN, abortAt = 99 } = {}) {
    const waits: number[] = [];
    const controller = new AbortController();
    let [looks, now] = [0, T];
    const clock = {
      now: () => now,
      sleep: (ms: number) => {
        waits.push(ms);
        now += ms;
        return Promise.resolve();
      },
    };
    const look = (): Promise<Observation> => {
      now += 1000;
      if (++looks === abortAt) controller.abort();
      return Promise.resolve({ ...SEEN, at: new Date(now).toISOString(), state: { looks } });
    };
    const resolve = (_: unknown, { state }: Observation) =>
      ((state as { looks?: number }).looks ?? 0) >= shownAfter ? APPLIED : null;
    const context = makeContext({ deps: { clock, signal: controller.signal } });
    const latest = await waitForFresh(context, { resolve }, { unresolved: [row], observation: first }, look);
    return { waits, looks, latest: latest?.at ?? null };
  }

  it('ends as soon as the panel shows it', async () => {
    expect(await wait(makeAction(), { shownAfter: 0 })).toEqual({ waits: [], looks: 0, latest: NOW });
    expect(await wait(makeAction(), { shownAfter: 2 })).toEqual({ waits: [500, 1000], looks: 2, latest: at(3500) });
  });

  it('ends fifteen seconds after the call', async () => {
    expect(await wait(makeAction())).toEqual({ waits: [500, 1000, 2000, 4000, 4000], looks: 5, latest: at(16_500) });
    expect(await wait(makeAction({ calledAt: at(-15_000) }))).toMatchObject({ looks: 1 });
    expect(await wait(makeAction({ calledAt: at(-15_001) }))).toMatchObject({ looks: 0 });
  });

  it('ends with the run, and is none where nothing was seen', async () => {
    expect(await wait(makeAction(), { abortAt: 1 })).toMatchObject({ waits: [500], looks: 1 });
    expect(await wait(makeAction(), { first: null as unknown as Observation })).toEqual({
      waits: [],
      looks: 0,
      latest: null,
    });
  });
});
