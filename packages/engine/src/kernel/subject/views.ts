import type { ActionView, CountedUsage, HoldMarks, LimitView, OpenHold, ServiceView } from '@sluice/contract/documents';
import {
  type Allowance,
  type ReportedStatus,
  toReportedStatus,
  type UsageBytes,
  usageInMode,
} from '@sluice/quota-core';
import type { ActionRecord, CycleRecord, DecisionRecord, HoldRecord, ServiceRecord } from '@sluice/state-store';
import type { NamedAction, PanelKind } from '@sluice/panel-kind';
import { printable } from '@sluice/panel-http/printable';
import { INTERRUPTED } from '../../base/interruption.js';
import { hasEnded } from '../../base/lifecycle.js';
import { findLimitStates, PARTLY_SPENT } from './figures.js';
import { toCountedUsage } from './counted.js';
import type { Doubted } from './stages.js';
import { COMMAND_PREFIX, isCommandRow } from './command-row.js';

/** Returns the kind of a configured panel. */
export type FindKind = (panel: string) => Pick<PanelKind, 'nameAction'> | undefined;

/** Returns an action as documents show it. */
export function toActionView(findKind: FindKind, action: ActionRecord): ActionView {
  const { panel, type, target, state, prior } = action;
  if (isCommandRow(action)) {
    return { type, target, name: printable(`provision ${type.slice(COMMAND_PREFIX.length)} ${target}`), state };
  }
  const { payload = null } = (action.payload ?? {}) as { payload?: unknown };
  const name = toActionName(findKind(panel), { type, target, prior, payload });
  return { type, target, name, state: toShownState(action) };
}

/** Returns the state of an action as documents have it. */
export function toShownState(action: ActionRecord): ActionView['state'] {
  return neverBegan(action) ? 'planned' : action.state;
}

/** Counts changes by their shown states: those made, also where the outcome is not known, and those that no call was made for. */
export function countChanges(states: readonly ActionView['state'][]): { actions: number; planned: number } {
  return {
    actions: states.filter((state) => state === 'applied' || state === 'in-doubt').length,
    planned: states.filter((state) => state === 'planned').length,
  };
}

/** Returns whether the run ended before the action began: nothing failed, and the next run plans it again. */
function neverBegan({ state, calledAt, errorCode }: ActionRecord): boolean {
  return state === 'failed' && calledAt === null && errorCode === INTERRUPTED;
}

/** Returns the name of a change for operators. */
export function toActionName(kind: Pick<PanelKind, 'nameAction'> | undefined, action: NamedAction): string {
  const name = kind?.nameAction?.(action) ?? `${action.type.replaceAll('-', ' ')} ${action.target}`;
  return printable(name);
}

/** Reason of the holds that runs over agents begin and end. */
export const AGENT_LIMIT = 'agent-limit';

/**
 * Returns whether a hold that was not added makes a service `over`. One that a protection withholds does only for a limit: for
 * another reason nothing is used up.
 */
export function countsAsOver(reason: string, isUnderProtection: boolean): boolean {
  return !isUnderProtection || (reason !== 'billing' && reason !== AGENT_LIMIT);
}

/** Returns a service as documents show it, from stored rows, so that a run and `service show` agree. */
export function serviceView(from: {
  service: ServiceRecord;
  decision: DecisionRecord | null;
  cycle: CycleRecord | null;
  holds: readonly ({ reason: string; since: string } & HoldMarks)[];
  actions: readonly ActionView[];
  /** Whether the service is protected at that instant. */
  protected: boolean;
}): ServiceView {
  const { service, decision, cycle, holds, actions } = from;
  const isOpen = (reason: string): boolean => holds.some((hold) => hold.reason === reason && hold.releasing !== true);
  const wouldHold = (decision?.wouldHold ?? []).filter((reason) => !isOpen(reason));
  return {
    id: service.id,
    name: service.name,
    panel: service.panel,
    status: toStatus({
      ...{ decision, holds, ended: hasEnded(service) },
      wouldHold: wouldHold.filter((reason) => countsAsOver(reason, from.protected)).length,
    }),
    observing: decision?.observing ?? false,
    mode: decision?.mode ?? service.trafficMode,
    cycle: cycle ? { start: cycle.start, end: cycle.end } : null,
    usage: usageView(decision),
    doubted: openDoubt(decision, holds),
    allowance: allowanceView(decision),
    limits: limitViews(decision, cycle, holds),
    holds: holds.map(toOpenHold),
    wouldHold,
    actions: [...actions],
    error: decision?.errorCode == null ? null : { code: decision.errorCode, message: decision.errorMessage ?? '' },
  };
}

/** Returns a hold as documents show it. */
export function toOpenHold({ reason, since, ...hold }: OpenHold): OpenHold {
  const { releasing, restricting, partly } = hold;
  if (releasing === true) return { reason, since, releasing };
  return { reason, since, ...(restricting === true && { restricting }), ...(partly === true && { partly }) };
}

/** Returns the status of a service by its last decision, or one about to be stored, and its holds. */
export function toStatus(of: {
  decision: Pick<DecisionRecord, 'status' | 'mode' | 'allowance' | 'inBytes' | 'outBytes' | 'totalBytes'> | null;
  holds: readonly HoldMarks[];
  wouldHold: number;
  /** Default false. */
  ended?: boolean;
}): ReportedStatus {
  const { decision, holds, wouldHold, ended = false } = of;
  const allowance = (decision?.allowance ?? null) as Allowance | null;
  const used = decision === null || decision.mode === null ? null : usageInMode(decision, decision.mode);
  const usedUp = used !== null && allowance?.kind === 'limited' && used >= allowance.allowedBytes;
  return toReportedStatus({
    decided: decision?.status ?? null,
    held: holds.length > 0,
    restricting: holds.every(({ restricting }) => restricting === true),
    wouldHold: wouldHold > 0,
    usedUp,
    ended,
  });
}

function limitViews(
  decision: DecisionRecord | null,
  cycle: CycleRecord | null,
  holds: readonly { reason: string }[],
): LimitView[] {
  const isHeld = (id: string): boolean => holds.some(({ reason }) => reason === id);
  const allowance = (decision?.allowance ?? null) as Allowance | null;
  const used = decision?.readAt == null || decision.mode === null ? null : usageInMode(decision, decision.mode);
  const quota: LimitView = {
    id: 'quota',
    window: cycle && { start: cycle.start, end: cycle.end },
    unit: 'bytes',
    used,
    allowed: allowance?.kind === 'limited' ? allowance.allowedBytes : null,
    held: isHeld('quota'),
  };
  const hasQuota = allowance !== null && allowance.kind !== 'unmanaged';
  const others = findLimitStates(decision).map(({ id, window, unit, used: figure, allowed }) => {
    const partial = typeof figure === 'string' && isPartlySpent(decision) ? ({ partial: true } as const) : {};
    return { id, window, unit, used: figure, ...partial, allowed, held: isHeld(id) };
  });
  return [...(hasQuota || quota.held ? [quota] : []), ...others];
}

/** A service that is held for another reason has that status, whatever could be read. */
function isPartlySpent(decision: DecisionRecord | null): boolean {
  const codes: readonly string[] = Object.values(PARTLY_SPENT);
  return decision?.status === 'unreadable' || codes.includes(decision?.errorCode ?? '');
}

/** Returns the usage of a decision or a cycle; null before its first reading. */
export function usageView(from: (UsageBytes & { readAt: string | null }) | null): ServiceView['usage'] {
  if (from?.readAt == null) return null;
  const { inBytes, outBytes, totalBytes, readAt } = from;
  return { inBytes, outBytes, totalBytes, readAt };
}

/** A doubted reading as it is stored: of earlier versions without the rest. */
type Stored = UsageBytes & Pick<Doubted, 'at'> & Partial<Doubted>;

/** Returns the reading that the last run doubted; null where it doubted none. */
export function doubtedView(decision: Pick<DecisionRecord, 'inputs'> | null): ServiceView['doubted'] {
  const { doubted } = (decision?.inputs ?? {}) as { doubted?: Stored };
  if (doubted === undefined) return null;
  const { at, since = at, holds = [], inBytes, outBytes, totalBytes } = doubted;
  return { at, since, inBytes, outBytes, totalBytes, holds: [...holds] };
}

/** Returns the doubted reading, of the holds that began by it only those that are open now. */
function openDoubt(decision: DecisionRecord | null, open: readonly { reason: string }[]): ServiceView['doubted'] {
  const doubted = doubtedView(decision);
  if (doubted === null) return null;
  return { ...doubted, holds: doubted.holds.filter((reason) => open.some((hold) => hold.reason === reason)) };
}

/**
 * Returns the last good figures of the cycle for a service that the last run could not read, or whose last run was killed after it had
 * read it.
 */
export function lastUsage(
  view: ServiceView,
  decision: DecisionRecord | null,
  cycle: CycleRecord | null,
): Pick<ServiceView, 'usage' | 'allowance' | 'limits'> & { counted: CountedUsage | null } {
  const { usage, allowance, limits } = view;
  const isNewest = usage !== null && usage.readAt >= (cycle?.readAt ?? '');
  if (isNewest || cycle === null || (usage !== null && decision?.cycle !== cycle.id))
    return { usage, allowance, limits, counted: toCountedUsage(decision) };
  const figures = newestReading(cycle, decision);
  const last = decision && { ...decision, ...figures };
  return {
    usage: figures,
    allowance: allowanceView(last),
    limits: limitViews(last, cycle, view.holds),
    counted: toCountedUsage(last),
  };
}

/** Returns the last reading of a decision or, where its run could not read the service, of one before; null without one in the cycle. */
export function toLastReading(
  decision: DecisionRecord | null | undefined,
  { cycle }: Pick<DecisionRecord, 'cycle'>,
): ServiceView['usage'] {
  if (decision == null || cycle === null || decision.cycle !== cycle) return null;
  const { lastRead = null } = (decision.inputs ?? {}) as { lastRead?: ServiceView['usage'] };
  return usageView(decision) ?? lastRead;
}

/** Returns the last reading of a cycle: that of the decision is newer where the run did not accept it, since the brake stopped it. */
export function newestReading(cycle: CycleRecord, decision: DecisionRecord | null): ServiceView['usage'] {
  const reading = toLastReading(decision, { cycle: cycle.id });
  return reading !== null && reading.readAt > (cycle.readAt ?? '') ? reading : usageView(cycle);
}

function allowanceView(decision: DecisionRecord | null): ServiceView['allowance'] {
  const allowed = allowedView(decision?.allowance);
  if (decision === null || allowed === null) return null;
  const { allowedBytes } = allowed;
  const used = decision.mode === null || decision.readAt === null ? null : usageInMode(decision, decision.mode);
  return {
    ...allowed,
    remainingBytes: used === null || allowedBytes === null ? null : Math.max(0, allowedBytes - used),
    decided: true,
  };
}

/** Returns a stored allowance; null for an unmanaged service. */
export function allowedView(
  stored: unknown,
): Omit<NonNullable<ServiceView['allowance']>, 'remainingBytes' | 'decided'> | null {
  const allowance = (stored ?? null) as Allowance | null;
  if (!allowance || allowance.kind === 'unmanaged') return null;
  if (allowance.kind === 'unlimited') return { unlimited: true, baseBytes: null, extraBytes: 0, allowedBytes: null };
  const { baseBytes, extraBytes, allowedBytes } = allowance;
  return { unlimited: false, baseBytes, extraBytes, allowedBytes };
}

/** Returns the `status` of the import: `suspended` while a billing hold is open. */
export function toLifecycle(service: ServiceRecord, openHolds: Pick<HoldRecord, 'reason'>[]): string {
  if (service.status !== 'active') return service.status;
  return openHolds.some((hold) => hold.reason === 'billing') ? 'suspended' : 'active';
}
