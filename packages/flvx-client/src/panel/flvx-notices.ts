import type { FlvxForward } from '../index.js';
import type { Plan, Step } from '@sluice/panel-kind';
import { hasGrown, type FlvxContext } from './flvx-context.js';
import { flvxOf } from './flvx-product.js';
import { oldLimitsOf } from './flvx-speed.js';
import type { FlvxPayload } from './flvx-step.js';

type Notice = NonNullable<Plan['notices']>[number];

/** Why a node that has no `tcpkill` is not known before: no answer of the panel tells. */
const OPEN =
  "connections from before are open, and its node can't cut them (it has no tcpkill): they go on until they end by themselves";

/** What an operator should hear of: forwards that run or carry traffic all the same, that are one too many, and limits of old names. */
export function noticesOf(context: FlvxContext, steps: readonly Step[]): Notice[] {
  const pauses = steps.filter((step) => step.type === 'pause-forward');
  return [...pauses.flatMap((step) => ofPause(context, step)), ...ofThrottle(context), ...ofOldNames(context)];
}

function ofPause(context: FlvxContext, step: Step): Notice[] {
  const { desired, forwards, wants, evidence, surplus, memo } = context;
  const row = forwards.find((forward) => String(forward.id) === step.target);
  if (!row) return [];
  const { id } = desired.service;
  const what = `forward ${row.id} (${row.name}) of ${id}`;
  const notice = (code: string, message: string): Notice[] => [
    { code, key: `${code}:${id}:${row.id}:${bytesOf(row)}`, message: `${what} ${message}` },
  ];
  if (hasGrown(context, row)) {
    if (memo.again.includes(row.id))
      return notice(
        'connections_open',
        `carried traffic after it was paused once more: ${OPEN}, unless somebody starts it each time`,
      );
    return notice('forward_ran_again', 'is shown as paused and carried traffic all the same: it is paused again');
  }
  if (row.status === 1 && wants.closed && evidence.forward.has(step.target)) {
    return notice('forward_ran_again', 'was started again while the service is held: it is paused again');
  }
  if ((step.payload as FlvxPayload).parks === 'surplus' && surplus.has(row.id)) {
    const { maxForwards } = flvxOf(desired.product);
    return notice(
      'max_forwards',
      `is beyond the ${maxForwards} forwards of its product: it is paused until there are fewer`,
    );
  }
  return [];
}

/** Both directions have the speed each, and the panel rounds it; what is far beyond came through connections that have none. */
const FAR_BEYOND = 1.5;
/** Counters show what flowed up to 10 s before: what a throttle lets through is measured from the second look on. */
const LATE_MS = 60_000;

/** A throttle that was in force between two looks and let through far more than its speed. */
function ofThrottle({ desired, wants, evidence, memo, last, forwards }: FlvxContext): Notice[] {
  const from = Date.parse((desired.seen as { at?: string } | null)?.at ?? '');
  const [item] = evidence.speed.values();
  const isPending = memo.unpushed.length + memo.cuts.length > 0;
  if (!wants.throttled || wants.closed || item === undefined || last === null || isPending) return [];
  const seconds = (Date.parse(desired.now) - from) / 1000;
  if (!(seconds > 0) || Date.parse(item.since) > from - LATE_MS) return [];
  let carried = 0;
  for (const row of forwards) {
    const factor = memo.scales[row.tunnelId]?.factor ?? 0;
    const before = last.forwards[row.id]?.bytes;
    if (factor > 0 && before !== undefined) carried += Math.max(0, bytesOf(row) - before) / factor;
  }
  const nodes = Object.values(memo.scales).reduce((sum, scale) => sum + scale.nodes, 0);
  const { throttleMbit } = flvxOf(desired.product);
  const allowed = ((throttleMbit * 2 ** 20) / 8) * 2 * nodes * seconds;
  if (nodes === 0 || carried <= allowed * FAR_BEYOND) return [];
  const { id } = desired.service;
  const message = `${id} is throttled to ${throttleMbit} Mbit/s and carried far more since the last look: ${OPEN}`;
  return [{ code: 'connections_open', key: `connections_open:${id}:${item.id}`, message }];
}

function ofOldNames(context: FlvxContext): Notice[] {
  const { desired, state } = context;
  if (state.light) return [];
  const { id } = desired.service;
  return oldLimitsOf(context, context.permissions).map((limit) => {
    const made = state.madeLimits.includes(limit.name);
    const message =
      `speed limit ${limit.id} (${limit.name}) of ${id} bears the service's id, which a service of another store may have too: ` +
      `the next change of the speed replaces it${made ? '' : '; this store did not make it, and leaves it on the panel'}`;
    return { code: 'speed_limit_old_name', key: `speed_limit_old_name:${id}:${limit.id}`, message };
  });
}

function bytesOf(row: FlvxForward): number {
  return row.inBytes + row.outBytes;
}
