import { describe, expect, it } from '@jest/globals';
import type { Panel, UsageAnswer } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { decideHolds, draftHolds } from '../../loop/decide.js';
import { readUsage } from '../../loop/meter.js';
import { limited, makeContext, makeLoaded, NOW } from '../../test/subjects.js';
import type { Decided, Read } from './stages.js';
import { unapplied, unplanned, withError } from './to-stage.js';

const loaded = makeLoaded({ allowance: limited(1000) });
const context = makeContext();
const answer: UsageAnswer = {
  reading: { known: true, at: NOW, inBytes: 900, outBytes: 200, totalBytes: null },
  raw: null,
  shape: [],
  warnings: [{ code: 'late', message: 'the figures are an hour old' }],
};
const panel = {
  name: 'dcim',
  kind: { capabilities: ['usage'], requiredRef: null, suspension: 'suspend-order' },
  readUsage: (requests: { service: ServiceRecord }[], onAnswer: (id: string, answer: UsageAnswer) => void) => {
    for (const request of requests) onAnswer(request.service.id, answer);
    return Promise.resolve();
  },
} as unknown as Panel;

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
};
const read = async (): Promise<Read> => freeze((await readUsage(context, panel, [freeze(loaded)]))[0]!);

describe('stages of a service', () => {
  it('are made from the one before, which stays as it was', async () => {
    const taken = await read();
    expect(taken).toMatchObject({ stage: 'read', usage: { totalBytes: 1100 }, cycle: { totalBytes: 1100 } });
    expect([loaded.stage, loaded.cycle?.totalBytes]).toEqual(['loaded', null]);
    const decided = freeze(decideHolds(context, panel, taken, NOW));
    expect(decided).toMatchObject({ stage: 'decided', opens: [{ reason: 'quota' }], thresholds: [80, 90, 100] });
    expect(taken).toMatchObject({ opens: [] });
    const drafts = draftHolds(context, decided);
    expect(drafts).toMatchObject([{ reason: 'quota', restriction: 'disable-ports', usedBytes: 1100 }]);
    const planned = freeze({ ...unplanned(decided), drafts });
    expect(unapplied(planned)).toMatchObject({ stage: 'applied', drafts, actions: [] });
  });

  it('keep their first error', () => {
    const first = withError(loaded, { code: 'first', message: 'one\ntwo' });
    expect(first.error?.code).toBe('first');
    expect(first.error?.message).not.toContain('\n');
    expect(withError(first, { code: 'second', message: '' })).toBe(first);
    expect(withError(loaded, null)).toBe(loaded);
  });

  it('fit only where they belong', async () => {
    const taken = await read();
    const decided: Decided = decideHolds(context, panel, taken, NOW);
    const misfits = (): void => {
      // @ts-expect-error Decided before it was read.
      decideHolds(context, panel, loaded, NOW);
      // @ts-expect-error Decided twice.
      decideHolds(context, panel, decided, NOW);
      // @ts-expect-error Read after the decision.
      void readUsage(context, panel, [decided]);
      // @ts-expect-error Applied before it was planned.
      unapplied(decided);
      // @ts-expect-error Planned before it was decided.
      unplanned(taken);
      // @ts-expect-error Changed after it was made.
      decided.opens = [];
    };
    expect(misfits).toBeInstanceOf(Function);
  });
});
