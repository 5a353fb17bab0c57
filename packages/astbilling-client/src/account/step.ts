import type { PassedNumber } from '@sluice/panel-kind';
import type { Did, Subscriber } from '@sluice/quota-core/telephony';
import type { CustomerValues, DidValues, SubscriberValues } from '../client/types.js';

/** A step of one type. */
export interface PlannedStep<Type extends string, Payload> {
  type: Type;
  /** The id of the record; of one that has yet to be made its name, username or number. */
  target: string;
  payload: Payload;
}

/** One change to a telephony system, as plain JSON. It never has a password: the one who performs it adds it to `create-subscriber`. */
export type LineStep =
  | PlannedStep<'create-customer', { values: CustomerValues }>
  /** `customerId` null: the customer of the step before. `ofCustomer`: the customer has no record of its own. */
  | PlannedStep<'create-subscriber', { values: SubscriberValues; customerId: string | null; ofCustomer: boolean }>
  | PlannedStep<'update-subscriber', { id: string; changes: SubscriberValues; prior: SubscriberValues }>
  | PlannedStep<'suspend-subscriber' | 'unsuspend-subscriber' | 'terminate-subscriber', { id: string }>
  /** A DID that is created and then linked has no line in its values. */
  | PlannedStep<'create-did', { values: DidValues }>
  /** `id` null: the DID of the step before. */
  | PlannedStep<'link-did', { id: string | null; subscriberId: string }>
  /** `number`: whose line changes. */
  | PlannedStep<'update-did', { id: string; changes: DidValues; prior: DidValues; number?: string }>
  | PlannedStep<'unlink-did' | 'terminate-did', { id: string; number: string }>
  | PlannedStep<'suspend-did' | 'unsuspend-did', { id: string }>;

/** Steps in the order in which they are performed; none when everything is as it should be. */
export interface LinePlan {
  steps: LineStep[];
  /** Sentences for the operator. */
  warnings: string[];
  /** The existing line that is the service's. */
  line?: Subscriber;
}

type StateStep = Exclude<Extract<LineStep, { payload: { id: string } }>['type'], 'unlink-did' | 'terminate-did'>;

export function stateStep(type: StateStep, id: string): LineStep {
  return { type, target: id, payload: { id } } as LineStep;
}

/** Returns the step that unlinks or releases a number. */
export function giveUpStep(type: 'unlink-did' | 'terminate-did', { id, number }: Pick<Did, 'id' | 'number'>): LineStep {
  return { type, target: id, payload: { id, number } };
}

/** Returns the number that a step links, unlinks or releases; null for other steps, and those of old journals. */
export function findPassedNumber({
  type,
  target,
  payload,
}: Record<'type' | 'target', string> & { payload: unknown }): PassedNumber | null {
  const { number, changes, values } = (payload ?? {}) as { number?: string; changes?: DidValues; values?: DidValues };
  if (type === 'link-did') return { number: target, has: true };
  if (type === 'create-did' && values?.subscriberId !== undefined) return { number: target, has: true };
  if (number === undefined) return null;
  if (type === 'unlink-did' || type === 'terminate-did') return { number, has: false };
  return type === 'update-did' ? { number, has: changes?.subscriberId !== null } : null;
}
