import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ActionRecord,
  type EvidenceRecord,
  type HoldRecord,
  openStore,
  type StateStore,
} from '@sluice/state-store';
import { adoptRows, leaveOutEnded, lacksAny, readLasting, readUnfinished, renamePanels } from './adopt-holds-file.js';

const AT = '2026-11-20T12:00:00.000Z';
const LATER = '2026-11-20T13:00:00.000Z';
const KINDS = [{}, { wideSuspension: 'wide' }];

let store: StateStore;
beforeEach(async () => {
  store = await openStore({
    location: ':memory:',
    clock: { now: () => Date.parse(AT) },
  });
});
afterEach(() => store.close());

function hold(id: string, more: Partial<HoldRecord> = {}): HoldRecord {
  const of = { service: 'agent:vpn:a', reason: 'agent-limit', restriction: null, since: AT, until: null };
  return {
    id,
    ...of,
    note: null,
    cycle: null,
    usedBytes: null,
    allowedBytes: null,
    origin: 'run',
    ...more,
  };
}

function proof(id: string, of: string, more: Partial<EvidenceRecord> = {}): EvidenceRecord {
  const about = { service: 'agent:vpn:a', panel: 'vpn', kind: 'user', target: 'u-1', action: null, adopted: false };
  return { id, hold: of, ...about, prior: { fingerprint: id }, since: AT, until: null, outcome: null, ...more };
}

/** A change of a user of agent `a` that a run was killed in. */
function change(id: string, more: Partial<ActionRecord> = {}): ActionRecord {
  const of = { service: null, panel: 'vpn', type: 'disable', target: 'u-1', hold: 'h-1', key: id, run: 'run-1' };
  const open = { state: 'planned' as const, plannedAt: AT, calledAt: AT, givenUpAt: null, endedAt: null, attempts: 1 };
  const payload = { begins: { kind: 'user', target: 'u-1', prior: null }, ends: [], subject: 'agent:vpn:a' };
  const none = { prior: null, observed: null, errorCode: null, errorMessage: null };
  return { id, ...of, ...open, ...none, payload, ...more };
}

const adopt = (holds: HoldRecord[], evidence: EvidenceRecord[]): Promise<boolean> =>
  store.write((tables) => adoptRows({ services: [], holds, evidence }, tables, { at: AT, kinds: KINDS }));

it('evidence of the file, which is newer, takes the place of that of the store', async () => {
  await store.holds.add(hold('h-1'));
  await store.evidence.add(proof('e-1', 'h-1'));
  await adopt([hold('h-2')], [proof('e-2', 'h-2'), proof('e-3', 'h-2', { target: 'u-2' })]);
  expect((await store.evidence.open({ agentsOf: 'vpn' })).map(({ id, hold: of, prior }) => [id, of, prior])).toEqual([
    ['e-2', 'h-1', { fingerprint: 'e-2' }],
    ['e-3', 'h-1', { fingerprint: 'e-3' }],
  ]);
  expect((await store.holds.open({ agentsOf: 'vpn' })).map(({ id }) => id)).toEqual(['h-1']);
  await adopt([hold('h-2')], [proof('e-2', 'h-2')]);
  expect(await store.evidence.open({ agentsOf: 'vpn' })).toHaveLength(2);
});

it('a hold that another one stands for is known as ended, and gives that what it has while it lasts', async () => {
  const of = { service: 'svc-1', reason: 'manual', restriction: 'narrow' };
  await store.holds.add(hold('h-1', of));
  await adopt([hold('h-2', { ...of, since: LATER })], []);
  expect(await store.holds.all({ service: 'svc-1' })).toMatchObject([
    { id: 'h-1', until: null },
    { id: 'h-2', until: AT },
  ]);
  const widened = { services: [], holds: [hold('h-2', { ...of, since: LATER, restriction: 'wide' })], evidence: [] };
  expect(await lacksAny(await leaveOutEnded(widened, store), store, KINDS)).toBe(true);
  await adopt((await leaveOutEnded(widened, store)).holds, []);
  expect(await store.holds.open()).toMatchObject([{ id: 'h-1', restriction: 'wide' }]);
  await store.holds.end('h-1', LATER);
  expect((await leaveOutEnded(widened, store)).holds).toEqual([]);
});

it("evidence of a service on a user takes the place of that of the user's agent", async () => {
  await store.holds.add(hold('h-1'));
  await store.evidence.add(proof('e-1', 'h-1'));
  const held = hold('h-2', { service: 'svc-1', reason: 'quota' });
  expect(await adopt([held], [proof('e-2', 'h-2', { service: 'svc-1' })])).toBe(true);
  const { holds, evidence } = await readLasting(store);
  expect([holds.map(({ id }) => id).sort(), evidence.map(({ id }) => id)]).toEqual([['h-1', 'h-2'], ['e-2']]);
});

it('evidence of a service that the store knows as ended with the hold of an agent is not taken again', async () => {
  await store.holds.add(hold('h-1'));
  await store.evidence.add(proof('e-1', 'h-1'));
  await store.evidence.end('e-1', AT, 'undone');
  await store.holds.end('h-1', AT);
  const held = hold('h-2', { service: 'svc-1', reason: 'quota' });
  const moved = proof('e-1', 'h-2', { service: 'svc-1' });
  expect((await leaveOutEnded({ services: [], holds: [held], evidence: [moved] }, store)).evidence).toEqual([]);
  expect(await adopt([held], [moved])).toBe(true);
  const { holds, evidence } = await readLasting(store);
  expect([holds.map(({ id }) => id), evidence]).toEqual([['h-2'], []]);
});

it('says that not all was stored where rows name a target twice', async () => {
  const items = [proof('e-1', 'h-1'), proof('e-2', 'h-1')];
  expect(await adopt([hold('h-1')], items)).toBe(false);
});

it('rows are named as the store names their panels, without those of panels that it may know by another name', () => {
  const rows = {
    services: [],
    holds: [hold('h-1'), hold('h-2', { service: 'agent:other:a' })],
    evidence: [proof('e-1', 'h-1'), proof('e-2', 'h-2', { service: 'agent:other:a', panel: 'other' })],
  };
  expect(renamePanels((panel) => (panel === 'vpn' ? 'old:vpn' : null), rows)).toEqual({
    services: [],
    holds: [hold('h-1', { service: 'agent:old:vpn:a' })],
    evidence: [proof('e-1', 'h-1', { service: 'agent:old:vpn:a', panel: 'old:vpn' })],
  });
});

it('what the store knows as ended is not taken, and keeps nothing else from it', async () => {
  await store.holds.add(hold('h-1'));
  await store.evidence.add(proof('e-1', 'h-1'));
  await store.evidence.end('e-1', AT, 'undone');
  await store.holds.end('h-1', AT);
  const old = { services: [], holds: [hold('h-1')], evidence: [proof('e-1', 'h-1')] };
  const left = await leaveOutEnded(old, store);
  expect([left, await lacksAny(left, store, KINDS)]).toEqual([{ services: [], holds: [], evidence: [] }, false]);
  await adopt([hold('h-1'), hold('h-2', { reason: 'manual' })], [proof('e-1', 'h-1'), proof('e-2', 'h-2')]);
  const { holds, evidence } = await readLasting(store);
  expect([holds.map(({ id }) => id), evidence.map(({ id }) => id)]).toEqual([['h-2'], ['e-2']]);
});

it.each<[string, Partial<HoldRecord>, Partial<HoldRecord>, string]>([
  ['was widened since', {}, { restriction: 'wide' }, 'wide'],
  ['is of before it was widened', { restriction: 'wide' }, {}, 'wide'],
  ['began anew since', { restriction: 'wide' }, { id: 'h-2', since: LATER }, 'narrow'],
  ['is of before another began', { restriction: 'wide', since: LATER }, { id: 'h-2' }, 'wide'],
  ['is of an earlier version', {}, { restriction: null }, 'narrow'],
])('a hold of the file that %s leaves the newer restriction', async (_what, stored, found, restriction) => {
  const manual = { reason: 'manual', restriction: 'narrow' };
  const open = hold('h-1', { ...manual, ...stored });
  await store.holds.add(open);
  const rows = { services: [], holds: [hold('h-1', { ...manual, ...found })], evidence: [] };
  expect(await lacksAny(rows, store, KINDS)).toBe(open.restriction !== restriction);
  await adopt(rows.holds, []);
  expect(await store.holds.open({ agentsOf: 'vpn' })).toMatchObject([{ id: 'h-1', restriction }]);
});

it('a hold of the file gives the one of the store its note, and the window and the figures of its limit', async () => {
  await store.holds.add(hold('h-1', { cycle: '2026-10', usedBytes: 1, allowedBytes: 1 }));
  const figures = { note: 'since', cycle: '2026-11', usedBytes: 3, allowedBytes: 2 };
  await adopt([hold('h-1', figures)], []);
  expect(await store.holds.open({ agentsOf: 'vpn' })).toMatchObject([figures]);
});

describe('a change whose end was not stored', () => {
  const rows = (...actions: ActionRecord[]) => ({ services: [], holds: [hold('h-1')], evidence: [], actions });

  const adoptAll = (found: ReturnType<typeof rows>): Promise<boolean> =>
    store.write((tables) => adoptRows(found, tables, { at: AT, kinds: KINDS }));

  it('is read with its hold, also where that has ended; not one that was never called, or for no hold', async () => {
    await store.holds.add(hold('h-1'));
    await store.holds.end('h-1', LATER);
    const called = change('act-1');
    await store.actions.plan([called, change('act-2', { calledAt: null }), change('act-3', { hold: null })]);
    expect(await readUnfinished(store)).toEqual({
      holds: [hold('h-1', { until: LATER })],
      evidence: [],
      actions: [called],
    });
  });

  it('is stored for the hold that stands for its own, without the end of evidence that is not there', async () => {
    await store.holds.add(hold('h-0'));
    await store.evidence.add(proof('e-1', 'h-0', { target: 'u-2' }));
    const given = change('act-1', { payload: { ...(change('').payload as object), ends: ['e-1', 'e-9'] } });
    expect(await lacksAny(rows(given), store, KINDS)).toBe(true);
    expect(await adoptAll(rows(given))).toBe(true);
    const payload = { subject: 'agent:vpn:a', ends: ['e-1'] };
    expect(await store.actions.unresolved()).toMatchObject([{ id: 'act-1', hold: 'h-0', calledAt: AT, payload }]);
    expect(await lacksAny(rows(given), store, KINDS)).toBe(false);
  });

  it('is marked as called where the store is of before that', async () => {
    await store.holds.add(hold('h-1'));
    await store.actions.plan([change('act-1', { calledAt: null, attempts: 0 })]);
    const given = change('act-1', { state: 'in-doubt', givenUpAt: LATER });
    expect(await lacksAny(rows(given), store, KINDS)).toBe(true);
    expect(await adoptAll(rows(given))).toBe(true);
    expect(await store.actions.unresolved()).toEqual([given]);
  });

  it('is left out where the store knows how it ended', async () => {
    await store.holds.add(hold('h-1'));
    await store.actions.plan([change('act-1')]);
    await store.actions.end('act-1', { state: 'applied', endedAt: AT });
    expect((await leaveOutEnded(rows(change('act-1')), store)).actions).toEqual([]);
    expect(await lacksAny(rows(change('act-1')), store, KINDS)).toBe(false);
    expect(await adoptAll(rows(change('act-1')))).toBe(true);
    expect(await store.actions.unresolved()).toEqual([]);
  });

  it('is not stored without its hold, and that is said', async () => {
    expect(await adoptAll({ ...rows(change('act-1')), holds: [] })).toBe(false);
    expect(await store.actions.unresolved()).toEqual([]);
  });

  it('is named as the store names its panel, and left out where that may have another name', () => {
    const rename = (name: string | null) => renamePanels(() => name, rows(change('act-1'))).actions;
    const payload = { subject: 'agent:old:a' };
    expect([rename('old'), rename(null)]).toEqual([[expect.objectContaining({ panel: 'old' })], []]);
    expect(rename('old')).toMatchObject([{ payload }]);
  });
});
