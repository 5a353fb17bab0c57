import { type Allowance, usageInMode } from '@sluice/quota-core';
import type { ActionRecord, CycleRecord, DecisionRecord, HoldRecord, ServiceRecord } from '@sluice/state-store';
import type { ItemError } from '@sluice/panel-kind';

/** A service in `poll --json`; `service show --json` has further keys (docs/json.md). */
export interface ServiceView {
  id: string;
  panel: string;
  status: string;
  observing: boolean;
  mode: string | null;
  cycle: { start: string; end: string } | null;
  usage: { inBytes: number | null; outBytes: number | null; totalBytes: number | null; readAt: string } | null;
  allowance: {
    unlimited: boolean;
    baseBytes: number | null;
    extraBytes: number;
    allowedBytes: number | null;
    remainingBytes: number | null;
  } | null;
  holds: { reason: string; since: string }[];
  actions: { type: string; target: string; state: string }[];
  error: ItemError | null;
  /** In a run: descriptions of the drift. */
  drift?: string[];
}

/** Returns a service as documents show it, from stored rows, so that a run and `service show` agree. */
export function serviceView(from: {
  service: ServiceRecord;
  decision: DecisionRecord | null;
  cycle: CycleRecord | null;
  holds: readonly { reason: string; since: string }[];
  actions: readonly ActionRecord[];
}): ServiceView {
  const { service, decision, cycle, holds, actions } = from;
  return {
    id: service.id,
    panel: service.panel,
    status: decision?.status ?? (holds.length > 0 ? 'held' : 'skipped'),
    observing: decision?.observing ?? false,
    mode: decision?.mode ?? service.trafficMode,
    cycle: cycle ? { start: cycle.start, end: cycle.end } : null,
    usage: usageView(decision),
    allowance: allowanceView(decision),
    holds: holds.map((hold) => ({ reason: hold.reason, since: hold.since })),
    actions: actions.map((action) => ({ type: action.type, target: action.target, state: action.state })),
    error: decision?.errorCode == null ? null : { code: decision.errorCode, message: decision.errorMessage ?? '' },
  };
}

function usageView(decision: DecisionRecord | null): ServiceView['usage'] {
  if (decision?.readAt == null) return null;
  const { inBytes, outBytes, totalBytes, readAt } = decision;
  return { inBytes, outBytes, totalBytes, readAt };
}

function allowanceView(decision: DecisionRecord | null): ServiceView['allowance'] {
  const allowance = (decision?.allowance ?? null) as Allowance | null;
  if (!decision || !allowance || allowance.kind === 'unmanaged') return null;
  if (allowance.kind === 'unlimited') {
    return { unlimited: true, baseBytes: null, extraBytes: 0, allowedBytes: null, remainingBytes: null };
  }
  const used = decision.mode === null ? null : usageInMode(decision, decision.mode);
  return {
    unlimited: false,
    baseBytes: allowance.baseBytes,
    extraBytes: allowance.extraBytes,
    allowedBytes: allowance.allowedBytes,
    remainingBytes: used === null || decision.readAt === null ? null : Math.max(0, allowance.allowedBytes - used),
  };
}

/** Returns the `status` of the import: `suspended` while a billing hold is open. */
export function toLifecycle(service: ServiceRecord, openHolds: Pick<HoldRecord, 'reason'>[]): string {
  if (service.status !== 'active') return service.status;
  return openHolds.some((hold) => hold.reason === 'billing') ? 'suspended' : 'active';
}
