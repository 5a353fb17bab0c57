import type { FlvxStep } from '../account/index.js';
import type { EvidenceRecord } from '@sluice/quota-core';
import type { Step } from '@sluice/panel-kind';
import type { FlvxContext } from './flvx-context.js';
import { cycleOf } from './flvx-memory.js';
import {
  EVIDENCE,
  permissionKey,
  ranBefore,
  type ClosedPrior,
  type ForwardPrior,
  type RedirectPrior,
  type SpeedPrior,
} from './flvx-state.js';
import type { FlvxPayload, ParkReason } from './flvx-step.js';
import { isAway } from './flvx-redirect.js';
import { isThrottled } from './flvx-speed.js';

type Begins = NonNullable<Step['begins']>;

/** What of the bookkeeping hangs on a step. */
interface Bookkeeping {
  begins: Begins[];
  ends: EvidenceRecord[];
  parks: ParkReason | null;
  cuts?: number[];
  moved?: boolean;
  cycle: string | null;
}

/** Pure: a step as the journal takes it, with the evidence that begins or ends with it. Without a context it has none. */
export function journalStep(step: FlvxStep, context: FlvxContext | null): Step {
  const book = context === null ? nothing : bookkeepingOf(step, context);
  const { begins, ends, parks, cycle, cuts = [], moved = false } = book;
  const payload: FlvxPayload = {
    id: step.id,
    payload: step.payload,
    begins,
    parks,
    cycle,
    ...(cuts.length === 0 ? {} : { cuts }),
    ...(moved ? { moved } : {}),
  };
  return {
    id: step.id,
    needs: step.needs,
    type: step.type,
    target: step.target,
    hold: begins.length > 0 && context ? holdFor(context, begins) : (ends[0]?.hold ?? null),
    prior: step.prior,
    payload,
    ends: ends.map((item) => item.id),
    // Several may begin with one step: they come with its outcome.
    begins: null,
    ...(setsPassword(step) ? { needsPassword: true } : {}),
  };
}

const nothing: Bookkeeping = { begins: [], ends: [], parks: null, cycle: null };

function setsPassword(step: FlvxStep): boolean {
  return step.type === 'create-user' || (step.type === 'update-user' && step.payload.setsPassword);
}

/** The oldest hold that needs what begins. */
function holdFor({ wants }: FlvxContext, begins: Begins[]): string | null {
  const holds = begins.flatMap(({ kind }) => wants.byKind[kind] ?? []);
  return holds[0]?.id ?? null;
}

function bookkeepingOf(step: FlvxStep, context: FlvxContext): Bookkeeping {
  switch (step.type) {
    case 'update-user':
      return ofUser(step.payload.changes.status, context);
    case 'assign-tunnel':
      return ofPermission(step, context);
    case 'pause-forward':
      return ofPause(step, context);
    case 'resume-forward':
      return { ...nothing, ends: found(context.evidence.forward, step.target) };
    case 'redirect-forward':
      return ofRedirect(step, context);
    case 'restore-forward':
      return { ...nothing, ends: found(context.evidence.redirect, step.target) };
    case 'reset-user':
      return { ...nothing, cycle: cycleOf(context.desired) };
    default:
      return nothing;
  }
}

function found(evidence: ReadonlyMap<string, EvidenceRecord>, target: string): EvidenceRecord[] {
  const item = evidence.get(target);
  return item ? [item] : [];
}

function ofUser(status: number | undefined, { user, wants, evidence }: FlvxContext): Bookkeeping {
  const target = String(user.id);
  if (status === 0 && wants.closeUser && !evidence.user.has(target)) {
    const prior: ClosedPrior = { status: user.status };
    return { ...nothing, begins: [{ kind: EVIDENCE.user, target, prior }] };
  }
  return status === 1 ? { ...nothing, ends: found(evidence.user, target) } : nothing;
}

function ofPermission(step: Extract<FlvxStep, { type: 'assign-tunnel' }>, context: FlvxContext): Bookkeeping {
  const { wants, evidence, user } = context;
  const { tunnelId, values, speedName } = step.payload;
  const target = permissionKey(user.id, tunnelId);
  const begins: Begins[] = [];
  const ends: EvidenceRecord[] = [];
  const cuts: number[] = [];
  if (values.status === 0 && wants.closed && !evidence.permission.has(target)) {
    const prior: ClosedPrior = { status: step.prior?.status ?? 1 };
    begins.push({ kind: EVIDENCE.permission, target, prior });
  } else if (values.status === 1) ends.push(...found(evidence.permission, target));
  const changesSpeed = values.speedId !== undefined || speedName !== null;
  if (changesSpeed && wants.throttled && !evidence.speed.has(target)) {
    const limit = context.observed.speedLimits.find((row) => row.id === values.speedId);
    const prior: SpeedPrior = { speedId: step.prior?.speedId ?? null, name: limit?.name ?? speedName ?? '' };
    begins.push({ kind: EVIDENCE.speed, target, prior });
    if (!wants.closed) cuts.push(...runningOn(context, tunnelId));
  } else if (changesSpeed && !wants.throttled && step.prior && isThrottled(context, step.prior)) {
    ends.push(...found(evidence.speed, target));
  }
  return { ...nothing, begins, ends, cuts };
}

function runningOn({ forwards }: FlvxContext, tunnelId: number): number[] {
  return forwards.filter((row) => row.tunnelId === tunnelId && row.status === 1).map((row) => row.id);
}

function ofPause(step: Extract<FlvxStep, { type: 'pause-forward' }>, context: FlvxContext): Bookkeeping {
  const { wants, evidence, memo, surplus, dropped } = context;
  if (step.payload.purpose === 'cut') return { ...nothing, parks: 'cut' };
  const row = step.prior;
  const parked = memo.parked[row.id] !== undefined;
  const wasRunning = row.status === 1 || memo.stopped.includes(row.id) || parked;
  if (wants.closed) {
    if (evidence.forward.has(step.target)) return nothing;
    // What Sluice had parked stays its own to start again, whichever reason goes last.
    const prior: ForwardPrior = { name: row.name, wasRunning: wasRunning && !parked };
    return { ...nothing, begins: [{ kind: EVIDENCE.forward, target: step.target, prior }] };
  }
  // That it ran, the evidence of a hold that is over tells as well: the reason of its own takes it over.
  const over = found(evidence.forward, step.target).filter(ranBefore);
  const reason = surplus.has(row.id) ? 'surplus' : dropped.includes(row.tunnelId) ? 'dropped' : null;
  return reason !== null && (wasRunning || over.length > 0) ? { ...nothing, parks: reason, ends: over } : nothing;
}

function ofRedirect(step: Extract<FlvxStep, { type: 'redirect-forward' }>, context: FlvxContext): Bookkeeping {
  const { wants, evidence } = context;
  if (!wants.redirected) return nothing;
  if (evidence.redirect.has(step.target)) return { ...nothing, moved: isAway(context, step.prior) };
  const prior: RedirectPrior = { remoteAddr: step.prior.remoteAddr, to: step.payload.remoteAddr };
  return { ...nothing, begins: [{ kind: EVIDENCE.redirect, target: step.target, prior }] };
}
