import type { EvidenceRecord, HoldRecord } from '@sluice/quota-core';
import type { Desired, Plan, Step } from '@sluice/panel-kind';
import { hasGrown } from '../account/history/history.js';
import type { Held } from '../account/history/observed-history.js';
import { usedOf } from '../account/rules.js';
import { flvxOf } from './product.js';
import { isThrottled, oldLimitsOf } from './speed.js';
import type { StepPayload } from './steps.js';
import { isRedirected, type PlanInput } from './target.js';

/** What the holds of a service restrict, and which of them need it. */
export interface Restrictions {
  /** Permissions are closed and forwards paused. */
  closed: boolean;
  /** Forwards are redirected in addition. */
  redirected: boolean;
  /** The speed is limited instead: what a quota hold does under `throttle`. */
  throttled: boolean;
  /** The user is disabled: nobody logs in. */
  closeUser: boolean;
  /** Holds that need evidence of a kind, oldest first. */
  byKind: Record<string, HoldRecord[]>;
}

/** Kinds of evidence. The target of a permission is user and tunnel: `12:3`. */
export const EVIDENCE = {
  user: 'user',
  permission: 'permission',
  forward: 'forward',
  redirect: 'redirect',
  speed: 'speed-limit',
} as const;

/** The restriction of billing and manual holds: the user is disabled, and nothing of his runs. */
const SUSPENSION = 'suspend';

/**
 * Returns what holds restrict. A suspension also redirects where the product does that for the quota, and pauses under
 * `throttle`: a customer who does not pay is stopped, not slowed down.
 */
export function restrictionsOf({ holds, action }: Pick<Desired, 'holds' | 'action'>): Restrictions {
  const slowing = holds.filter(({ restriction }) => restriction === 'throttle');
  const closing = holds.filter((hold) => !slowing.includes(hold));
  const shutting = holds.filter(({ restriction }) => restriction === SUSPENSION);
  const redirecting = closing.filter(
    (hold) => hold.restriction === 'redirect' || (shutting.includes(hold) && action === 'redirect'),
  );
  return {
    closed: closing.length > 0,
    redirected: redirecting.length > 0,
    throttled: slowing.length > 0,
    closeUser: shutting.length > 0,
    byKind: {
      [EVIDENCE.user]: shutting,
      [EVIDENCE.permission]: closing,
      [EVIDENCE.forward]: closing,
      [EVIDENCE.redirect]: redirecting,
      [EVIDENCE.speed]: slowing,
    },
  };
}

/** Prior state of a user or permission that was closed. */
export interface ClosedPrior {
  status: number;
}

/** Prior state of a forward that was paused. */
export interface ForwardPrior {
  name: string;
  wasRunning: boolean;
}

/** Prior state of a forward that was redirected. */
export interface RedirectPrior {
  remoteAddr: string;
  /** Where it was pointed to. */
  to?: string;
}

/** The limit that a permission had before it was throttled, and the name of the one that it was given. */
export interface SpeedPrior {
  speedId: number | null;
  name: string;
}

/** Returns the target of evidence about a permission. */
export function permissionKey(userId: number, tunnelId: number): string {
  return `${userId}:${tunnelId}`;
}

/** Returns the evidence of one kind, by target. */
export function evidenceOf(evidence: readonly EvidenceRecord[], kind: string): Map<string, EvidenceRecord> {
  return new Map(evidence.filter((item) => item.kind === kind).map((item) => [item.target, item]));
}

/** Returns what evidence says is restricted, as the history needs it. */
export function heldBy(evidence: readonly EvidenceRecord[]): Held {
  const targets = new Set(evidence.map((item) => `${item.kind} ${item.target}`));
  const has = (kind: string, target: string): boolean => targets.has(`${kind} ${target}`);
  return {
    user: (id) => has(EVIDENCE.user, String(id)),
    permission: (userId, tunnelId) => has(EVIDENCE.permission, permissionKey(userId, tunnelId)),
    forward: (id) => has(EVIDENCE.forward, String(id)),
    speed: (userId, tunnelId) => has(EVIDENCE.speed, permissionKey(userId, tunnelId)),
  };
}

/** Returns the status before it was closed. What was adopted from another tool was open. */
export function closedPrior(item: EvidenceRecord): ClosedPrior {
  const { status } = (item.prior ?? {}) as Partial<ClosedPrior>;
  return { status: typeof status === 'number' ? status : 1 };
}

/** Whether the forward ran before it was paused. What was adopted from another tool did. */
export function ranBefore(item: EvidenceRecord): boolean {
  return ((item.prior ?? {}) as Partial<ForwardPrior>).wasRunning ?? true;
}

/** Returns where the forward pointed before it was redirected, and where to; undefined where that was not recorded. */
export function redirectPrior(item: EvidenceRecord | undefined): Partial<RedirectPrior> {
  return item?.prior ?? {};
}

/** Returns what a throttled permission had before. */
export function speedPrior(item: EvidenceRecord): SpeedPrior {
  const { speedId, name } = (item.prior ?? {}) as Partial<SpeedPrior>;
  return { speedId: speedId ?? null, name: name ?? '' };
}

/**
 * Returns evidence that no hold needs any more and that is already undone, and evidence that another hold takes over. What
 * somebody else has undone meanwhile is dropped, since it is not Sluice's to undo. Pure.
 */
export function settleEvidence(input: PlanInput, steps: readonly Step[]): Pick<Plan, 'settle' | 'moves'> {
  const settle: Plan['settle'] = [];
  const moves: Plan['moves'] = [];
  const ending = new Set(steps.flatMap((step) => step.ends));
  for (const item of input.desired.evidence) {
    const holds = input.restrictions.byKind[item.kind];
    if (holds === undefined) continue;
    const [first] = holds;
    if (isGone(input, item)) settle.push({ evidence: item.id, outcome: 'dropped' });
    else if (first === undefined) {
      const outcome = ending.has(item.id) ? null : outcomeOf(input, item);
      if (outcome !== null) settle.push({ evidence: item.id, outcome });
    } else if (!holds.some((hold) => hold.id === item.hold)) moves.push({ evidence: item.id, hold: first.id });
  }
  return { settle, moves };
}

/** Whether the object of the evidence no longer exists. */
function isGone({ forwards, permissions, user }: PlanInput, { kind, target }: EvidenceRecord): boolean {
  if (kind === EVIDENCE.user) return target !== String(user.id);
  if (kind === EVIDENCE.forward || kind === EVIDENCE.redirect)
    return !forwards.some((row) => String(row.id) === target);
  return !permissions.some((row) => permissionKey(user.id, row.tunnelId) === target);
}

/** How evidence has ended without a step of ours; null while a step has yet to undo it. */
function outcomeOf(input: PlanInput, item: EvidenceRecord): 'undone' | 'dropped' | null {
  const { user, permissions, forwards } = input;
  const permission = permissions.find((row) => permissionKey(user.id, row.tunnelId) === item.target);
  const forward = forwards.find((row) => String(row.id) === item.target);
  switch (item.kind) {
    case EVIDENCE.user:
      return user.status === 1 ? 'dropped' : null;
    case EVIDENCE.permission:
      return permission?.status === 1 || input.dropped.includes(permission?.tunnelId ?? 0) ? 'dropped' : null;
    case EVIDENCE.forward:
      if (forward?.status === 1) return 'dropped';
      return ranBefore(item) ? null : 'undone';
    case EVIDENCE.redirect:
      return forward !== undefined && isRedirected(input, forward) ? null : 'dropped';
    default:
      return permission && isThrottled(input, permission) ? null : 'dropped';
  }
}

type Notice = NonNullable<Plan['notices']>[number];

/** That a node has no `tcpkill` can't be known before: no answer of the panel shows it. */
const openConnections =
  "connections from before are open, and its node can't cut them (it has no tcpkill): they go on until they end by themselves";

/** Returns what operators are notified of: forwards that run despite a restriction or are too many, and limits with old names. */
export function noticesOf(input: PlanInput, steps: readonly Step[]): Notice[] {
  const pauses = steps.filter((step) => step.type === 'pause-forward');
  return [...pauses.flatMap((step) => pauseNotice(input, step)), ...throttleNotice(input), ...oldLimitNotices(input)];
}

function pauseNotice(input: PlanInput, step: Step): Notice[] {
  const { desired, forwards, restrictions, evidence, surplus, history } = input;
  const row = forwards.find((forward) => String(forward.id) === step.target);
  if (!row) return [];
  const { id } = desired.service;
  const what = `forward ${row.id} (${row.name}) of ${id}`;
  const notice = (code: string, message: string): Notice[] => [
    { code, key: `${code}:${id}:${row.id}:${usedOf(row)}`, message: `${what} ${message}` },
  ];
  if (hasGrown(input.last, row)) {
    if (history.again.includes(row.id))
      return notice(
        'connections_open',
        `carried traffic after it was paused once more: ${openConnections}, unless somebody starts it each time`,
      );
    return notice('forward_ran_again', 'is shown as paused and carried traffic all the same: it is paused again');
  }
  if (row.status === 1 && restrictions.closed && evidence.forward.has(step.target)) {
    return notice('forward_ran_again', 'was started again while the service is held: it is paused again');
  }
  if ((step.payload as StepPayload).parks === 'surplus' && surplus.has(row.id)) {
    const { maxForwards } = flvxOf(desired.product);
    return notice(
      'max_forwards',
      `is beyond the ${maxForwards} forwards of its product: it is paused until there are fewer`,
    );
  }
  return [];
}

/** Both directions have the speed each, and the panel rounds it. Traffic far beyond came through connections without a limit. */
const farBeyond = 1.5;
/** Counters show what flowed up to 10 s before: what a throttle lets through is measured from the second observation on. */
const lateMs = 60_000;

/** A throttle that was in force between two observations and let far more than its speed through. */
function throttleNotice({ desired, restrictions, evidence, history, last, forwards }: PlanInput): Notice[] {
  const from = Date.parse((desired.seen as { at?: string } | null)?.at ?? '');
  const [item] = evidence.speed.values();
  const isPending = history.unpushed.length + history.cuts.length > 0;
  if (!restrictions.throttled || restrictions.closed || item === undefined || last === null || isPending) return [];
  const seconds = (Date.parse(desired.now) - from) / 1000;
  if (!(seconds > 0) || Date.parse(item.since) > from - lateMs) return [];
  let carried = 0;
  for (const row of forwards) {
    const factor = history.scales[row.tunnelId]?.factor ?? 0;
    const before = last.forwards[row.id]?.bytes;
    if (factor > 0 && before !== undefined) carried += Math.max(0, usedOf(row) - before) / factor;
  }
  const nodes = Object.values(history.scales).reduce((sum, scale) => sum + scale.nodes, 0);
  const { throttleMbit } = flvxOf(desired.product);
  const allowed = ((throttleMbit * 2 ** 20) / 8) * 2 * nodes * seconds;
  if (nodes === 0 || carried <= allowed * farBeyond) return [];
  const { id } = desired.service;
  const message = `${id} is throttled to ${throttleMbit} Mbit/s and carried far more since the last look: ${openConnections}`;
  return [{ code: 'connections_open', key: `connections_open:${id}:${item.id}`, message }];
}

function oldLimitNotices(input: PlanInput): Notice[] {
  const { desired, state } = input;
  if (state.partial) return [];
  const { id } = desired.service;
  return oldLimitsOf(input, input.permissions).map((limit) => {
    const made = state.madeLimits.includes(limit.name);
    const message =
      `speed limit ${limit.id} (${limit.name}) of ${id} bears the service's id, which a service of another store may have too: ` +
      `the next change of the speed replaces it${made ? '' : '; this store did not make it, and leaves it on the panel'}`;
    return { code: 'speed_limit_old_name', key: `speed_limit_old_name:${id}:${limit.id}`, message };
  });
}
