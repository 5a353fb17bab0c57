import type { Explanation, HoldView } from '@sluice/engine';
import {
  describeBrake,
  describeFigures,
  describeHoldEnd,
  describeLimitEnd,
  describeLimitNow,
  describeOthers,
  describeSkip,
  describeUsed,
  findNextDecision,
  isDueToEnd,
  isEndedByRuns,
  isForSuspensionAlone,
  isHeldBesides,
  isKnownLeft,
  isLeftBySkip,
  isLeftUnrestricted,
  type LimitEnd,
  type LimitingAgents,
  listLimiting,
  listReleasing,
  type NextDecision,
  readSuspendedAgent,
  type SkipReason,
  usedBytes,
} from '@sluice/engine/words';
import { BYTES_PER_GB, formatBytes, usageInMode } from '@sluice/quota-core';
import type { Times } from '../times.js';
import type { StateCommands, StateNames } from './state-names.js';
import { renewCommand, unpaidEnd } from './unpaid-end.js';

type Service = Explanation['service'];

/** Returns `: 20.53 of 20.00 BRL are spent`, or nothing where no figure is known. */
export function figuresText(service: Service, reasons: readonly string[]): string {
  const figures = describeFigures(service, reasons);
  return figures === null ? '' : `: ${figures}`;
}

/** Returns a sentence that says why a service is held, and one that says what ends that. */
export function holdSentences(found: Explanation, hold: HoldView, times: Times, names: StateNames): string[] {
  const [why = '', end] = lastingSentences(found, hold, times, names);
  const { skip, commands } = names;
  if (skip !== null && isLeftBySkip(skip, hold)) return [why, skipSentence(found, skip, times, commands)];
  const braked = brakedEnd(found, hold, times, commands);
  if (braked !== null) return [why, ...braked];
  const begins = observedBegin(found, hold, commands);
  const ends = (found.service.observing ? observedEnd(found, hold, commands) : null) ?? end;
  return [why, ...[begins, ends, ...agentBrake(found, hold, times, commands)].filter((sentence) => sentence != null)];
}

/** Says that the brake stops the checks of agents, for a hold by them. */
function agentBrake(
  { brake, service }: Explanation,
  { reason }: HoldView,
  times: Times,
  { allowAgentsOnce }: StateCommands,
): string[] {
  if (brake === null || brake.subjects !== 'agents' || reason !== 'agent-limit') return [];
  const stopped = describeBrake(brake, times.at(brake.since, service.panel) ?? '');
  return [stopped, `To allow it once: ${allowAgentsOnce(service.panel)}`];
}

/** Says why no run reads a service, and which command ends that. */
export function skipSentence(
  found: Pick<Explanation, 'service' | 'source'>,
  skip: SkipReason,
  times: Times,
  commands: StateCommands,
): string {
  const { service } = found;
  const ends: Partial<Record<SkipReason, string>> = {
    pending: ` Once it is in use: ${commands.activate(service.id)}.`,
    overdue: ` ${renewalSentence(found, times, commands)}`,
  };
  return `${describeSkip(service, skip)}.${ends[skip] ?? ''}`;
}

/** Says what ends that a service is overdue. */
export function renewalSentence(
  { service, source }: Pick<Explanation, 'service' | 'source'>,
  times: Times,
  { renew, sync }: StateCommands,
): string {
  return source === null
    ? `To renew it: ${renewCommand(service, times, renew)}.`
    : `Once it is paid in ${source}, the poll after a sync reads it: ${sync()}.`;
}

/** Returns what keeps a hold that the next run would end, and what ends it, where the brake stopped the last run; else null. */
function brakedEnd(
  found: Explanation,
  hold: HoldView,
  times: Times,
  { poll, takeOver }: StateCommands,
): [string, string] | null {
  const { brake, service } = found;
  const { id, panel, observing } = service;
  if (brake === null || brake.subjects === 'agents' || observing || !isDueToEnd(found, hold)) return null;
  const end =
    brake.subjects === 'store'
      ? `If this installation is the one to go on, stop the other one, then: ${takeOver(panel)}`
      : `It is due to end; a run over ${id} alone is not stopped: ${poll(id)}.`;
  return [describeBrake(brake, times.at(brake.since, panel) ?? ''), end];
}

/** Returns what restricts a service whose hold is not on a panel that no run changes; null where it is there, or a run does it. */
function observedBegin(found: Explanation, hold: HoldView, commands: StateCommands): string | null {
  if (!isLeftUnrestricted(found, hold)) return null;
  const { id, panel, product } = found.service;
  const ofOperator = hold.reason === 'manual' ? commands.hold : commands.suspend;
  const own = hold.reason === 'manual' || hold.reason === 'billing' ? ofOperator(id) : null;
  const enforce = commands.enforce(panel, product);
  const how =
    own === null
      ? `To restrict it from the next run on: ${enforce}`
      : `To restrict it now: ${own}; or let runs change it again: ${enforce}`;
  return `It is under observe on panel ${panel}, so no run restricts it. ${how}.`;
}

/** Returns what ends a hold that only a run would end, on a panel that no run changes; null for any other. */
function observedEnd(found: Explanation, hold: HoldView, commands: StateCommands): string | null {
  const { id, panel, product } = found.service;
  if (!isEndedByRuns(hold)) return null;
  const observed = isLeftUnrestricted(found, hold)
    ? 'No run releases it, either.'
    : `It is under observe on panel ${panel}, so no run releases it.`;
  if (hold.reason === 'agent-limit' && hold.releasing !== true)
    return `${observed} To have it released, let runs change the panel again: ${commands.enforce(panel)}.`;
  const all = `let runs change it again: ${commands.enforce(panel, product)}`;
  if (hold.releasing === true) return `${observed} To release it now: ${commands.release(id)}; or ${all}.`;
  if (hold.reason !== 'billing') return `${observed} To release it now: ${commands.release(id, 'DATE')}; or ${all}.`;
  if (found.service.unpaid === false) return `${observed} To release it now: ${commands.endSuspension(id)}; or ${all}.`;
  // Runs would keep what is unpaid held.
  const paid = found.source === null ? 'Once it is paid' : `Once it is paid in ${found.source} and synced`;
  return `${observed} To release it now: ${commands.endSuspension(id)}. ${paid}, runs that change the panel release it too.`;
}

function lastingSentences(
  found: Explanation,
  hold: HoldView,
  times: Times,
  { agents, commands }: StateNames,
): string[] {
  const { service, decision } = found;
  const { id, panel } = service;
  const note = hold.note === null || hold.origin === 'run' ? '' : ` (${hold.note})`;
  if (hold.releasing === true) {
    const ended = `its hold "${hold.reason}" ended on ${times.at(hold.until, panel) ?? ''}`;
    const isKnown = isKnownLeft(hold.evidence);
    const left = `its restriction ${isKnown ? 'is still' : 'may still be'} on the panel`;
    const next = isKnown
      ? `The next run that reaches the panel undoes it: ${commands.poll(id)}.`
      : `It is undone once it is known how a call for it ended: ${commands.poll(id)}; to say it: ${commands.findActions()}.`;
    return [
      `${id} ${isHeldBesides(found, found.holds, hold) ? 'stays held' : 'is to be released'}: ${ended}, but ${left}.`,
      next,
    ];
  }
  const isLeft = hold.restricting === true;
  const began = times.at(hold.since, panel) ?? '';
  const since = `${id} is ${isLeft ? 'to be restricted: held' : 'held'} since ${began}${isLeft ? ', but not on the panel yet' : partText(hold)}`;
  const suspended = readSuspendedAgent(hold);
  const next = findNextDecision(found, hold);
  const decided = next === null || next === 'room' ? null : nextSentences(found, hold, { next, times, commands });
  if (decided !== null) return [`${since}${decided[0]}.`, decided[1]];
  switch (hold.reason) {
    case 'quota':
      return [
        `${since}: ${describeUsed(service)}${describePeak(service)}.`,
        next === 'room'
          ? `It has room again: the next run that reads it ${describeHoldEnd(found, hold)}: ${commands.poll(id)}.`
          : quotaEnd(service, readPeak(decision), times, commands),
      ];
    case 'manual':
      return [`${since}: an operator restricted it${note}.`, `To release it: ${commands.release(id)}.`];
    case 'billing':
      return [`${since}: its bill is not paid${note}.`, unpaidEnd(found, hold, times, commands)];
    case 'agent-limit':
      return [
        `${since}: ${agentText(hold, agents)}.`,
        suspended !== null && isForSuspensionAlone(agents)
          ? `To release it: ${commands.endAgentSuspension(suspended, panel)}.`
          : agentEnd(panel, agents, commands),
      ];
    default:
      return [
        `${since}: it has exceeded the limit "${hold.reason}"${figuresText(service, [hold.reason])}.`,
        limitEnd(service, hold.reason, times, commands),
      ];
  }
}

/** Returns what follows `since`, and what the next run does about a hold. */
function nextSentences(
  found: Explanation,
  hold: HoldView,
  how: { next: Exclude<NextDecision, 'room'>; times: Times; commands: StateCommands },
): [string, string] {
  const { next, times, commands } = how;
  const { service } = found;
  const { reason } = hold;
  const { id, panel, product } = service;
  const poll = commands.poll(id);
  switch (next) {
    case 'product':
      return [
        '',
        `It stays held while product ${product} is not in the config: put that back, set another: ${commands.setProduct(id)}; or release it until a date: ${commands.release(id, 'DATE')}.`,
      ];
    case 'withheld':
      return [
        '',
        `${service.protected ? 'It is protected' : 'Its limits are released until a date'}: the next run that reaches the panel ${describeHoldEnd(found, hold)}: ${poll}.`,
      ];
    case 'paid':
      return [
        ': its bill was not paid, which is no longer a reason to hold it',
        `The next run that reaches the panel ${describeHoldEnd(found, hold)}: ${poll}.`,
      ];
    case 'window':
      return [
        `: its limit "${reason}" was used up in the period before, and nothing was read in the present one`,
        `The next run that reads it decides again: ${poll}.`,
      ];
    case 'cycle':
      return [
        `: ${describeUsed(service)}${describePeak(service)}`,
        `Its cycle ended on ${times.bound(service.cycle?.end ?? null, panel) ?? ''}: the next run that reads the present one decides: ${poll}.`,
      ];
  }
}

/** Returns what of a hold is on the panel, where that is only a part. */
function partText({ partly, evidence }: HoldView): string {
  if (partly !== true) return '';
  const there = evidence.filter(({ until }) => until === null).map(({ kind, target }) => `${kind} ${target}`);
  return `, but only in part yet (${there.join(', ')})`;
}

function agentText(hold: HoldView, agents: LimitingAgents | null): string {
  const { note } = hold;
  if (readSuspendedAgent(hold) === null) return `${note ?? 'its agent'} ${describeLimitNow(agents)}`;
  return [note ?? '', ...(agents === null ? [] : describeOthers(agents))].join(', and ');
}

function agentEnd(panel: string, agents: LimitingAgents | null, commands: StateCommands): string {
  if (agents === null) return 'It is released when the agent is within its limit again, or with a higher one.';
  const limiting = listLimiting(agents);
  const endedBy = (by: LimitEnd['by'], command: (agent: string, panel: string) => string): string[] =>
    limiting.flatMap(({ name, end }) => (end.by === by ? [command(name, panel)] : []));
  const ending = [...endedBy('suspension', commands.endAgentSuspension), ...endedBy('usage', commands.raiseAgentLimit)];
  const isBarred = limiting.some(({ end }) => end.by === 'nothing');
  const named = ending.length > 0 || isBarred ? ending : [commands.checkAgents(panel)];
  return `${describeLimitEnd(agents)}${named.length === 0 ? '' : `: ${named.join('; ')}`}.`;
}

function limitEnd({ id, panel, limits }: Service, reason: string, times: Times, { release }: StateCommands): string {
  const window = limits.find((limit) => limit.id === reason)?.window ?? null;
  const end =
    window === null ? 'when its window ends' : `by the first poll from ${times.at(window.end, panel) ?? ''} on`;
  return `It is released ${end}, or until a date with: ${release(id, 'DATE')}.`;
}

/** Returns the highest usage of the cycle in the mode that counts, which a fall of the panel's figure does not lower. */
function readPeak(decision: Explanation['decision']): number {
  const { peak } = (decision?.inputs ?? {}) as { peak?: Parameters<typeof usageInMode>[0] | null };
  const mode = MODES.find((one) => one === decision?.mode);
  return peak == null || mode === undefined ? 0 : (usageInMode(peak, mode) ?? 0);
}

const MODES = ['IN', 'OUT', 'TOTAL'] as const;

function describePeak({ fallen }: Service): string {
  if (fallen === null || fallen.peakBytes === null) return '';
  return `, but ${formatBytes(fallen.peakBytes)} were read earlier in this cycle, and a fall to less than half releases nothing`;
}

function quotaEnd(service: Service, peak: number, times: Times, { release, setQuota }: StateCommands): string {
  const { id, panel, cycle, allowance } = service;
  if (service.quota === null)
    return `It has no quota any more, which releases nothing. To release it: ${release(id, 'DATE')}.`;
  const end = cycle === null ? 'with the next cycle' : `with the next cycle on ${times.bound(cycle.end, panel) ?? ''}`;
  const used = usedBytes(service) ?? 0;
  const allowed = allowance?.allowedBytes ?? 0;
  const enough = Math.max(2 * allowed, used + allowed, peak + BYTES_PER_GB);
  const larger = setQuota(id, Math.ceil(enough / BYTES_PER_GB));
  if (peak > 2 * allowed)
    return `It is released ${end}; until a date with: ${release(id, 'DATE')}; or by the poll after a quota above that peak: ${larger}.`;
  const paid = listReleasing(service).map(
    ({ invoice }) => `, by the poll after the payment of invoice ${invoice ?? ''}`,
  );
  return `It is released ${[end, ...paid].join('')}, or by the poll after a larger quota: ${larger}.`;
}
