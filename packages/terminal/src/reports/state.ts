import {
  describeAllowance,
  describeBrake,
  describeDoubtedHolds,
  describeExceeded,
  describeFigures,
  describeProtection,
  describeUsed,
  type Explanation,
  type HoldView,
  isWithheld,
  usedBytes,
} from '@sluice/engine';
import { BYTES_PER_GB, formatBytes, usageInMode } from '@sluice/quota-core';
import type { Times } from '../times.js';

type Service = Explanation['service'];

/** Returns command lines, which the sentences name as what ends or changes a state. */
export interface StateCommands {
  poll: (service: string) => string;
  /** Uses a reading that is doubted. */
  believe: (service: string) => string;
  createAccount: (service: string) => string;
  /** Removes what is left of the account of a service that ended. */
  removeAccount: (service: string) => string;
  activate: (service: string) => string;
  /** Ends the observation of a panel. */
  enforce: (panel: string) => string;
  /** Shows what would be changed on a panel, allows it once, and ends all changes. */
  plan: (panel: string) => string;
  allowOnce: (panel: string) => string;
  /** The same for the agents of a panel. */
  planAgents: (panel: string) => string;
  allowAgentsOnce: (panel: string) => string;
  takeOver: (panel: string) => string;
  observe: (panel: string) => string;
  /** Releases all that is held on a panel before it leaves the config. */
  releasePanel: (panel: string) => string;
  /** Reconciles although that is more than the brake lets pass. */
  reconcileAll: () => string;
  setQuota: (service: string, gigabytes: number) => string;
  /** Releases the manual hold; with `until`, lifts the quota hold until then, or ends that (`none`). */
  release: (service: string, until?: string) => string;
  endSuspension: (service: string) => string;
  renew: (service: string) => string;
  raiseAgentLimit: (agent: string) => string;
  endAgentSuspension: (agent: string) => string;
}

/** What the sentences name that is not in the store. */
export interface StateNames {
  commands: StateCommands;
  /** Whether the panel's kind creates accounts. */
  canCreate: boolean;
  /** The agent whose limit decides; null where it is not known. */
  agent: string | null;
}

/** Returns sentences that say why a service is held or not, since when, and what would end that. */
export function explainState(found: Explanation, times: Times, names: StateNames): string[] {
  const { service, decision } = found;
  const sentences = [...stateSentences(found, times, names)];
  if (decision !== null && service.error !== null) {
    const age = service.usage === null ? '' : ` The figures were read ${ago(times, service, service.usage.readAt)}.`;
    const { panel, panelDownSince } = service;
    const down =
      panelDownSince === null ? '' : ` Panel ${panel} is down since ${times.at(panelDownSince, panel) ?? ''}.`;
    const message = times.text(service.error.message, panel).replace(/\.$/, '');
    const what =
      service.doubted === null
        ? `The last run could not finish: ${message}.`
        : `The last reading is doubted: ${message}. To believe it now: ${names.commands.believe(service.id)}.`;
    sentences.push(`${what}${down}${age}`);
  }
  const impossible = describeDoubtedHolds(service.id, service.doubted);
  if (impossible !== null) sentences.push(`${impossible}: ${names.commands.release(service.id, 'DATE')}.`);
  const changed = describeAllowance(service);
  if (changed !== null) sentences.push(`${changed}.`);
  const protection = describeProtection(
    service,
    openHolds(found).filter(({ releasing }) => releasing !== true),
  );
  if (protection !== null) sentences.push(protection);
  const { released } = found;
  if (released !== null) {
    const note = released.note === null ? '' : ` (${released.note})`;
    sentences.push(
      `Its quota hold is released until ${released.until}${note}: its quota restricts nothing before. To end that now: ${names.commands.release(service.id, 'none')}.`,
    );
  }
  const rejected = found.readings.filter((reading) => reading.rejected !== null).length;
  if (rejected > 0)
    sentences.push(`${rejected === 1 ? 'One reading was' : `${rejected} readings were`} not used; see below.`);
  return sentences;
}

function stateSentences(found: Explanation, times: Times, names: StateNames): string[] {
  const { service, decision } = found;
  const { id, lifecycle } = service;
  const { commands } = names;
  const isGone = lifecycle === 'terminated' || lifecycle === 'vanished';
  if (found.panelRemoved && (!isGone || openHolds(found).length > 0)) return removedSentences(found, times, names);
  if (found.accountDue !== null) return accountSentences(service, found.accountDue, commands);
  if (lifecycle === 'pending')
    return names.canCreate
      ? [`${id} is pending: it has no account yet. Create it with "${commands.createAccount(id)}".`]
      : [`${id} is pending. Once it is in use: ${commands.activate(id)}.`];
  if (isGone) return [`${id} is ${lifecycle}: it is neither metered nor restricted.`];
  const open = openHolds(found);
  if (open.length > 0) return open.flatMap((hold) => holdSentences(found, hold, times, names));
  const reasons = service.wouldHold.filter((reason) => !isWithheld(found, reason));
  if (service.observing && reasons.length > 0) {
    return [
      `${id} would be held (${reasons.join(', ')})${figuresText(service, reasons)}. Panel ${service.panel} is under observe, so nothing was changed.`,
      `To restrict it from the next run on: ${commands.enforce(service.panel)}.`,
    ];
  }
  if (found.brake !== null && reasons.length > 0) {
    const ofAgents = found.brake.subjects === 'agents';
    const brake = describeBrake(found.brake, times.at(found.brake.since, service.panel) ?? '');
    return [
      `${id} would be held (${reasons.join(', ')})${figuresText(service, reasons)}. ${brake}`,
      ...(found.brake.subjects === 'store'
        ? [`If this installation is the one to go on, stop the other one, then: ${commands.takeOver(service.panel)}`]
        : [
            `To review what would be changed: ${ofAgents ? commands.planAgents(service.panel) : commands.plan(service.panel)}`,
            `To allow it once: ${ofAgents ? commands.allowAgentsOnce(service.panel) : commands.allowOnce(service.panel)}`,
            `To change nothing on the panel: ${commands.observe(service.panel)}`,
          ]),
    ];
  }
  if (decision === null) return [`${id} has not been read yet: run "${commands.poll(id)}".`];
  return notHeld(found, times, commands);
}

/** What ends a hold elsewhere ends none on a panel that no run reads. */
function removedSentences(found: Explanation, times: Times, names: StateNames): string[] {
  const { id, panel } = found.service;
  const held = openHolds(found).flatMap((hold) => holdSentences(found, hold, times, names).slice(0, 1));
  return [
    ...held,
    `Panel ${panel} is not in the config: nothing of ${id} is read or changed there. Put it back into the config; before you take it out for good, give its services back: ${names.commands.releasePanel(panel)}.`,
  ];
}

function openHolds({ holds, at }: Explanation): HoldView[] {
  return holds.filter(({ until, releasing }) => releasing === true || until === null || until > at);
}

type AccountDue = NonNullable<Explanation['accountDue']>;

const ACCOUNT_REASONS: Record<AccountDue['reason'], (service: Service, commands: StateCommands) => string> = {
  next_run: () => 'the next reconcile does that',
  observe: ({ panel }, { enforce }) =>
    `panel ${panel} is under observe; to change it from the next run on: ${enforce(panel)}`,
  brake: (_service, { reconcileAll }) =>
    `the brake stopped the last reconcile; if that many changes are right: ${reconcileAll()}`,
  failed: () => 'the last run failed to do that, and the next reconcile tries again',
  not_paid: () => 'its order is pending and is not paid; the reconcile after the payment does that',
  suspended: () => 'its order is suspended',
  operator: ({ id }, { removeAccount, reconcileAll }) =>
    `that waits for you: ${removeAccount(id)}, or ${reconcileAll()}`,
};

function accountSentences(service: Service, { verb, reason }: AccountDue, commands: StateCommands): string[] {
  const { id } = service;
  const what =
    verb === 'create'
      ? `${id} has no account yet, or not all of it. To be created`
      : `${id} has ended, but its account is still on the panel. To be removed`;
  return [`${what}: ${ACCOUNT_REASONS[reason](service, commands)}.`];
}

/** Returns `: 20.53 of 20.00 BRL are spent`, or nothing where no figure is known. */
function figuresText(service: Service, reasons: readonly string[]): string {
  const figures = describeFigures(service, reasons);
  return figures === null ? '' : `: ${figures}`;
}

function notHeld(found: Explanation, times: Times, commands: StateCommands): string[] {
  const { service } = found;
  const exceeded = describeExceeded(service);
  if (exceeded === null) return [belowAllowance(service, times)];
  const although = `${service.id} is not held, although ${exceeded}`;
  if (isWithheld(found, 'quota')) return [`${although}.`];
  if (service.observing)
    return [
      `${although}: panel ${service.panel} is under observe, so nothing is restricted.`,
      `To restrict it from the next run on: ${commands.enforce(service.panel)}.`,
    ];
  return [`${although}. The next poll decides again: ${commands.poll(service.id)}.`];
}

function belowAllowance(service: Service, times: Times): string {
  const { id, allowance, cycle } = service;
  if (service.quota === null && allowance === null && service.limits.length > 0)
    return `${id} is not held: it is within its limits.`;
  if (service.quota === null && allowance === null)
    return `${id} is not held: it has no quota, so it is never held because of its usage.`;
  const end = cycle === null ? '' : ` in the cycle until ${times.bound(cycle.end, service.panel) ?? ''}`;
  const allowed = allowance?.allowedBytes ?? null;
  const isBelow = allowed !== null && (usedBytes(service) ?? 0) < allowed;
  const at = isBelow ? ` It is held once ${formatBytes(allowed)} are used.` : '';
  return `${id} is not held: ${describeUsed(service)}${end}.${at}`;
}

function holdSentences(
  { service, decision }: Explanation,
  hold: HoldView,
  times: Times,
  { agent, commands }: StateNames,
): string[] {
  const { id, panel } = service;
  const note = hold.note === null || hold.origin === 'run' ? '' : ` (${hold.note})`;
  if (hold.releasing === true) {
    const ended = `its hold "${hold.reason}" ended on ${times.at(hold.until, panel) ?? ''}`;
    return [
      `${id} is to be released: ${ended}, but its restriction is still on the panel.`,
      `The next run that reaches the panel undoes it: ${commands.poll(id)}.`,
    ];
  }
  const isLeft = hold.restricting === true;
  const since = `${id} is ${isLeft ? 'to be restricted: held' : 'held'} since ${times.at(hold.since, panel) ?? ''}${isLeft ? ', but not on the panel yet' : ''}`;
  switch (hold.reason) {
    case 'quota':
      return [
        `${since}: ${describeUsed(service)}${describePeak(decision)}.`,
        quotaEnd(service, readPeak(decision), times, commands),
      ];
    case 'manual':
      return [`${since}: an operator restricted it${note}.`, `To release it: ${commands.release(id)}.`];
    case 'billing':
      return [`${since}: its bill is not paid${note}.`, billingEnd({ service, decision }, hold, commands)];
    case 'agent-limit':
      if (hold.note?.endsWith(' is suspended') === true)
        return [
          `${since}: ${hold.note}.`,
          `To release it: ${commands.endAgentSuspension(readSuspended(hold.note) ?? agent ?? 'AGENT')}.`,
        ];
      return [
        `${since}: ${hold.note ?? (agent === null ? 'its agent' : `agent "${agent}"`)} is over its limit.`,
        `It is released when the agent is within its limit again, or with a higher one${agent === null ? '' : `: ${commands.raiseAgentLimit(agent)}`}.`,
      ];
    default:
      return [
        `${since}: it has exceeded the limit "${hold.reason}"${figuresText(service, [hold.reason])}.`,
        limitEnd(service, hold.reason, times, commands),
      ];
  }
}

/** Returns the name in `agent "north" is suspended`. */
function readSuspended(note: string): string | null {
  return /^agent "(.*)" is suspended$/s.exec(note)?.[1] ?? null;
}

function limitEnd({ id, panel, limits }: Service, reason: string, times: Times, { release }: StateCommands): string {
  const window = limits.find((limit) => limit.id === reason)?.window ?? null;
  const end =
    window === null ? 'when its window ends' : `by the first poll after ${times.bound(window.end, panel) ?? ''}`;
  return `It is released ${end}, or until a date with: ${release(id, 'DATE')}.`;
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

function quotaEnd(service: Service, peak: number, times: Times, { release, setQuota }: StateCommands): string {
  const { id, panel, cycle, allowance } = service;
  const end = cycle === null ? 'with the next cycle' : `with the next cycle on ${times.bound(cycle.end, panel) ?? ''}`;
  const used = usedBytes(service) ?? 0;
  const allowed = allowance?.allowedBytes ?? 0;
  const enough = Math.max(2 * allowed, used + allowed, peak + BYTES_PER_GB);
  const larger = setQuota(id, Math.ceil(enough / BYTES_PER_GB));
  if (peak > 2 * allowed)
    return `It is released ${end}; until a date with: ${release(id, 'DATE')}; or by the poll after a quota above that peak: ${larger}.`;
  return `It is released ${end}, or by the poll after a larger quota: ${larger}.`;
}

function billingEnd(
  { service, decision }: Pick<Explanation, 'service' | 'decision'>,
  { origin }: HoldView,
  { endSuspension, renew }: StateCommands,
): string {
  const { id, nextDueDate } = service;
  const { status } = (decision?.inputs ?? {}) as { status?: unknown };
  if (origin !== 'run' || status !== 'active') return `To release it: ${endSuspension(id)}.`;
  return `It was due on ${nextDueDate ?? 'an unknown date'}. It is released by the poll after a renewal: ${renew(id)}.`;
}

function ago(times: Times, { panel }: Service, instant: string): string {
  return times.ago(instant, panel) ?? '';
}
