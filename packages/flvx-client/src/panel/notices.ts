import { staffText } from '@sluice/messages/staff';
import type { Plan, Step } from '@sluice/panel-kind';
import { hasGrown, isLate } from '../account/history/history.js';
import type { StepPayload } from '../account/history/journaled-step.js';
import { sumBytes } from '../account/rules.js';
import type { FlvxForward } from '../client/records.js';
import { toFlvxProduct } from './product.js';
import { listOldLimits } from './speed.js';
import { findTunnelName, type PlanInput } from './plan-input.js';
import { EVIDENCE } from './restrictions.js';

type Notice = NonNullable<Plan['notices']>[number];

/** Notices, and those of earlier runs of which the observation does not show whether they still hold. */
type Found = Required<Pick<Plan, 'notices' | 'unseen'>>;

const found = (...notices: Notice[]): Found => ({ notices, unseen: [] });
const unseen = (...notices: Notice[]): Found => ({ notices: [], unseen: notices });

/** Returns what operators are notified of: forwards that run despite a restriction, were moved or are too many, and limits with old names. */
export function toNotices(input: PlanInput, steps: readonly Step[]): Found {
  const pauses = steps.filter((step) => step.type === 'pause-forward' && !isCut(step));
  const all = [
    ...pauses.map((step) => pauseNotice(input, step)),
    ...input.forwards.map((row) => moveNotice(input, row)),
    found(...speedNotices(input)),
  ];
  return { notices: all.flatMap(({ notices }) => notices), unseen: all.flatMap((one) => one.unseen) };
}

function isCut({ payload }: Step): boolean {
  return ((payload as StepPayload).payload as { purpose?: string }).purpose === 'cut';
}

function pauseNotice(input: PlanInput, step: Step): Found {
  const { target, forwards, restrictions, evidence, surplus } = input;
  const row = forwards.find((forward) => String(forward.id) === step.target);
  if (!row) return found();
  if (hasGrown(input.last, row)) return trafficNotice(input, row);
  const notice = (code: string, message: string): Found => found(toForwardNotice(input, row, { code, message }));
  if (row.status === 1 && restrictions.closed && evidence.forward.has(step.target)) {
    return notice(RAN_AGAIN, staffText('staff.flvx.again'));
  }
  if ((step.payload as StepPayload).parks === 'surplus' && surplus.has(row.id)) {
    const { maxForwards } = toFlvxProduct(target.product);
    return notice('max_forwards', staffText('staff.flvx.surplus', { count: maxForwards }));
  }
  return found();
}

/** Returns what the traffic of a paused forward shows. What may be from before its pause shows nothing of earlier traffic. */
function trafficNotice(input: PlanInput, row: FlvxForward): Found {
  const notice = (code: string, message: string): Notice => toForwardNotice(input, row, { code, message });
  const ranAgain = notice(RAN_AGAIN, staffText('staff.flvx.ranAgain'));
  const staysOpen = notice(
    CONNECTIONS_OPEN,
    staffText('staff.flvx.staysOpen', { end: endOfMoved(input), open: staffText('staff.flvx.open') }),
  );
  const moved = describeMoved(input, row);
  const serves = moved === null ? [] : [notice(FORWARD_MOVED, staffText('staff.flvx.servesMoved', { moved }))];
  if (isLate(input.last, row) || (moved !== null && areTunnelsUnread(input)))
    return unseen(ranAgain, staysOpen, ...serves);
  if (serves.length > 0) return found(...serves);
  return found(input.history.again.includes(row.id) ? staysOpen : ranAgain);
}

/** Returns a notice about a forward, once for `once`: by default at these counters. */
function toForwardNotice(
  { target }: PlanInput,
  row: FlvxForward,
  { code, message, once = String(sumBytes(row)) }: { code: string; message: string; once?: string },
): Notice {
  const { id } = target.service;
  const said = staffText('staff.flvx.forward', { forward: String(row.id), name: row.name, service: id, what: message });
  return { code, key: `${code}:${id}:${row.id}:${once}`, message: said };
}

const RAN_AGAIN = 'forward_ran_again';
const CONNECTIONS_OPEN = 'connections_open';
const FORWARD_MOVED = 'forward_moved';

/** What ends the service of a moved forward on the nodes of its former tunnel: a move starts it on those of the new one. */
function endOfMoved({ restrictions }: Pick<PlanInput, 'restrictions'>): string {
  return staffText(restrictions.closed ? 'staff.flvx.endHeld' : 'staff.flvx.end');
}

/** A paused forward that has carried nothing for so long is served by no node. */
const quietMs = 7_200_000;

/**
 * Reports a forward whose services on nodes of former tunnels go on despite a hold, once in each hold, until it carries nothing. Where
 * it carries traffic, the notice of that is enough.
 */
function moveNotice(input: PlanInput, row: FlvxForward): Found {
  const { byKind } = input.restrictions;
  const [hold] = [...(byKind[EVIDENCE.forward] ?? []), ...(byKind[EVIDENCE.speed] ?? [])];
  const message = hold === undefined ? null : describeMoved(input, row);
  const { quiet, moved } = input.history;
  const isQuiet = Date.parse(input.target.now) - (quiet?.[row.id] ?? Infinity) >= quietMs;
  if (hold === undefined || message === null || isQuiet) return found();
  const once = [...(moved?.[row.id] ?? []), row.tunnelId, hold.id].join(':');
  const notice = toForwardNotice(input, row, { code: FORWARD_MOVED, message, once });
  return hasGrown(input.last, row) || areTunnelsUnread(input) ? unseen(notice) : found(notice);
}

/** Whether it is not known what a pause of a moved forward reaches. */
function areTunnelsUnread({ account }: PlanInput): boolean {
  return account.tunnels.length === 0;
}

/** Says from which tunnels a forward was moved, where their nodes still serve it, and what ends that; null otherwise. */
function describeMoved(input: PlanInput, row: FlvxForward): string | null {
  const former = input.history.moved?.[row.id];
  if (former === undefined) return null;
  const nameTunnel = (id: number, name = findTunnelName(input, String(id)) ?? ''): string =>
    name === ''
      ? staffText('staff.flvx.tunnel', { id: String(id) })
      : staffText('staff.flvx.tunnelNamed', { id: String(id), name });
  const from = former
    .map((id): string => nameTunnel(id))
    .reduce((first, second) => staffText('staff.flvx.tunnels', { first, second }));
  const to = nameTunnel(row.tunnelId, row.tunnelName);
  return staffText('staff.flvx.moved', { from, to, end: endOfMoved(input) });
}

/** Returns notices about speeds: a throttle that let too much traffic through, and limits with old names. */
function speedNotices(input: PlanInput): Notice[] {
  return [...throttleNotice(input), ...oldLimitNotices(input)];
}

/** Each direction has the speed, and the panel rounds it. More traffic than this factor came through connections without a limit. */
const farBeyond = 1.5;
/** Counters are up to 10 s late: the traffic of a throttle is measured from its second observation on. */
const lateMs = 60_000;

/** Reports a throttle that was in force between two observations and let far more than its speed through. */
function throttleNotice({ target, restrictions, evidence, history, last, forwards }: PlanInput): Notice[] {
  const from = Date.parse((target.checkpoint as { at?: string } | null)?.at ?? '');
  const [item] = evidence.speed.values();
  const isPending = history.unpushed.length + history.cuts.length > 0;
  if (!restrictions.throttled || restrictions.closed || item === undefined || last === null || isPending) return [];
  const seconds = (Date.parse(target.now) - from) / 1000;
  if (!(seconds > 0) || Date.parse(item.since) > from - lateMs) return [];
  let carried = 0;
  for (const row of forwards) {
    // Its traffic may be that of a node which the speed does not reach.
    if (history.moved?.[row.id] !== undefined) continue;
    const factor = history.scales[row.tunnelId]?.factor ?? 0;
    const before = last.forwards[row.id]?.bytes;
    if (factor > 0 && before !== undefined) carried += Math.max(0, sumBytes(row) - before) / factor;
  }
  const nodes = Object.values(history.scales).reduce((sum, scale) => sum + scale.nodes, 0);
  const { throttleMbit } = toFlvxProduct(target.product);
  const allowed = ((throttleMbit * 2 ** 20) / 8) * 2 * nodes * seconds;
  if (nodes === 0 || carried <= allowed * farBeyond) return [];
  const { id } = target.service;
  // The panel does not show whether a node has `tcpkill`.
  const open = staffText('staff.flvx.open');
  const message = staffText('staff.flvx.throttled', { service: id, speed: throttleMbit, open });
  return [{ code: CONNECTIONS_OPEN, key: `${CONNECTIONS_OPEN}:${id}:${item.id}`, message }];
}

function oldLimitNotices(input: PlanInput): Notice[] {
  const { target, state } = input;
  if (state.partial) return [];
  const { id } = target.service;
  return listOldLimits(input, input.permissions).map((limit) => {
    const made = state.oldLimitNames.includes(limit.name);
    const message = staffText(made ? 'staff.flvx.oldLimit' : 'staff.flvx.oldLimitOfOthers', {
      ...{ id: String(limit.id), name: limit.name, service: id },
    });
    return { code: 'speed_limit_old_name', key: `speed_limit_old_name:${id}:${limit.id}`, message };
  });
}
