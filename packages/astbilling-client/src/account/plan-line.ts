import { staffText } from '@sluice/messages/staff';
import { Decimal } from 'decimal.js';
import {
  checkAreaCode,
  type Subscriber,
  type TelephoneCustomer,
  type TelephonePlan,
} from '@sluice/quota-core/telephony';
import type { SubscriberValues } from '../client/types.js';
import { checkAdoptable, checkReferenced, refuseReseller } from './check-owner.js';
import { type CustomerTarget, findCustomer } from './find-customer.js';
import { toReference, withReference } from './reference.js';
import { LineRefusal, onlyOne } from './refusal.js';
import type { LinePlan, LineStep } from './step.js';
import { acceptedValues, type LineSystem, need } from './system.js';

/** What a line should be. */
export interface LineTarget {
  /** The form that is created, and all forms that an existing line may have. */
  username: string;
  usernames: readonly string[];
  customer: CustomerTarget;
  /** Whether its name and document were typed by a client whom nobody has checked, so that they prove nothing. */
  isUnproven: boolean;
  /** Id or exact name. */
  plan: { id: string } | { name: string };
  /** Null where numbers have none. */
  areaCode: string | null;
  /** Null: not stated; then a line can't be created, and an existing one keeps its own. */
  channels: number | null;
  /** Credit that a line may use, as decimal text; absent: it stays as it is. */
  creditLimit?: string;
  billingType: 'postpaid' | 'prepaid';
  callerId?: string;
  /** The reference that a new line gets, e.g. `whmcs:service:311`. */
  externalRef: string;
  /** All references that are of this service. */
  ownRefs: readonly string[];
  /** Further fields by their names in the profile. */
  extra?: NonNullable<SubscriberValues['extra']>;
}

/** What of a line is compared once it is known to be the service's: no name of it and of its customer. */
export type KnownLineTarget = Pick<
  LineTarget,
  'plan' | 'channels' | 'creditLimit' | 'billingType' | 'externalRef' | 'ownRefs'
>;

/** What was read before. */
export interface LineObservation {
  /** Lines with one of the service's references; empty where the system has none. */
  byReference: readonly Subscriber[];
  /** Lines with one of the usernames. */
  byUsername: readonly Subscriber[];
  /** Customers found by the service's fields, and the customers of its lines. In a system whose customers are its lines: all lines. */
  customers: readonly TelephoneCustomer[];
  /** Null where plans can't be listed: a plan's id is then taken as it is. */
  plans: readonly TelephonePlan[] | null;
}

/**
 * Plans a line: the service's own one compared, an existing one of the same customer adopted, or a new one created. Adopting never
 * changes a password or a state.
 *
 * @throws LineRefusal `conflict` for a line of somebody else, `unproven`, `foreign` for one that another installation may have made, `ambiguous` for several, `inactive`, `unsupported`, `not_found`, `invalid`
 */
export function planLine(system: LineSystem, observed: LineObservation, target: LineTarget): LinePlan {
  checkInputs(target);
  const toPlanId = (line?: Subscriber): string => choosePlan(observed.plans, target, line);
  const warnings: string[] = [];
  if (!system.reads('subscribers', 'external_ref')) {
    warnings.push(staffText('staff.line.noReference'));
  }
  const own = findOwn([...observed.byReference, ...observed.byUsername.filter(hasNote(target))], target);
  if (own !== null) {
    refuseReseller(own);
    checkReferenced(system, own, observed.customers, target);
    return planChanges(system, own, { ...target, planId: toPlanId(own) }, warnings);
  }
  const customer = system.within ? null : findCustomer(observed.customers, target.customer);
  const named = findNamed(observed.byUsername, target);
  if (named !== null) {
    refuseHalfMade(named);
    refuseReseller(named);
    checkAdoptable(named, system.within ? null : { customer }, observed.customers, target);
    if (named.status === 'suspended') warnings.push(staffText('staff.line.suspendedBefore'));
    return planChanges(system, named, { ...target, planId: toPlanId(named) }, warnings);
  }
  return { steps: planCreation(system, customer, { ...target, planId: toPlanId() }), warnings };
}

function checkInputs({ areaCode, channels, usernames, username }: LineTarget): void {
  checkChannels(channels);
  try {
    if (areaCode !== null) checkAreaCode(areaCode);
  } catch (error) {
    throw new LineRefusal('invalid', error instanceof Error ? error.message : 'the area code is not assigned');
  }
  if (!usernames.includes(username)) throw new LineRefusal('invalid', 'the username is not among those to search for');
}

function checkChannels(channels: number | null): void {
  if (channels !== null && (!Number.isInteger(channels) || channels < 1))
    throw new LineRefusal('invalid', 'a line needs at least one channel');
}

/** Returns the id of the plan. One that the line has already needs no check: it may be sold no more, or left out of a list. */
function choosePlan(
  plans: readonly TelephonePlan[] | null,
  { plan }: Pick<LineTarget, 'plan'>,
  line?: Pick<Subscriber, 'planId'>,
): string {
  if ('id' in plan && plan.id === line?.planId) return plan.id;
  if (plans === null) {
    if ('id' in plan) return plan.id;
    throw new LineRefusal('unsupported', "the system can't list plans, so that a plan needs its id");
  }
  const found = plans.filter((one) => ('id' in plan ? one.id === plan.id : one.name === plan.name));
  const own = found.find(({ id }) => id === line?.planId);
  const chosen = own ?? onlyOne(found, () => 'several plans have this name; use the id');
  if (chosen === undefined) throw new LineRefusal('not_found', 'the system has no such plan');
  if (own === undefined && chosen.status !== 'active')
    throw new LineRefusal('inactive', 'the plan is not active', [chosen.id]);
  return chosen.id;
}

function findOwn(lines: readonly Subscriber[], { ownRefs }: LineTarget): Subscriber | null {
  const line = onlyOne(
    lines.filter(({ externalRef }) => ownRefs.includes(toReference(externalRef) ?? '')),
    (ids) => `${ids.length} lines have this service's reference (${ids.join(', ')})`,
  );
  if (line === undefined) return null;
  if (line.status === 'terminated') {
    throw new LineRefusal('conflict', 'the line of this service is terminated and never comes back', [line.id]);
  }
  refuseHalfMade(line);
  return line;
}

/** Whether a system made a line without its SIP account. */
export function isHalfMade({ extra }: Pick<Subscriber, 'extra'>): boolean {
  return extra['sip_accounts'] === '0';
}

/** Why such a line is refused. */
export const HALF_MADE =
  "the line has no SIP account, so that it can't be used; make one on the system, or remove the line";

/** Refuses a line that was made by half. */
export function refuseHalfMade(line: Pick<Subscriber, 'id' | 'extra'>): void {
  if (isHalfMade(line)) throw new LineRefusal('conflict', HALF_MADE, [line.id]);
}

/** A system's filter for references does not find a field that has a note as well. */
function hasNote({ usernames }: LineTarget): (line: Subscriber) => boolean {
  return ({ username, externalRef }) => usernames.includes(username) && toReference(externalRef) !== externalRef;
}

function findNamed(lines: readonly Subscriber[], { usernames }: LineTarget): Subscriber | null {
  const named = onlyOne(
    lines.filter(({ username }) => usernames.includes(username)),
    (ids) => `several lines have a username of this service (${ids.join(', ')})`,
  );
  return named ?? null;
}

type Resolved = LineTarget & { planId: string };
type Known = KnownLineTarget & { planId: string };

/**
 * Plans the differences of a line that is known to be the service's: plan, channels, reference. It may be one without a reference.
 *
 * @throws LineRefusal `not_found`, `ambiguous` or `inactive` for the plan, `invalid`, `unsupported`
 */
export function planUpdate(
  system: LineSystem,
  { line, plans }: { line: Subscriber; plans: LineObservation['plans'] },
  target: KnownLineTarget,
): LinePlan {
  checkChannels(target.channels);
  return planChanges(system, line, { ...target, planId: choosePlan(plans, target, line) }, []);
}

type Difference = [string, keyof SubscriberValues & keyof Subscriber, unknown];

/** The fields that are compared in an existing line. Its billing type and area code are set once. */
function comparedFields(line: Subscriber, { planId, channels, externalRef }: Known): Difference[] {
  const reference = withReference(line.externalRef, externalRef);
  return [
    ['plan_id', 'planId', planId],
    ...(channels === null ? [] : [['channels', 'channels', channels] satisfies Difference]),
    ...(toReference(line.externalRef) === null
      ? [['external_ref', 'externalRef', reference] satisfies Difference]
      : []),
  ];
}

function planChanges(system: LineSystem, line: Subscriber, target: Known, warnings: string[]): LinePlan {
  const differences = comparedFields(line, target);
  const changes: Record<string, unknown> = {};
  const prior: Record<string, unknown> = {};
  for (const [field, name, value] of differences) {
    if (!system.reads('subscribers', field) || line[name] === value) continue;
    if (system.sends('subscribers', 'update', field)) {
      changes[name] = value;
      prior[name] = line[name];
    } else warnings.push(staffText('staff.line.field', { field }));
  }
  if (line.billingType !== null && line.billingType !== target.billingType) {
    warnings.push(staffText('staff.line.billing', { is: line.billingType, says: target.billingType }));
  }
  const credit = findCreditChange(system, line, target);
  if (credit !== null) {
    changes['extra'] = { [CREDIT]: credit };
    prior['extra'] = { [CREDIT]: line.extra[CREDIT] ?? null };
  }
  if (Object.keys(changes).length === 0) return { steps: [], warnings, line };
  need(system, 'subscribers', 'update');
  return {
    steps: [{ type: 'update-subscriber', target: line.id, payload: { id: line.id, changes, prior } }],
    warnings,
    line,
  };
}

/** A further field that some profiles have. */
const CREDIT = 'credit_limit';

function findCreditChange(system: LineSystem, line: Subscriber, { creditLimit }: KnownLineTarget): string | null {
  if (creditLimit === undefined || !system.sends('subscribers', 'update', CREDIT)) return null;
  const shown = line.extra[CREDIT];
  const isSame = (typeof shown === 'string' || typeof shown === 'number') && isSameAmount(String(shown), creditLimit);
  return isSame ? null : creditLimit;
}

function isSameAmount(a: string, b: string): boolean {
  try {
    return new Decimal(a).equals(b);
  } catch {
    return false;
  }
}

function planCreation(system: LineSystem, customer: TelephoneCustomer | null, target: Resolved): LineStep[] {
  need(system, 'subscribers', 'create');
  for (const field of ['username', 'plan_id', 'channels', 'sip_password']) {
    if (!system.sends('subscribers', 'create', field)) {
      throw new LineRefusal('unsupported', `the profile can't send ${field} of a new line`);
    }
  }
  const makesCustomer = !system.within && customer === null;
  if (makesCustomer) need(system, 'customers', 'create');
  const { username, planId, channels, areaCode, billingType, externalRef, callerId, extra } = target;
  if (channels === null) throw new LineRefusal('invalid', 'a new line needs its number of channels');
  const { name, document, email, phone, externalRef: customerRef } = target.customer;
  const further = { ...extra, ...toCredit(system, target) };
  const values: SubscriberValues = {
    username,
    planId,
    channels,
    ...acceptedValues(system, 'subscribers', { areaCode, billingType, externalRef, callerId }),
    ...(system.within ? acceptedValues(system, 'subscribers', { name, document }) : {}),
    ...(Object.keys(further).length === 0 ? {} : { extra: further }),
  };
  const steps: LineStep[] = [];
  if (makesCustomer) {
    const customerValues = {
      name,
      ...acceptedValues(system, 'customers', { document, email, phone, externalRef: customerRef }),
    };
    steps.push({ type: 'create-customer', target: name, payload: { values: customerValues } });
  }
  const payload = { values, customerId: customer?.id ?? null, ofCustomer: system.within };
  return [...steps, { type: 'create-subscriber', target: username, payload }];
}

function toCredit(system: LineSystem, { creditLimit }: LineTarget): Record<string, string> {
  return creditLimit !== undefined && system.sends('subscribers', 'create', CREDIT) ? { [CREDIT]: creditLimit } : {};
}

/** Returns the fields of a new or changed line that were not read back as they were sent. */
export function differingFields(values: SubscriberValues, line: Subscriber): string[] {
  const compared = ['username', 'planId', 'channels', 'areaCode', 'billingType', 'externalRef', 'callerId'] as const;
  return compared.filter((name) => values[name] !== undefined && line[name] !== null && line[name] !== values[name]);
}
