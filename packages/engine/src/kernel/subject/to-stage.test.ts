import { describe, expect, it } from '@jest/globals';
import type { Panel, UsageAnswer } from '@sluice/panel-kind';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';
import { blankService } from '../../features/services/check-service.js';
import type { Context } from '../../context/context.js';
import { decideHolds, draftHolds } from '../../loop/decide.js';
import { readUsage } from '../../loop/meter.js';
import type { Decided, Loaded, Read } from './stages.js';
import { unapplied, unplanned, withError } from './to-stage.js';

const NOW = '2026-11-20T12:00:00.000Z';
const service: ServiceRecord = { ...blankService('svc-1', NOW), panel: 'dcim', product: 'gold' };
const cycle: CycleRecord = {
  id: 'cyc-1',
  service: 'svc-1',
  start: '2026-11-15T00:00:00.000Z',
  end: '2026-12-15T00:00:00.000Z',
  openedAt: NOW,
  closedAt: null,
  inBytes: null,
  outBytes: null,
  totalBytes: null,
  readAt: null,
  peakInBytes: null,
  peakOutBytes: null,
  peakTotalBytes: null,
  allowance: null,
  thresholds: [],
  counter: null,
};
const loaded: Loaded = {
  stage: 'loaded',
  spend: [],
  service,
  product: {
    panel: 'dcim',
    quotaPeriod: 'billing',
    packages: [],
    allowSharedPorts: false,
  } as unknown as Loaded['product'],
  enforcement: { value: 'on', source: 'enforce', since: null, by: null },
  override: null,
  lifted: false,
  mode: 'TOTAL',
  action: 'disable-ports',
  recorded: cycle,
  cycle,
  closing: null,
  cycleIsNew: false,
  wrongCycles: [],
  purchases: [],
  allowance: { kind: 'limited', baseBytes: 1000, extraBytes: 0, allowedBytes: 1000, parts: [] },
  holds: [],
  ended: [],
  toRestrict: new Map(),
  evidence: [],
  disabledForAgent: false,
  countedBytes: null,
  unresolved: [],
  history: { checkpoint: null, decision: null, recent: [], removed: 0 },
  creating: false,
  delivering: false,
  takenOver: false,
  former: null,
  limitsBefore: [],
  awaited: null,
  termination: null,
  skipped: null,
  error: null,
};
const context = {
  config: { poll: { overdue: 'meter', doubt: { jump: 0.5 } }, timeZone: 'UTC', panels: {}, products: {} },
  deps: { signal: new AbortController().signal },
  now: () => NOW,
  id: (prefix: string) => `${prefix}-1`,
} as unknown as Context;
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
    expect(taken).not.toHaveProperty('opens');
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
