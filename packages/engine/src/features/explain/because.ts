import type { BecauseCode, Explanation } from '@sluice/contract/documents';
import { formatBytes } from '@sluice/quota-core';
import { describeBesides } from '../../kernel/run/alarms.js';
import { CHANGED_BY_OTHERS, describeByOthers, readByOthers } from '../../kernel/run/by-others.js';
import { describeBrake } from '../../kernel/run/brake-state.js';
import { describeUndecided } from '../../kernel/run/left-elsewhere.js';
import { describeDoubtedHolds } from '../../kernel/subject/holds.js';
import { describeTermination } from '../../kernel/subject/termination.js';
import { isLeftAsIs } from '../../kernel/subject/to-stage.js';
import { describeOutage } from '../../context/reach.js';
import {
  describeAllowance,
  describeExceeded,
  describeFigures,
  describeProtection,
  describeUsed,
  describeWithin,
  hasCycleEnded,
  isWithheld,
  isWithinUnknown,
  usedBytes,
} from '../../kernel/subject/used.js';
import {
  afterColon,
  type Basis,
  describeAge,
  describeNotHeld,
  type Fact,
  listOpen,
  renewalDetails,
  toFact,
  toSkipFact,
} from './basis.js';
import { toHoldFacts, toWhy } from './hold-facts.js';

/** Returns why a service is in its state, and what ends that, in words for operators. */
export function findReasons(basis: Basis): Fact[] {
  const { service, decision, skip, overdue, released } = basis;
  const { stoppedByPanel: stopped, doubted } = service;
  const changed = describeAllowance(service, { isRead: skip === null });
  const open = listOpen(basis).filter(({ releasing }) => releasing !== true);
  const protection = describeProtection(service, open, decision?.wouldHold ?? []);
  const impossible = describeDoubtedHolds(service.id, doubted);
  const { drift = [] } = (decision?.inputs ?? {}) as { drift?: string[] };
  const byOthers = decision === null || service.observing ? [] : readByOthers(decision);
  return [
    ...(stopped === undefined ? [] : [toFact('stopped_by_panel', stopped.message ?? '', { since: stopped.since })]),
    ...toState(basis),
    ...(decision === null || service.error === null ? [] : [toFailure(service, service.error)]),
    ...toUndecided(service),
    ...(impossible === null ? [] : [toFact('hold_doubted', impossible)]),
    ...(changed === null ? [] : [toFact(skip === null ? 'allowance_changed' : 'allowance_changed_unread', changed)]),
    ...(drift.length === 0
      ? []
      : [toFact('drift', `The last run found a difference from its target: ${drift.join('; ')}`)]),
    ...(byOthers.length === 0
      ? []
      : [
          toFact(
            CHANGED_BY_OTHERS,
            `The last run found that others had changed what Sluice left: ${describeByOthers(byOthers)}`,
          ),
        ]),
    ...(protection === null ? [] : [toFact('protected', protection)]),
    ...(overdue === null ? [] : [toFact('overdue', overdue, renewalDetails(basis))]),
    ...(released === null ? [] : [toReleased(released)]),
  ];
}

function toState(basis: Basis): Fact[] {
  const { service, decision, skip } = basis;
  const isGone = hasGone(service);
  const open = listOpen(basis);
  if (basis.panelRemoved && (!isGone || open.length > 0)) return toRemoved(basis);
  // What ends a hold elsewhere ends none before the account is made, or removed.
  const held = open.map((hold) => toWhy(basis, hold));
  if (basis.accountDue !== null) return [toAccountFact(service, basis.accountDue), ...held];
  if (service.termination !== null) return [toTermination(basis), ...held];
  if (isGone) return toGone(basis);
  if (open.length > 0)
    return [...open.flatMap((hold) => toHoldFacts(basis, hold)), ...toBesides(basis)].filter(isFirst);
  if (service.lifecycle === 'pending') return [toPending(basis)];
  if (skip !== null) {
    const code = describeExceeded(service) === null ? 'not_held_skipped' : 'exceeded_skipped';
    return [toFact(code, describeNotHeld(service)), toSkipFact(basis, skip)];
  }
  return (
    toWouldHold(basis) ??
    (decision === null ? [toFact('not_read', `${service.id} has not been read yet`)] : toNotHeld(basis))
  );
}

const hasGone = ({ lifecycle }: Basis['service']): boolean => lifecycle === 'terminated' || lifecycle === 'vanished';

/** Two holds can have the same end. */
const isFirst = ({ text }: Fact, index: number, facts: readonly Fact[]): boolean =>
  facts.findIndex((fact) => fact.text === text) === index;

/** What ends a hold elsewhere ends none on a panel that no run reads. */
function toRemoved(basis: Basis): Fact[] {
  const { id, panel } = basis.service;
  const removed = `Panel ${panel} is not in the config: nothing of ${id} is read or changed there`;
  return [
    ...listOpen(basis).map((hold) => toWhy(basis, hold)),
    toFact('panel_removed', removed, describeAge(basis.service).details),
  ];
}

/** Runs leave a service that has ended as it is, also on the panel. */
function toGone(basis: Basis): Fact[] {
  const { id, lifecycle } = basis.service;
  const open = listOpen(basis);
  if (open.length === 0) return [toFact('ended', `${id} is ${lifecycle}: it is neither metered nor restricted`)];
  const stays = `${id} is ${lifecycle}: it is not metered, and what is restricted on its panel stays so`;
  return [
    ...open.map((hold) => toWhy(basis, hold)),
    toFact('ended_restricted', stays, basis.canCreate ? {} : { releasable: id }),
  ];
}

type AccountDue = NonNullable<Explanation['accountDue']>;

const ACCOUNT_REASONS: Record<AccountDue['reason'], [BecauseCode, (panel: string) => string]> = {
  next_run: ['account_next_run', () => 'the next reconcile does that'],
  observe: ['account_observe', (panel) => `it is under observe on panel ${panel}`],
  brake: ['account_brake', () => 'the brake stopped the last reconcile'],
  failed: ['account_failed', () => 'the last run failed to do that, and the next reconcile tries again'],
  not_paid: [
    'account_not_paid',
    () => 'its order is pending and is not paid; the reconcile after the payment does that',
  ],
  suspended: ['account_suspended', () => 'its order is suspended'],
  operator: ['account_operator', () => 'that waits for an operator'],
};

function toAccountFact({ id, panel }: Basis['service'], { verb, reason }: AccountDue): Fact {
  const what =
    verb === 'create'
      ? `${id} has no account yet, or not all of it. To be created`
      : `${id} has ended, but its account is still on the panel. To be removed`;
  const [code, why] = ACCOUNT_REASONS[reason];
  return toFact(code, `${what}: ${why(panel)}`, { verb });
}

/** By then no reading holds or releases the service. */
function toTermination({ service }: Basis): Fact {
  const { id, panel, termination, observing } = service;
  const what = termination === null ? '' : describeTermination(id, termination);
  const begun = `${what.slice(0, 1).toUpperCase()}${what.slice(1)}`;
  return observing
    ? toFact('termination_observed', `${begun}. It is under observe on panel ${panel}, so no run goes on with it`)
    : toFact('termination_next_run', `${begun}. The next reconcile goes on with it`);
}

/** Returns what ends with none of the holds. */
function toBesides({ service, decision }: Basis): Fact[] {
  const besides = describeBesides(service.id, decision);
  return besides === null ? [] : [toFact('stopped_besides', `${besides}. That its holds end does not start it`)];
}

/** What a pending service without a hold waits for. */
function toPending(basis: Basis): Fact {
  const { id } = basis.service;
  if (basis.hasAccount) return toFact('pending_in_use', `${id} has an account. ${toSkipFact(basis, 'pending').text}`);
  return basis.canCreate
    ? toFact('pending_account', `${id} is pending: it has no account yet`)
    : toFact('pending_use', `${id} is pending`);
}

/** Returns what keeps a service from being held that the last run would have held; null for one that would not be. */
function toWouldHold(basis: Basis): Fact[] | null {
  const { service, brake } = basis;
  const reasons = service.wouldHold.filter((reason) => !isWithheld(basis, reason));
  if (reasons.length === 0) return null;
  const would = `${service.id} would be held (${reasons.join(', ')})${afterColon(describeFigures(service, reasons))}`;
  if (service.observing) {
    const text = `${would}. It is under observe on panel ${service.panel}, so nothing was changed`;
    return [
      toFact('would_hold_observed', text, { reasons }),
      ...(reasons.includes('billing') ? [toUnpaid(basis)] : []),
    ];
  }
  if (brake === null) return null;
  const subjects = { services: {}, agents: { ofAgents: service.panel }, store: { copied: service.panel } };
  const details = { reasons, ...subjects[brake.subjects] };
  return [toFact('would_hold_stopped', `${would}. ${describeBrake(brake, brake.since)}`, details)];
}

/** Says of a service that would be held for its bill what is unpaid. */
function toUnpaid({ service, decision, source }: Basis): Fact {
  if (service.unpaid === false) {
    const text = 'Its bill was not paid, which is no longer a reason to hold it: the next run decides';
    return toFact('unpaid_before', text);
  }
  const { status } = (decision?.inputs ?? {}) as { status?: unknown };
  const why = status === 'active' ? `it was due on ${service.nextDueDate ?? 'an unknown date'}` : 'it is suspended';
  return toFact('unpaid', `Its bill is not paid: ${why}${source === null ? '' : ` in ${source}`}`);
}

function toNotHeld(basis: Basis): Fact[] {
  const { service } = basis;
  if (isLeftAsIs(service))
    return [toFact('no_product', `${service.id} is not held: no run decides about it without its product`)];
  if (describeExceeded(service) === null) return toBelow(basis);
  const text = describeNotHeld(service);
  const { quotaReleasedUntil, protectedUntil } = service;
  if (isWithheld(basis, 'quota')) {
    const [day = ''] = [quotaReleasedUntil, service.protected ? protectedUntil : null]
      .filter((date) => date !== null)
      .sort()
      .reverse();
    return [toFact('exceeded_withheld', text, { day })];
  }
  return service.observing
    ? [toFact('exceeded_observed', `${text}: it is under observe on panel ${service.panel}, so nothing is restricted`)]
    : [toFact('exceeded_next_run', `${text}. The next poll decides again`)];
}

function toBelow(basis: Basis): Fact[] {
  const { service, at } = basis;
  const { id, allowance, cycle } = service;
  const limits = toLimitFacts(service);
  if (service.quota === null && allowance === null) {
    const code = isWithinUnknown(service) ? 'within_unknown' : 'no_quota';
    return [toFact(code, `${id} is not held: ${describeWithin(service)}`), ...limits];
  }
  const used = `${id} is not held: ${describeUsed(service)}`;
  const cycleEnd = cycle === null ? {} : { cycleEnd: cycle.end };
  if (cycle !== null && hasCycleEnded(service, at)) {
    const unread = 'Nothing was read in the present one yet: the next run that reads it decides';
    return [toFact('cycle_unread', `${used} in the cycle that ended on ${cycle.end}. ${unread}`, cycleEnd)];
  }
  const allowed = allowance?.allowedBytes ?? null;
  const isBelow = allowed !== null && (usedBytes(service) ?? 0) < allowed && !isWithheld(basis, 'quota');
  const most = isBelow
    ? ` It ${service.observing ? 'would be' : 'is'} held once ${formatBytes(allowed)} are used.`
    : '';
  const until = cycle === null ? '' : ` in the cycle until ${cycle.end}`;
  return [toFact('below_allowance', `${used}${until}.${most}`, cycleEnd), ...limits];
}

/** Returns what is used of each limit beside the quota, as far as that is known. */
function toLimitFacts(service: Basis['service']): Fact[] {
  return service.limits.flatMap(({ id, window }) => {
    if (id === 'quota') return [];
    const figures = describeFigures(service, [id]);
    if (figures === null)
      return [toFact('limit_unknown', `What is used of its limit "${id}" is not known yet`, { limit: id })];
    const until = window === null ? '' : ` until ${window.end}`;
    return [toFact('limit_used', `Of its limit "${id}", ${figures}${until}`, { limit: id })];
  });
}

function toFailure(service: Basis['service'], { code, message }: NonNullable<Basis['service']['error']>): Fact {
  const { usage, limits, unread, panel, panelDownSince } = service;
  const age = describeAge(service);
  const why = message.replace(/\.$/, '');
  if (service.doubted !== null)
    return toFact('reading_doubted', `The last reading is doubted: ${why}.${age.text}`, {
      doubt: code,
      ...age.details,
    });
  const down = panelDownSince === null ? '' : ` Panel ${panel} is ${describeOutage(service)} since ${panelDownSince}.`;
  // What failed where there are only limits in money is about these.
  const isMetered = limits.length === 0 || limits.some(({ unit }) => unit === 'bytes');
  const failed: BecauseCode =
    unread === true ? 'usage_unread' : usage === null && isMetered ? 'usage_never' : 'run_failed';
  return toFact(failed, `The last run could not finish: ${why}.${down}${age.text}`, { error: code, ...age.details });
}

function toUndecided(service: Basis['service']): Fact[] {
  const { panel, panelUndecided: undecided } = service;
  if (undecided === undefined || hasGone(service)) return [];
  const age = describeAge(service);
  const text = `${describeUndecided(panel, undecided, undecided.since)}${age.text}`;
  return [toFact('panel_undecided', text, { error: undecided.code, ...age.details })];
}

function toReleased({ until, note }: NonNullable<Basis['released']>): Fact {
  const noted = note === null ? '' : ` (${note})`;
  const text = `Its limits are released until ${until}${noted}: neither its quota nor another limit restricts it before`;
  return toFact('released_until', text, { until });
}
