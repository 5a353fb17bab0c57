import type { Explanation, HoldView } from '@sluice/engine';
import { BYTES_PER_GB, formatBytes, usageInMode } from '@sluice/quota-core';
import { shellWords } from '@sluice/terminal';
import { usedBytes } from '@sluice/terminal/reports';
import type { Times } from '@sluice/terminal/text';

type Service = Explanation['service'];

/** What the sentences name that is not in the store. */
export interface ExplainNames {
  /** Whether the panel's kind creates accounts. */
  canCreate: boolean;
  /** The agent whose limit decides; null where it is not known. */
  agent: string | null;
}

/** Returns sentences that say why a service is held or not, since when, and what would end that. */
export function explainState(found: Explanation, times: Times, names: ExplainNames): string[] {
  const { service, decision } = found;
  const sentences = [...stateSentences(found, times, names)];
  if (decision !== null && (service.status === 'unreadable' || service.status === 'failed') && service.error !== null) {
    const age = service.usage === null ? '' : ` The figures were read ${ago(times, service, service.usage.readAt)}.`;
    sentences.push(
      `The last run could not finish: ${times.text(service.error.message, service.panel).replace(/\.$/, '')}.${age}`,
    );
  }
  const { protectedUntil } = service;
  if (protectedUntil !== null && service.protected)
    sentences.push(`It is protected until ${protectedUntil}: nothing is restricted before.`);
  const { released } = found;
  if (released !== null) {
    const note = released.note === null ? '' : ` (${released.note})`;
    sentences.push(
      `Its quota hold is released until ${released.until}${note}: its quota restricts nothing before. To end that now: sluice hold release ${service.id} --until none.`,
    );
  }
  const rejected = found.readings.filter((reading) => reading.rejected !== null).length;
  if (rejected > 0)
    sentences.push(`${rejected === 1 ? 'One reading was' : `${rejected} readings were`} not used; see below.`);
  return sentences;
}

function stateSentences(found: Explanation, times: Times, names: ExplainNames): string[] {
  const { service, holds, at, decision } = found;
  const { id, lifecycle } = service;
  if (found.accountDue !== null) return accountSentences(service, found.accountDue);
  if (lifecycle === 'pending')
    return names.canCreate
      ? [`${id} is pending: it has no account yet. Create it with "sluice provision create ${id}".`]
      : [`${id} is pending. Once it is in use: sluice service set ${id} status=active.`];
  if (lifecycle === 'terminated' || lifecycle === 'vanished')
    return [`${id} is ${lifecycle}: it is neither metered nor restricted.`];
  const open = holds.filter(({ until }) => until === null || until > at);
  if (open.length > 0) return open.flatMap((hold) => holdSentences(found, hold, times, names));
  const would = service.holds.filter(({ reason }) => !isWithheld(found, reason));
  if (service.observing && would.length > 0) {
    const reasons = would.map(({ reason }) => reason).join(', ');
    return [
      `${id} would be held (${reasons}): ${describeUsed(service)}. Panel ${service.panel} is under observe, so nothing was changed.`,
      `To restrict it from the next run on: sluice enforce ${service.panel}.`,
    ];
  }
  if (decision === null) return [`${id} has not been read yet: run "sluice poll --service ${id}".`];
  return notHeld(found, times);
}

const ACCOUNT_REASONS: Record<NonNullable<Explanation['accountDue']>['reason'], (service: Service) => string> = {
  next_run: () => 'the next reconcile does that',
  observe: ({ panel }) => `panel ${panel} is under observe; to change it from the next run on: sluice enforce ${panel}`,
  brake: () => 'the brake stopped the last reconcile; if that many changes are right: sluice reconcile --allow-mass',
  failed: () => 'the last run failed to do that, and the next reconcile tries again',
  not_paid: () => 'its order is pending and is not paid; the reconcile after the payment does that',
  suspended: () => 'its order is suspended',
  operator: ({ id }) => `that waits for you: sluice provision terminate ${id}, or sluice reconcile --allow-mass`,
};

function accountSentences(service: Service, { verb, reason }: NonNullable<Explanation['accountDue']>): string[] {
  const { id } = service;
  const what =
    verb === 'create'
      ? `${id} has no account yet, or not all of it. To be created`
      : `${id} has ended, but its account is still on the panel. To be removed`;
  return [`${what}: ${ACCOUNT_REASONS[reason](service)}.`];
}

/** Returns whether a protection or a release until a date keeps a hold from restricting. */
function isWithheld({ service, released }: Explanation, reason: string): boolean {
  return (
    (service.protectedUntil !== null && service.protected) ||
    (released !== null && !['billing', 'manual', 'agent-limit'].includes(reason))
  );
}

function notHeld(found: Explanation, times: Times): string[] {
  const { service } = found;
  const used = usedBytes(service);
  const allowed = service.allowance?.allowedBytes ?? null;
  if (used === null || allowed === null || used < allowed) return [belowAllowance(service, times)];
  const although = `${service.id} is not held, although ${describeUsed(service)}`;
  if (isWithheld(found, 'quota')) return [`${although}.`];
  if (service.observing)
    return [
      `${although}: panel ${service.panel} is under observe, so nothing is restricted.`,
      `To restrict it from the next run on: sluice enforce ${service.panel}.`,
    ];
  return [`${although}. The next poll decides again: sluice poll --service ${service.id}.`];
}

function belowAllowance(service: Service, times: Times): string {
  const { id, allowance, cycle } = service;
  if (service.quota === null && allowance === null && service.limits.length > 0)
    return `${id} is not held: it is within its limits.`;
  if (service.quota === null && allowance === null)
    return `${id} is not held: it has no quota, so it is never held because of its usage.`;
  const end = cycle === null ? '' : ` in the cycle until ${times.at(cycle.end, service.panel) ?? ''}`;
  const allowed = allowance?.allowedBytes ?? null;
  const isBelow = allowed !== null && (usedBytes(service) ?? 0) < allowed;
  const at = isBelow ? ` It is held once ${formatBytes(allowed)} are used.` : '';
  return `${id} is not held: ${describeUsed(service)}${end}.${at}`;
}

/** Returns `119.52 GB of 100 GB (119%) are used`. */
function describeUsed(service: Service): string {
  const { allowance } = service;
  const used = usedBytes(service);
  if (used === null) return 'its usage is unknown';
  const allowed = allowance?.allowedBytes ?? null;
  if (allowed === null) return `${formatBytes(used)} are used, without a limit`;
  const share = allowed === 0 ? '' : ` (${Math.floor((used / allowed) * 100)}%)`;
  return `${formatBytes(used)} of ${formatBytes(allowed)}${share} are used`;
}

function holdSentences(
  { service, decision }: Explanation,
  hold: HoldView,
  times: Times,
  { agent }: ExplainNames,
): string[] {
  const { id, panel } = service;
  const note = hold.note === null || hold.origin === 'run' ? '' : ` (${hold.note})`;
  const since = `${id} is held since ${times.at(hold.since, panel) ?? ''}`;
  switch (hold.reason) {
    case 'quota':
      return [
        `${since}: ${describeUsed(service)}${describePeak(decision)}.`,
        quotaEnd(service, readPeak(decision), times),
      ];
    case 'manual':
      return [`${since}: an operator restricted it${note}.`, `To release it: sluice hold release ${id}.`];
    case 'billing':
      return [`${since}: its bill is not paid${note}.`, billingEnd(service, hold, decision)];
    case 'agent-limit':
      if (hold.note?.endsWith(' is suspended') === true)
        return [`${since}: ${hold.note}.`, 'To release it: sluice agent unsuspend AGENT.'];
      return [
        `${since}: ${hold.note ?? (agent === null ? 'its agent' : `agent "${agent}"`)} is over its limit.`,
        `It is released when the agent is within its limit again, or with a higher one${agent === null ? '' : `: sluice agent limit ${shellWords([agent])} --gb N`}.`,
      ];
    default:
      return [`${since}: it has exceeded the limit "${hold.reason}".`, limitEnd(service, hold.reason, times)];
  }
}

function limitEnd({ id, panel, limits }: Service, reason: string, times: Times): string {
  const window = limits.find((limit) => limit.id === reason)?.window ?? null;
  const end = window === null ? 'when its window ends' : `by the first poll after ${times.at(window.end, panel) ?? ''}`;
  return `It is released ${end}, or until a date with: sluice hold release ${id} --until DATE.`;
}

/** Returns the highest usage of the cycle in the mode that counts, which a fall of the panel's figure does not lower. */
function readPeak(decision: Explanation['decision']): number {
  const { peak } = (decision?.inputs ?? {}) as { peak?: Parameters<typeof usageInMode>[0] | null };
  const mode = MODES.find((one) => one === decision?.mode);
  return peak == null || mode === undefined ? 0 : (usageInMode(peak, mode) ?? 0);
}

const MODES = ['IN', 'OUT', 'TOTAL'] as const;

function describePeak(decision: Explanation['decision']): string {
  if (decision?.rule !== 'fall-of-more-than-half-keeps') return '';
  return `, but ${formatBytes(readPeak(decision))} were read earlier in this cycle, and a fall to less than half releases nothing`;
}

function quotaEnd(service: Service, peak: number, times: Times): string {
  const { id, panel, cycle, allowance } = service;
  const end = cycle === null ? 'with the next cycle' : `with the next cycle on ${times.at(cycle.end, panel) ?? ''}`;
  const used = usedBytes(service) ?? 0;
  const allowed = allowance?.allowedBytes ?? 0;
  const enough = Math.max(2 * allowed, used + allowed, peak + BYTES_PER_GB);
  const larger = `sluice override set ${id} --quota ${Math.ceil(enough / BYTES_PER_GB)}GB`;
  if (peak > 2 * allowed)
    return `It is released ${end}; until a date with: sluice hold release ${id} --until DATE; or by the poll after a quota above that peak: ${larger}.`;
  return `It is released ${end}, or by the poll after a larger quota: ${larger}.`;
}

function billingEnd({ id, nextDueDate }: Service, { origin }: HoldView, decision: Explanation['decision']): string {
  const { status } = (decision?.inputs ?? {}) as { status?: unknown };
  if (origin !== 'run' || status !== 'active') return `To release it: sluice provision unsuspend ${id}.`;
  return `It was due on ${nextDueDate ?? 'an unknown date'}. It is released by the poll after a renewal: sluice provision renew ${id}.`;
}

function ago(times: Times, { panel }: Service, instant: string): string {
  return times.ago(instant, panel) ?? '';
}
