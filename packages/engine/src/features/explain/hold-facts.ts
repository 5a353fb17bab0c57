import type { BecauseCode, Explanation, HoldView } from '@sluice/contract/documents';
import { BYTES_PER_GB, formatBytes, usageInMode } from '@sluice/quota-core';
import { describeBrake } from '../../kernel/run/brake-state.js';
import { isEndedByRuns, readSuspendedAgent } from '../../kernel/subject/agent-hold.js';
import {
  describeHoldEnd,
  findNextDecision,
  isDueToEnd,
  isHeldBesides,
  isLeftUnrestricted,
  type NextDecision,
} from '../../kernel/subject/next-decision.js';
import { isLeftBySkip } from '../../kernel/subject/skip.js';
import { isLeftAsIs } from '../../kernel/subject/to-stage.js';
import { describeFigures, describeUsed, isKnownLeft, listReleasing, usedBytes } from '../../kernel/subject/used.js';
import {
  describeLimitEnd,
  describeLimitNow,
  describeOthers,
  isForSuspensionAlone,
  listLimiting,
} from '../agents/limiting-agents.js';
import { afterColon, type Basis, type Fact, renewalDetails, toFact, toSkipFact } from './basis.js';

/** Returns why a hold is there, then what ends it, or what keeps it from ending. */
export function toHoldFacts(basis: Basis, hold: HoldView): Fact[] {
  const { skip } = basis;
  const ends = skip !== null && isLeftBySkip(skip, hold) ? [toSkipFact(basis, skip)] : toEnds(basis, hold);
  return [toWhy(basis, hold), ...ends].map((fact) => ({
    ...fact,
    hold,
    details: { reason: hold.reason, ...fact.details },
  }));
}

/** Returns why a hold is there. */
export function toWhy(basis: Basis, hold: HoldView): Fact {
  const { id } = basis.service;
  const { reason, since, until, restricting } = hold;
  if (hold.releasing === true) {
    const state = isHeldBesides(basis, basis.holds, hold) ? 'stays held' : 'is to be released';
    const left = `its restriction ${isKnownLeft(hold.evidence) ? 'is still' : 'may still be'} on the panel`;
    return {
      ...toFact('hold_ended', `${id} ${state}: its hold "${reason}" ended on ${until ?? ''}, but ${left}`),
      hold,
    };
  }
  const [code, why] = findWhy(basis, hold);
  const state =
    restricting === true
      ? `to be restricted: held since ${since}, but not on the panel yet`
      : `held since ${since}${partText(hold)}`;
  return { ...toFact(code, `${id} is ${state}: ${why}`, { reason, since }), hold };
}

function findWhy(basis: Basis, hold: HoldView): [BecauseCode, string] {
  const { service } = basis;
  const { reason } = hold;
  const note = hold.note === null || hold.origin === 'run' ? '' : ` (${hold.note})`;
  const next = findNextDecision(basis, hold);
  if (next === 'window')
    return [
      'held_before',
      `its limit "${reason}" was used up in the period before, and nothing was read in the present one`,
    ];
  if (next === 'paid') return ['held_paid', 'its bill was not paid, which is no longer a reason to hold it'];
  switch (reason) {
    case 'quota':
      return [findQuotaCode(service, next), `${describeUsed(service)}${describePeak(service)}`];
    case 'manual':
      return ['held_manual', `an operator restricted it${note}`];
    case 'billing':
      return ['held_billing', `its bill is not paid${note}`];
    case 'agent-limit':
      return ['held_agent', describeAgent(basis, hold)];
    default:
      return ['held_limit', `it has exceeded the limit "${reason}"${afterColon(describeFigures(service, [reason]))}`];
  }
}

function findQuotaCode({ quota, fallen }: Basis['service'], next: NextDecision | null): BecauseCode {
  if (next === 'cycle') return 'held_before';
  if (quota === null) return 'held_quota_gone';
  if (fallen !== null) return 'held_quota_fallen';
  return next === 'room' ? 'held_quota_room' : 'held_quota';
}

function describePeak({ fallen }: Basis['service']): string {
  if (fallen === null || fallen.peakBytes === null) return '';
  return `, but ${formatBytes(fallen.peakBytes)} were read earlier in this cycle, and a fall to less than half releases nothing`;
}

function describeAgent({ agents }: Basis, hold: HoldView): string {
  const { note } = hold;
  if (readSuspendedAgent(hold) === null) return `${note ?? 'its agent'} ${describeLimitNow(agents)}`;
  return [note ?? '', ...(agents === null ? [] : describeOthers(agents))].join(', and ');
}

/** Returns what of a hold is on the panel, where that is only a part. */
function partText({ partly, evidence }: HoldView): string {
  if (partly !== true) return '';
  const there = evidence.filter(({ until }) => until === null).map(({ kind, target }) => `${kind} ${target}`);
  return `, but only in part yet (${there.join(', ')})`;
}

function toEnds(basis: Basis, hold: HoldView): Fact[] {
  const { brake, service } = basis;
  const stays = staysHeld(basis, hold);
  const stopped = brake === null || service.observing ? null : describeBrake(brake, brake.since);
  if (brake !== null && stopped !== null && brake.subjects !== 'agents' && isDueToEnd(basis, hold))
    return [toFact('end_stopped', stopped, { ...stays, ...(brake.subjects === 'store' && { copied: service.panel }) })];
  const isLeft = isLeftUnrestricted(basis, hold);
  const begin = toFact('begin_observed', `It is under observe on panel ${service.panel}, so no run restricts it`, {
    ...(['manual', 'billing'].includes(hold.reason) && { [hold.reason]: service.id }),
  });
  const end = service.observing && isEndedByRuns(hold) ? toObservedEnd(basis, hold, isLeft) : toEnd(basis, hold);
  const isOfAgents = stopped !== null && brake?.subjects === 'agents' && hold.reason === 'agent-limit';
  return [...(isLeft ? [begin] : []), end, ...(isOfAgents ? [toFact('agent_check_stopped', stopped)] : [])];
}

/** Returns whether another hold lasts: a client reads another text then. */
function staysHeld(basis: Basis, hold: HoldView): { stays?: string } {
  return isHeldBesides(basis, basis.holds, hold) ? { stays: basis.service.id } : {};
}

/** Says that no run ends a hold, on a panel that no run changes. */
function toObservedEnd({ service, source }: Basis, hold: HoldView, isLeft: boolean): Fact {
  const { id, panel } = service;
  const text = isLeft ? 'No run releases it, either' : `It is under observe on panel ${panel}, so no run releases it`;
  if (hold.releasing === true) return toFact('end_observed', text, { ended: id });
  if (hold.reason === 'agent-limit') return toFact('end_observed', text, { ofAgent: panel });
  if (hold.reason !== 'billing') return toFact('end_observed', text, { limited: id });
  if (service.unpaid === false) return toFact('end_observed', text, { paid: id });
  // Runs would keep what is unpaid held.
  const paid = `Once it is paid${source === null ? '' : ` in ${source} and synced`}, runs that change the panel release it, too`;
  return toFact('end_observed', `${text}. ${paid}`, { unpaid: id });
}

/** Returns what a run that changes the panel does about a hold. */
function toEnd(basis: Basis, hold: HoldView): Fact {
  if (hold.releasing === true) {
    const details = staysHeld(basis, hold);
    return isKnownLeft(hold.evidence)
      ? toFact('undo_next_run', 'The next run that reaches the panel undoes it', details)
      : toFact('undo_in_doubt', 'It is undone once it is known how a call for it ended', details);
  }
  const next = findNextDecision(basis, hold);
  return next === null ? toLastingEnd(basis, hold) : toNextEnd(basis, hold, next);
}

function toNextEnd(basis: Basis, hold: HoldView, next: NextDecision): Fact {
  const { service } = basis;
  const ends = describeHoldEnd(basis, hold);
  const details = staysHeld(basis, hold);
  const withheld = service.protected ? 'It is protected' : 'Its limits are released until a date';
  switch (next) {
    case 'product':
      return toFact('until_product', `It stays held while product ${service.product} is not in the config`);
    case 'withheld':
      return toFact('end_next_run', `${withheld}: the next run that reaches the panel ${ends}`, details);
    case 'paid':
      return toFact('end_next_run', `The next run that reaches the panel ${ends}`, details);
    case 'room':
      return toFact('end_next_run', `It has room again: the next run that reads it ${ends}`, details);
    case 'window':
      return toFact('decide_next_run', 'The next run that reads it decides again', details);
    case 'cycle': {
      const cycleEnd = service.cycle?.end ?? '';
      const text = `Its cycle ended on ${cycleEnd}: the next run that reads the present one decides`;
      return toFact('decide_next_run', text, { ...details, cycleEnd });
    }
  }
}

function toLastingEnd(basis: Basis, hold: HoldView): Fact {
  const { service, agents } = basis;
  const suspended = readSuspendedAgent(hold);
  switch (hold.reason) {
    case 'quota':
      return toQuotaEnd(basis);
    case 'manual':
      return toFact('until_operator', 'It is held until an operator releases it');
    case 'billing':
      return toBillingEnd(basis, hold);
    case 'agent-limit':
      return suspended !== null && isForSuspensionAlone(agents)
        ? toFact('until_agent_unsuspended', 'A check of agents releases it once its agent is not suspended', {
            agent: suspended,
          })
        : toAgentEnd(basis);
    default: {
      const window = service.limits.find(({ id }) => id === hold.reason)?.window ?? null;
      const end = window === null ? 'when its window ends' : `by the first poll from ${window.end} on`;
      return toFact('until_window', `It is released ${end}`);
    }
  }
}

function toQuotaEnd({ service, decision }: Basis): Fact {
  const { cycle, allowance } = service;
  if (service.quota === null) return toFact('until_quota_release', 'It has no quota any more, which releases nothing');
  const end = cycle === null ? 'with the next cycle' : `with the next cycle on ${cycle.end}`;
  const peak = readPeak(decision);
  const used = usedBytes(service) ?? 0;
  const allowed = allowance?.allowedBytes ?? 0;
  const enough = Math.max(2 * allowed, used + allowed, peak + BYTES_PER_GB);
  const details = {
    ...(cycle !== null && { cycleEnd: cycle.end }),
    largerGb: String(Math.ceil(enough / BYTES_PER_GB)),
  };
  if (peak > 2 * allowed)
    return toFact(
      'until_quota_above_peak',
      `It is released ${end}, or by the poll after a quota above that peak`,
      details,
    );
  const invoices = listReleasing(service).map(({ invoice }) => invoice ?? '');
  const paid = invoices.map((invoice) => `, by the poll after the payment of invoice ${invoice}`);
  return toFact('until_cycle', `It is released ${[end, ...paid].join('')}, or by the poll after a larger quota`, {
    ...details,
    ...(invoices.length > 0 && { invoices }),
  });
}

/** Returns the highest usage of the cycle in the mode that counts, which a fall of the panel's figure does not lower. */
function readPeak(decision: Explanation['decision']): number {
  const { peak } = (decision?.inputs ?? {}) as { peak?: Parameters<typeof usageInMode>[0] | null };
  const mode = decision?.mode ?? null;
  return peak == null || mode === null ? 0 : (usageInMode(peak, mode) ?? 0);
}

/** Returns what ends that a service is unpaid; of one that a billing system lists, only what is changed there lasts. */
function toBillingEnd(basis: Basis, { origin }: HoldView): Fact {
  const { service, decision, source } = basis;
  const { status } = (decision?.inputs ?? {}) as { status?: unknown };
  const isOverdue = origin === 'run' && status === 'active' && !isLeftAsIs(service);
  const due = isOverdue ? `It was due on ${service.nextDueDate ?? 'an unknown date'}. ` : '';
  const renewal = isOverdue ? renewalDetails(basis) : {};
  if (source !== null) {
    const paid = `Once it is paid${isOverdue ? '' : ' and active'} in ${source}, the poll after a sync releases it`;
    return toFact('until_paid', `${due}${paid}`, { ...renewal, source });
  }
  return isOverdue
    ? toFact('until_renewed', `${due}It is released by the poll after a renewal`, renewal)
    : toFact('until_unsuspended', 'It is held until its suspension is ended');
}

function toAgentEnd({ agents }: Basis): Fact {
  if (agents === null)
    return toFact('until_agent', 'It is released when the agent is within its limit again, or with a higher one');
  const limiting = listLimiting(agents);
  const endedBy = (by: string): string[] => limiting.filter(({ end }) => end.by === by).map(({ name }) => name);
  const [suspended, limited, barred] = [endedBy('suspension'), endedBy('usage'), endedBy('nothing')];
  return toFact('until_agent', describeLimitEnd(agents), {
    ...(suspended.length > 0 && { suspended }),
    ...(limited.length > 0 && { limited }),
    ...(barred.length > 0 && { barred }),
    ...(suspended.length + limited.length + barred.length === 0 && { checks: agents.named ?? '' }),
  });
}
