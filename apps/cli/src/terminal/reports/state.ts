import type { Explanation, HoldView } from '@sluice/engine';
import {
  describeAllowance,
  describeBesides,
  describeBrake,
  describeDoubtedHolds,
  describeExceeded,
  describeFigures,
  describeOutage,
  describeProtection,
  describeTermination,
  describeUsed,
  describeWithin,
  hasCycleEnded,
  isLeftAsIs,
  isWithheld,
  describeUndecided,
  usedBytes,
} from '@sluice/engine/words';
import { formatBytes } from '@sluice/quota-core';
import type { Times } from '../times.js';
import { figuresText, holdSentences, renewalSentence, skipSentence } from './hold-sentences.js';
import type { StateCommands, StateNames } from './state-names.js';

type Service = Explanation['service'];

/** Returns sentences that say why a service is held or not, since when, and what would end that. */
export function explainState(found: Explanation, times: Times, names: StateNames): string[] {
  const { service, decision } = found;
  const { message: stopped = null } = service.stoppedByPanel ?? {};
  const sentences = [
    ...(stopped === null ? [] : [`${times.text(stopped, service.panel).replace(/\.$/, '')}.`]),
    ...stateSentences(found, times, names),
  ];
  if (decision !== null && service.error !== null) {
    const age = service.usage === null ? '' : ` The figures were read ${ago(times, service, service.usage.readAt)}.`;
    const { panel, panelDownSince } = service;
    const down =
      panelDownSince === null
        ? ''
        : ` Panel ${panel} is ${describeOutage(service)} since ${times.at(panelDownSince, panel) ?? ''}.`;
    const { code, message: text } = service.error;
    const message = times.text(text, panel).replace(/\.$/, '');
    const what =
      service.doubted === null
        ? `The last run could not finish: ${names.withRemedy({ code, message, details: { service: service.id, panel } })}.`
        : `The last reading is doubted: ${message}. To believe it now: ${names.commands.believe(service.id)}.`;
    sentences.push(`${what}${down}${age}`);
  }
  const { panel, panelUndecided: undecided } = service;
  if (undecided !== undefined && service.lifecycle !== 'terminated' && service.lifecycle !== 'vanished') {
    const age = service.usage === null ? '' : ` The figures were read ${ago(times, service, service.usage.readAt)}.`;
    const since = times.at(undecided.since, panel) ?? undecided.since;
    const message = times.text(describeUndecided(panel, undecided, since), panel).replace(/\.$/, '');
    const details = { service: service.id, panel };
    sentences.push(`${names.withRemedy({ code: undecided.code, message, details })}.${age}`);
  }
  const impossible = describeDoubtedHolds(service.id, service.doubted);
  if (impossible !== null) sentences.push(`${impossible}: ${names.commands.release(service.id, 'DATE')}.`);
  const changed = names.skip === null ? describeAllowance(service) : null;
  if (changed !== null) sentences.push(`${changed}.`);
  const protection = describeProtection(
    service,
    openHolds(found).filter(({ releasing }) => releasing !== true),
    decision?.wouldHold ?? [],
  );
  if (protection !== null) sentences.push(protection);
  if (names.overdue !== null)
    sentences.push(
      `${names.overdue}. ${renewalSentence(found, times, names.commands)} To protect it until a date: ${names.commands.protect(service.id)}.`,
    );
  const { released } = found;
  if (released !== null) {
    const note = released.note === null ? '' : ` (${released.note})`;
    sentences.push(
      `Its limits are released until ${released.until}${note}: neither its quota nor another limit restricts it before. To end that now: ${names.commands.release(service.id, 'none')}.`,
    );
  }
  const rejected = found.readings.filter(({ rejected }) => rejected === 'mass_change').length;
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
  if (service.termination !== null) return terminationSentences(found, times, commands);
  const open = openHolds(found);
  if (isGone) return goneSentences(found, open, times, names);
  if (open.length > 0) return heldSentences(found, open, times, names);
  if (lifecycle === 'pending') return pendingSentences(found, times, names);
  if (names.skip !== null)
    return [`${id} is not held${althoughExceeded(service)}.`, skipSentence(found, names.skip, times, commands)];
  const reasons = service.wouldHold.filter((reason) => !isWithheld(found, reason));
  if (service.observing && reasons.length > 0) {
    return [
      `${id} would be held (${reasons.join(', ')})${figuresText(service, reasons)}. It is under observe on panel ${service.panel}, so nothing was changed.`,
      ...(reasons.includes('billing') ? [unpaidSentence(found)] : []),
      `To restrict it from the next run on: ${commands.enforce(service.panel, service.product)}.`,
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

/** Says what is left of a termination; by then no reading holds or releases the service. */
function terminationSentences({ service }: Explanation, times: Times, commands: StateCommands): string[] {
  const { id, panel, termination, observing } = service;
  if (termination === null) return [];
  const text = times.text(describeTermination(id, termination), panel);
  return [
    `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`,
    observing
      ? `It is under observe on panel ${panel}, so that no run goes on with it; to do so: ${commands.removeAccount(id)}.`
      : `The next reconcile goes on with it; to do so now: ${commands.removeAccount(id)}.`,
  ];
}

/** Says also what ends with none of the holds. */
function heldSentences(found: Explanation, open: readonly HoldView[], times: Times, names: StateNames): string[] {
  const { id, panel } = found.service;
  const besides = describeBesides(id, found.decision);
  return [
    ...new Set(open.flatMap((hold) => holdSentences(found, hold, times, names))),
    ...(besides === null ? [] : [`${times.text(besides, panel)}. That its holds end does not start it.`]),
  ];
}

/** What a pending service without a hold waits for. */
function pendingSentences(found: Explanation, times: Times, { canCreate, hasAccount, commands }: StateNames): string[] {
  const { id } = found.service;
  if (hasAccount) return [`${id} has an account.`, skipSentence(found, 'pending', times, commands)];
  return canCreate
    ? [`${id} is pending: it has no account yet. Create it with "${commands.createAccount(id)}".`]
    : [`${id} is pending. Once it is in use: ${commands.activate(id)}.`];
}

/** Says of a service that would be held for its bill what is unpaid. */
function unpaidSentence({ service, decision, source }: Explanation): string {
  if (service.unpaid === false)
    return 'Its bill was not paid, which is no longer a reason to hold it: the next run decides.';
  const { status } = (decision?.inputs ?? {}) as { status?: unknown };
  const why = status === 'active' ? `it was due on ${service.nextDueDate ?? 'an unknown date'}` : 'it is suspended';
  return `Its bill is not paid: ${why}${source === null ? '' : ` in ${source}`}.`;
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

/** Runs leave a service that has ended as it is, also on the panel. */
function goneSentences(found: Explanation, open: readonly HoldView[], times: Times, names: StateNames): string[] {
  const { id, lifecycle } = found.service;
  if (open.length === 0) return [`${id} is ${lifecycle}: it is neither metered nor restricted.`];
  return [
    `${id} is ${lifecycle}: it is not metered, and what is restricted on its panel stays so.`,
    ...open.flatMap((hold) => holdSentences(found, hold, times, names).slice(0, 1)),
    ...(names.canCreate ? [] : [`To undo that: ${names.commands.release(id)}.`]),
  ];
}

function openHolds({ holds, at }: Explanation): HoldView[] {
  return holds.filter(({ until, releasing }) => releasing === true || until === null || until > at);
}

type AccountDue = NonNullable<Explanation['accountDue']>;

const ACCOUNT_REASONS: Record<AccountDue['reason'], (service: Service, commands: StateCommands) => string> = {
  next_run: () => 'the next reconcile does that',
  observe: ({ panel, product }, { enforce }) =>
    `it is under observe on panel ${panel}; to change it from the next run on: ${enforce(panel, product)}`,
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

function notHeld(found: Explanation, times: Times, commands: StateCommands): string[] {
  const { service } = found;
  if (isLeftAsIs(service)) return [`${service.id} is not held: no run decides about it without its product.`];
  if (describeExceeded(service) === null) return belowAllowance(found, times, commands);
  const although = `${service.id} is not held${althoughExceeded(service)}`;
  if (isWithheld(found, 'quota')) return [`${although}.`];
  if (service.observing)
    return [
      `${although}: it is under observe on panel ${service.panel}, so nothing is restricted.`,
      `To restrict it from the next run on: ${commands.enforce(service.panel, service.product)}.`,
    ];
  return [`${although}. The next poll decides again: ${commands.poll(service.id)}.`];
}

function althoughExceeded(service: Service): string {
  const exceeded = describeExceeded(service);
  return exceeded === null ? '' : `, although ${exceeded}`;
}

function belowAllowance(found: Explanation, times: Times, commands: StateCommands): string[] {
  const { service, at: now } = found;
  const { id, allowance, cycle } = service;
  if (service.quota === null && allowance === null)
    return [`${id} is not held: ${describeWithin(service)}.`, ...limitSentences(service, times)];
  if (cycle !== null && hasCycleEnded(service, now))
    return [
      `${id} is not held: ${describeUsed(service)} in the cycle that ended on ${times.bound(cycle.end, service.panel) ?? ''}.`,
      `Nothing was read in the present one yet: the next run that reads it decides: ${commands.poll(id)}.`,
    ];
  const end = cycle === null ? '' : ` in the cycle until ${times.bound(cycle.end, service.panel) ?? ''}`;
  const allowed = allowance?.allowedBytes ?? null;
  const isBelow = allowed !== null && (usedBytes(service) ?? 0) < allowed && !isWithheld(found, 'quota');
  const at = isBelow ? ` It ${service.observing ? 'would be' : 'is'} held once ${formatBytes(allowed)} are used.` : '';
  return [`${id} is not held: ${describeUsed(service)}${end}.${at}`, ...limitSentences(service, times)];
}

/** Returns what is used of each limit beside the quota, as far as that is known. */
function limitSentences(service: Service, times: Times): string[] {
  return service.limits.flatMap(({ id, window }) => {
    if (id === 'quota') return [];
    const figures = describeFigures(service, [id]);
    if (figures === null) return [`What is used of its limit "${id}" is not known yet.`];
    const until = window === null ? '' : ` until ${times.at(window.end, service.panel) ?? ''}`;
    return [`Of its limit "${id}", ${figures}${until}.`];
  });
}

function ago(times: Times, { panel }: Service, instant: string): string {
  return times.ago(instant, panel) ?? '';
}
