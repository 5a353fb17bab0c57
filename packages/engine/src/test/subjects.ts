import type { Observation, Panel, Plan, Step } from '@sluice/panel-kind';
import type { DueHold } from '@sluice/quota-core';
import type { ActionRecord, CycleRecord, EvidenceRecord, HoldRecord, ServiceRecord } from '@sluice/state-store';
import type { Context } from '../context/context.js';
import { blankService } from '../features/services/check-service.js';
import type { Applied, LimitedAllowance, Loaded, Planned, RunOnPanel } from '../kernel/subject/stages.js';
import { toLoaded } from '../kernel/subject/to-stage.js';

export const NOW = '2026-11-20T12:00:00.000Z';
export const GB = 1024 ** 3;

export const SERVICE: ServiceRecord = { ...blankService('svc-1', NOW), panel: 'dcim', product: 'gold' };

export const CYCLE: CycleRecord = {
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

/** Returns an allowance of so many bytes. */
export const limited = (allowedBytes: number): LimitedAllowance => ({
  kind: 'limited',
  baseBytes: allowedBytes,
  extraBytes: 0,
  allowedBytes,
  parts: [],
});

/** Returns a service as it is loaded: active, with an allowance of 100 GB, in a cycle that was not read. */
export function makeLoaded(facts: Partial<Loaded> = {}): Loaded {
  return toLoaded({
    service: SERVICE,
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
    recorded: CYCLE,
    cycle: CYCLE,
    closing: null,
    cycleIsNew: false,
    wrongCycles: [],
    purchases: [],
    allowance: limited(100 * GB),
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
    ...facts,
  });
}

/** Returns a service as a later stage has it. */
export const makePlanned = (facts: Partial<Planned> = {}): Planned =>
  ({ ...makeLoaded(), ...facts, stage: 'planned' }) as Planned;
export const makeApplied = (facts: Partial<Applied> = {}): Applied =>
  ({ ...makeLoaded(), ...facts, stage: 'applied' }) as Applied;

/** Returns the row of an open hold. */
export const makeHold = (facts: Partial<HoldRecord> = {}): HoldRecord => ({
  ...{ id: 'hold-1', service: 'svc-1', reason: 'quota', restriction: 'disable-ports', since: NOW, until: null },
  ...{ note: null, cycle: null, usedBytes: null, allowedBytes: null, origin: 'run' },
  ...facts,
});

export const makeDue = (reason = 'quota'): DueHold => ({
  reason,
  rule: 'at-or-over-allowance',
  restriction: 'disable-ports',
});

/** Returns the row of a change whose outcome is not known. */
export const makeAction = (facts: Partial<ActionRecord> = {}): ActionRecord => ({
  ...{ id: 'act-1', run: 'run-1', panel: 'dcim', service: 'svc-1', type: 'disable-port', target: 'port-1' },
  ...{
    key: 'k-1',
    hold: 'hold-1',
    prior: null,
    payload: { payload: null, begins: null, ends: [] },
    state: 'in-doubt',
  },
  ...{ plannedAt: NOW, calledAt: NOW, endedAt: null, givenUpAt: null, attempts: 1, observed: null },
  ...{ errorCode: null, errorMessage: null },
  ...facts,
});

export const makeEvidence = (facts: Partial<EvidenceRecord> = {}): EvidenceRecord => ({
  ...{ id: 'ev-1', hold: 'hold-1', service: 'svc-1', panel: 'dcim', kind: 'port', target: 'port-1', action: 'act-1' },
  ...{ adopted: false, prior: null, since: NOW, until: null, outcome: null },
  ...facts,
});

export const makeStep = (facts: Partial<Step> = {}): Step => ({
  type: 'disable-port',
  target: 'port-1',
  hold: 'hold-1',
  prior: null,
  payload: null,
  begins: null,
  ends: [],
  ...facts,
});

export const PLAN: Plan = { steps: [], problems: [], endedEvidence: [], moves: [], drift: [] };

export const SEEN: Observation = { service: 'svc-1', at: NOW, state: {}, error: null };

/** Returns a context without a store, at noon of 20 November 2026. */
export function makeContext(parts: Partial<Record<keyof Context, unknown>> = {}): Context {
  let ids = 0;
  return {
    config: { poll: { overdue: 'meter', brake: {}, doubt: { jump: 0.5 } }, timeZone: 'UTC', panels: {}, products: {} },
    deps: { signal: new AbortController().signal },
    store: { services: { list: () => Promise.resolve([]) } },
    now: () => NOW,
    id: (prefix: string) => `${prefix}-${++ids}`,
    ...parts,
  } as unknown as Context;
}

/** Returns a run over a panel that answers with these members. */
export function makeRun(panel: Partial<Record<keyof Panel, unknown>> = {}, run: Partial<RunOnPanel> = {}): RunOnPanel {
  const kind = {
    kind: 'easydcim',
    capabilities: ['usage'],
    requiredRef: null,
    suspension: 'suspend-order',
    restrictions: ['disable-ports'],
  };
  return {
    context: makeContext(),
    panel: { name: 'dcim', kind, plan: () => PLAN, resolve: () => null, ...panel } as unknown as Panel,
    run: 'run-1',
    scope: 'poll',
    resources: new Map(),
    ...run,
  };
}
