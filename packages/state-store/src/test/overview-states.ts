import { REPORTED_STATUSES } from '@sluice/quota-core';
import * as fc from 'fast-check';
import { TO_RESTRICT } from '../overview.js';
import type { DecisionRecord } from '../records.js';
import type { StateStore } from '../store.js';
import { cycle, decision, hold, minute, proof, service } from './records.js';

export const TODAY = '2026-11-20';
const TOMORROW = '2026-11-21';
const REASONS = ['quota', 'manual', 'billing', 'agent-limit'] as const;

const bytes = fc.option(fc.constantFrom(0, 10, 79, 80, 81, 99, 100, 500), { freq: 6 });
const instant = fc.integer({ min: 1, max: 6 }).map(minute);
const maybeInstant = fc.option(instant, { freq: 5 });
const used = { inBytes: bytes, outBytes: bytes, totalBytes: bytes };
const reasons = fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, fc.subarray<string>([...REASONS]));
const place = fc.constantFrom('first', 'second');
const allowance = fc.option(
  fc.constantFrom<unknown>(
    { kind: 'unlimited', parts: [] },
    ...[0, 100, 1000].map((allowedBytes) => ({ kind: 'limited', allowedBytes, parts: [] })),
  ),
  { freq: 8 },
);

const decided = fc.record({
  status: fc.oneof({ weight: 3, arbitrary: fc.constant('ok') }, fc.constantFrom(...REPORTED_STATUSES)),
  ...{ at: instant, readAt: maybeInstant, place: fc.option(place, { freq: 5 }), ...used, allowance },
  ...{ mode: fc.constantFrom('IN' as const, 'OUT' as const, 'TOTAL' as const, null) },
  ...{ wouldHold: reasons, drifts: fc.constantFrom(0, 0, 0, 2) },
});
type Decided = typeof decided extends fc.Arbitrary<infer T> ? T : never;

/** What is written about a service, one after the other. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('decide' as const), decided }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('read' as const), place, readAt: maybeInstant, ...used }),
  },
  fc.record({
    ...{ do: fc.constant('change' as const), updatedAt: instant },
    status: fc.constantFrom('active' as const, 'terminated' as const, 'vanished' as const),
  }),
  fc.record({
    ...{ do: fc.constant('begin' as const), reason: fc.constantFrom(...REASONS) },
    ...{ proves: fc.boolean(), restricts: fc.boolean() },
  }),
  fc.record({ do: fc.constant('end' as const), reason: fc.constantFrom(...REASONS) }),
  fc.record({ do: fc.constant('alarm' as const), isAcknowledged: fc.boolean() }),
  fc.record({ do: fc.constant('leave' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const until = fc.constantFrom(null, null, TODAY, TOMORROW);

/** A service with what is written about it, and what is allowed since. */
export const state = fc.record({
  record: fc.record({
    ...{ panel: fc.constantFrom('a', 'b', 'gone'), product: fc.constantFrom('small', 'big') },
    ...{ client: fc.constantFrom(null, '7', '42'), protectedUntil: until, quotaReleasedUntil: until },
  }),
  steps: fc.array(step, { maxLength: 5 }),
  changed: fc.option(
    fc.record({ mode: fc.constantFrom('IN' as const, 'OUT' as const), allowance, wouldHold: reasons }),
    { freq: 1 },
  ),
});
export type State = typeof state extends fc.Arbitrary<infer T> ? T : never;

/** Writes what a state says about the service with this id. */
export async function writeState(store: StateStore, id: string, { record, steps }: State): Promise<void> {
  await store.services.put([service(id, record)]);
  for (const one of steps) await writeStep(store, id, one);
}

async function writeStep(store: StateStore, id: string, one: Step): Promise<void> {
  if (one.do === 'decide') await store.decisions.record([toDecision(id, one.decided)]);
  if (one.do === 'read') {
    const { readAt, inBytes, outBytes, totalBytes } = one;
    await store.cycles.put([cycle(`${id}-${one.place}`, { service: id, readAt, inBytes, outBytes, totalBytes })]);
  }
  const stored = await store.services.get(id);
  if (stored === null) return;
  if (one.do === 'change') await store.services.update([{ id, status: one.status, updatedAt: one.updatedAt }]);
  if (one.do === 'begin') await beginHold(store, id, one);
  if (one.do === 'end') {
    const open = (await store.holds.open({ services: [id] })).find(({ reason }) => reason === one.reason);
    if (open !== undefined) await store.holds.end(open.id, minute(5));
  }
  if (one.do === 'alarm') {
    const acknowledgedAt = one.isAcknowledged ? minute(1) : null;
    await store.alarms.put([
      {
        ...{ id: `a-${id}`, key: `a-${id}`, code: 'drift', panel: stored.panel, service: id, message: 'differs' },
        ...{ scope: 'reconcile', since: minute(0), acknowledgedAt, acknowledgedBy: null, note: null },
      },
    ]);
  }
  if (one.do === 'leave' && (await store.holds.lasting({ services: [id] })).length === 0) {
    await store.services.remove(id, minute(5));
    // Of a run that had read it before.
    await store.decisions.record([decision(id, { cycle: null, allowance: null, inputs: null, totalBytes: 99 })]);
  }
}

async function beginHold(store: StateStore, id: string, one: Extract<Step, { do: 'begin' }>): Promise<void> {
  const open = await store.holds.open({ services: [id] });
  if (open.some(({ reason }) => reason === one.reason)) return;
  const name = `h-${id}-${(await store.holds.all({ service: id })).length}`;
  const since = minute(3);
  await store.holds.add(hold(name, { service: id, reason: one.reason }));
  if (one.restricts) await store.conditions.put({ key: `${TO_RESTRICT}${name}`, since, runs: 1, details: null });
  if (one.proves) await store.evidence.add(proof(`e-${name}`, { hold: name, service: id, target: name, since }));
}

function toDecision(id: string, { drifts, place: of, ...own }: Decided): DecisionRecord {
  const drift = Array.from({ length: drifts }, (_, index) => `difference ${index}`);
  const inputs = drifts === 0 ? null : { drift };
  return decision(id, { ...own, cycle: of === null ? null : `${id}-${of}`, inputs });
}
