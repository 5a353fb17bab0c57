import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { EvidenceRecord, HoldRecord } from './records.js';
import type { StoreTables } from './store.js';
import { hold, minute, proof, service } from './test/records.js';
import { toRounds, useStore } from './test/use-store.js';

type Step =
  | { do: 'hold'; id: number; service: number; reason: HoldRecord['reason'] }
  | { do: 'end-hold'; id: number }
  | { do: 'evidence'; id: number; hold: number; target: number }
  | { do: 'end-evidence'; id: number; outcome: string }
  | { do: 'move'; id: number; hold: number };

const id = fc.integer({ min: 0, max: 7 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('hold' as const),
    id,
    service: fc.integer({ min: 0, max: 2 }),
    reason: fc.constantFrom('quota' as const, 'manual' as const),
  }),
  fc.record({ do: fc.constant('end-hold' as const), id }),
  fc.record({ do: fc.constant('evidence' as const), id, hold: id, target: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ do: fc.constant('end-evidence' as const), id, outcome: fc.constantFrom('undone', 'dropped') }),
  fc.record({ do: fc.constant('move' as const), id, hold: id }),
);

/** Holds and evidence as the doc comments promise them, kept in plain lists. */
class Model {
  holds: HoldRecord[] = [];
  evidence: EvidenceRecord[] = [];

  /** What the call answers: true, false, or the code of the error. */
  apply(next: Step, at: string): boolean | string {
    switch (next.do) {
      case 'hold': {
        const record = toHold(next, at);
        const taken = this.holds.some(
          (each) => each.until === null && each.service === record.service && each.reason === record.reason,
        );
        if (taken) return false;
        if (this.holds.some((each) => each.id === record.id)) return 'store_conflict';
        this.holds.push(record);
        return true;
      }
      case 'end-hold': {
        const found = this.holds.find((each) => each.id === `hold-${next.id}`);
        if (found === undefined) return 'store_not_found';
        found.until ??= at;
        return true;
      }
      case 'evidence': {
        const owner = this.holds.find((each) => each.id === `hold-${next.hold}`);
        const record = toEvidence(next, at, owner?.service ?? 'svc-0');
        const taken = this.evidence.some((each) => each.until === null && each.target === record.target);
        if (taken) return false;
        if (this.evidence.some((each) => each.id === record.id)) return 'store_conflict';
        if (owner === undefined) return 'store_conflict';
        this.evidence.push(record);
        return true;
      }
      case 'end-evidence': {
        const found = this.evidence.find((each) => each.id === `e-${next.id}`);
        if (found === undefined) return 'store_not_found';
        found.until ??= at;
        found.outcome ??= next.outcome;
        return true;
      }
      case 'move': {
        const found = this.evidence.find((each) => each.id === `e-${next.id}`);
        const newHold = this.holds.find((each) => each.id === `hold-${next.hold}`);
        if (found === undefined || newHold === undefined) return 'store_not_found';
        const isNear = newHold.service === found.service || newHold.service !== 'svc-2';
        if (found.until !== null || !isNear) return 'store_conflict';
        if (newHold.until !== null) return false;
        found.hold = newHold.id;
        found.service = newHold.service;
        return true;
      }
    }
  }

  findService(holdId: number): string {
    return this.holds.find((each) => each.id === `hold-${holdId}`)?.service ?? 'svc-0';
  }
}

function toHold(next: Step & { do: 'hold' }, at: string): HoldRecord {
  return hold(`hold-${next.id}`, { service: `svc-${next.service}`, reason: next.reason, since: at });
}

function toEvidence(next: Step & { do: 'evidence' }, at: string, owner: string): EvidenceRecord {
  return proof(`e-${next.id}`, { hold: `hold-${next.hold}`, service: owner, target: `${next.target}`, since: at });
}

async function perform(tables: StoreTables, next: Step, at: string, owner: string): Promise<boolean> {
  switch (next.do) {
    case 'hold':
      return tables.holds.add(toHold(next, at));
    case 'end-hold':
      await tables.holds.end(`hold-${next.id}`, at);
      return true;
    case 'evidence':
      return tables.evidence.add(toEvidence(next, at, owner));
    case 'end-evidence':
      await tables.evidence.end(`e-${next.id}`, at, next.outcome);
      return true;
    case 'move':
      return tables.evidence.move(`e-${next.id}`, `hold-${next.hold}`);
  }
}

function toCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

describe('holds and evidence', () => {
  const at = useStore();

  it('are what a plain list of them would be, whatever is done in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, inOneWrite) => {
        const store = await at.openEmpty();
        await store.services.put([service('svc-0'), service('svc-1'), service('svc-2', { panel: 'other' })]);
        const model = new Model();
        const runAll = async (tables: StoreTables, only: (next: Step) => boolean): Promise<void> => {
          for (const [n, next] of steps.entries()) {
            if (!only(next)) continue;
            const owner = next.do === 'evidence' ? model.findService(next.hold) : 'svc-0';
            const expected = model.apply(next, minute(n));
            expect(await perform(tables, next, minute(n), owner).catch(toCode)).toBe(expected);
          }
        };
        if (inOneWrite) {
          // Inside one write only steps that do not fail, since a failed one undoes them all.
          const trial = new Model();
          const fine = new Set(steps.filter((next, n) => typeof trial.apply(next, minute(n)) === 'boolean'));
          await store.write((tables) => runAll(tables, (next) => fine.has(next)));
        } else {
          await runAll(store, () => true);
        }
        expect((await store.holds.all()).sort(byId)).toEqual([...model.holds].sort(byId));
        expect((await store.holds.open()).sort(byId)).toEqual(
          model.holds.filter((each) => each.until === null).sort(byId),
        );
        expect((await store.evidence.open()).sort(byId)).toEqual(
          model.evidence.filter((each) => each.until === null).sort(byId),
        );
        const all = await store.evidence.ofHolds(model.holds.map((each) => each.id));
        expect(all.sort(byId)).toEqual([...model.evidence].sort(byId));
        await store.close();
      }),
      { numRuns: toRounds(40) },
    );
  });
});
