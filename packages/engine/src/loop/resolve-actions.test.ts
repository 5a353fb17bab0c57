import { describe, expect, it } from '@jest/globals';
import type { Observation, Panel, StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord, EvidenceRecord } from '@sluice/state-store';
import type { Leases } from '../context/leases.js';
import { resolveActions, resolveDoubts } from './resolve.js';
import {
  makeAction,
  makeApplied,
  makeContext,
  makeEvidence,
  makeRun,
  NOW,
  PLAN,
  SEEN,
  SERVICE,
} from '../test/subjects.js';

const APPLIED: StepOutcome = { state: 'applied', observed: null, error: null };
const FAILED: StepOutcome = { state: 'failed', observed: null, error: { code: 'PANEL_REFUSED', message: 'no' } };
const port = { kind: 'port', target: 'port-1', prior: null };
const begun = makeAction({ payload: { payload: null, begins: port, ends: [] } });
/** The panel may not do anything more of a call that was given up a minute ago. */
const OLD = { calledAt: '2026-11-20T11:59:00.000Z' };
const shut = { ...begun, ...OLD };

interface Parts {
  panel?: Partial<Record<keyof Panel, unknown>>;
  open?: EvidenceRecord[];
  unresolved?: ActionRecord[];
}

/** A run whose store keeps what it is told, and whose panel shows `state` in each reading. */
function start({ panel = {}, open = [makeEvidence()], unresolved = [] }: Parts = {}) {
  const stored: unknown[] = [];
  const asked: unknown[] = [];
  const tables = {
    actions: { end: (id: string, end: object) => Promise.resolve(void stored.push([id, end])) },
    evidence: { add: ({ kind, target }: EvidenceRecord) => Promise.resolve(stored.push(`${kind} ${target}`) > 0) },
    services: { update: (rows: object[]) => Promise.resolve(void stored.push(...rows)) },
  };
  const store = {
    services: { list: () => Promise.resolve([]) },
    evidence: { open: (filter: object) => (asked.push(filter), Promise.resolve(open)) },
    actions: { unresolved: (filter: object) => (asked.push(filter), Promise.resolve(unresolved)) },
  };
  const write = (_fences: unknown, work: (of: unknown) => unknown) => Promise.resolve(work(tables));
  const clock = { now: () => Date.parse(NOW), sleep: () => Promise.resolve() };
  const context = makeContext({ store, write, deps: { clock, signal: new AbortController().signal } });
  const observed: object[] = [];
  const observe = (services: { refs: object }[], _signal: unknown, how: object) => {
    observed.push({ refs: services[0]?.refs, ...how });
    return Promise.resolve(new Map([['svc-1', { ...SEEN, state: { looks: observed.length } } as Observation]]));
  };
  const on = { ...makeRun({ resolve: () => null, observe, ...panel }, { context }), fences: [] };
  return { on, stored, asked, observed };
}

describe('a run that finds changes whose outcome is not known', () => {
  it('stores what the panel shows as done, with the evidence that is open then', async () => {
    const { on, stored, asked } = start({ panel: { resolve: () => APPLIED } });
    const { work, goesOn } = await resolveActions(on, makeApplied({ observation: SEEN, unresolved: [shut] }));
    expect(stored).toMatchObject([['act-1', { state: 'applied', endedAt: NOW }], 'port port-1']);
    expect(asked).toEqual([{ services: ['svc-1'] }]);
    expect(work).toMatchObject({
      unresolved: [],
      evidence: [{ id: 'ev-1' }],
      history: { recent: [{ id: 'act-1', state: 'applied' }] },
    });
    expect([goesOn, work.error]).toEqual([true, null]);
  });

  it('plans again what failed, and keeps no error of the run before, nor loses its own', async () => {
    const { on, asked } = start({ panel: { resolve: () => FAILED } });
    const { work } = await resolveActions(on, makeApplied({ observation: SEEN, unresolved: [shut] }));
    expect(work).toMatchObject({
      unresolved: [],
      error: null,
      evidence: [],
      history: { recent: [{ state: 'failed' }] },
    });
    expect(asked).toEqual([]);
    const own = { code: 'own', message: '' };
    const failed = await resolveActions(on, makeApplied({ observation: SEEN, unresolved: [shut], error: own }));
    expect(failed.work.error).toEqual(own);
  });

  it('leaves in doubt what the panel does not show, and goes on only where it tells objects apart', async () => {
    const { on } = start();
    const { work, goesOn } = await resolveActions(on, makeApplied({ observation: SEEN, unresolved: [shut] }));
    expect([goesOn, work.error?.code, work.unresolved]).toEqual([false, 'outcome_unknown', [shut]]);
    const apart = start({ panel: { objects: {} } });
    expect((await resolveActions(apart.on, makeApplied({ observation: SEEN, unresolved: [shut] }))).goesOn).toBe(true);
    expect((await resolveActions(on, makeApplied({ observation: SEEN }))).goesOn).toBe(true);
  });

  it('waits for a call that was made just now, and remembers what it saw before', async () => {
    const resolve = (_row: unknown, { state }: Observation) =>
      (state as { looks?: number }).looks === 2 ? APPLIED : null;
    const checkpoint = () => ({ at: NOW, account: 'seen' });
    const { on, observed } = start({ panel: { resolve, history: { checkpoint } } });
    const done = makeAction({ id: 'act-0', endedAt: NOW });
    const history = { checkpoint: null, decision: null, recent: [done], removed: 0 };
    const { work } = await resolveActions(on, makeApplied({ observation: SEEN, unresolved: [begun], history }));
    expect(observed).toMatchObject([
      { scope: 'command', refresh: true },
      { scope: 'command', refresh: true },
    ]);
    expect(work.observation?.state).toEqual({ looks: 2 });
    expect(work.history).toMatchObject({ checkpoint: { account: 'seen' }, recent: [{ id: 'act-1' }] });
    const still = await resolveActions(
      start({ panel: { history: { checkpoint } } }).on,
      makeApplied({ observation: SEEN, history }),
    );
    expect(still.work.history).toBe(history);
    const without = start({ panel: { resolve } });
    const kept = await resolveActions(without.on, makeApplied({ observation: SEEN, unresolved: [begun], history }));
    expect(kept.work.history.recent.map(({ id }) => id)).toEqual(['act-0', 'act-1']);
  });

  it('observes the account that an outcome has named, and drops what was wrong without it', async () => {
    const found = { ...APPLIED, refs: { flvx_user: '7' } };
    const missing = { code: 'no_user', message: 'no user' };
    const plan = () => ({ ...PLAN, problems: [missing] });
    const { on, observed, stored } = start({ panel: { resolve: () => found, plan } });
    const named = async (error: { code: string; message: string } | null) =>
      (await resolveActions(on, makeApplied({ observation: SEEN, unresolved: [shut], error }), { verb: 'unsuspend' }))
        .work;
    expect(await named({ code: 'not_mapped', message: '' })).toMatchObject({
      service: { refs: { flvx_user: '7' } },
      error: null,
      observation: { state: { looks: 1 } },
    });
    expect(observed).toMatchObject([{ refs: { flvx_user: '7' }, command: { verb: 'unsuspend' } }]);
    expect(stored).toContainEqual(expect.objectContaining({ id: 'svc-1', refs: { flvx_user: '7' } }));
    expect((await named(missing)).error).toBeNull();
    expect((await named({ code: 'other', message: '' })).error).toEqual({ code: 'other', message: '' });
    const sound = start({ panel: { resolve: () => found } });
    const { work } = await resolveActions(
      sound.on,
      makeApplied({ observation: SEEN, unresolved: [shut], error: missing }),
    );
    expect(work.error).toEqual(missing);
  });
});

describe('changes in doubt of services that a run leaves alone', () => {
  const doubted = (ids: string[]) => ids.map((id) => makeApplied({ service: { ...SERVICE, id } }));
  /** Leases of which another run has these. */
  const leasesBut = (...taken: string[]) => {
    const released: string[] = [];
    const tryTake = (name: string) => Promise.resolve(taken.includes(name) ? { heldBy: {} } : { lease: { name } });
    const release = (name: string) => Promise.resolve(void released.push(name));
    return {
      leases: { tryTake, release, toHeld: (names: string[]) => names.map((name) => ({ name })) } as unknown as Leases,
      released,
    };
  };

  it('are resolved by a new reading, each under its lease', async () => {
    const command = makeAction({ id: 'act-9', type: 'create', key: 'command:svc-1' });
    const { on, asked, observed } = start({ panel: { resolve: () => APPLIED }, unresolved: [shut, command] });
    const { leases, released } = leasesBut('service:svc-2');
    const works = await resolveDoubts(on, doubted(['svc-1', 'svc-2']), leases);
    expect(works.map(({ service }) => service.id)).toEqual(['svc-1']);
    expect([released, asked[0]]).toEqual([['service:svc-1'], { services: ['svc-1'] }]);
    expect(works[0]?.history.recent.map(({ id }) => id)).toContain('act-1');
    expect(observed).toHaveLength(1);
  });

  it('give their lease back where they can not be read', async () => {
    const { on } = start({ panel: { observe: () => Promise.reject(new Error('no answer')) } });
    const { leases, released } = leasesBut();
    await expect(resolveDoubts(on, doubted(['svc-1']), leases)).rejects.toThrow('no answer');
    expect(released).toEqual(['service:svc-1']);
  });
});
