import { isPanelError } from '@sluice/panel-http';
import {
  type ApplyContext,
  type Clock,
  type ItemError,
  type Step,
  type StepOutcome,
  toFailure,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { Subscriber } from '@sluice/quota-core/telephony';
import { differingFields, isHalfMade } from '../account/plan-line.js';
import { toReference } from '../account/reference.js';
import { findPassedNumber } from '../account/step.js';
import type { AstbillingClient, CustomerValues, SubscriberValues } from '../client/types.js';
import { toDidChange } from './apply-did.js';
import { isLineGone } from './absence.js';
import { type Change, hasValues, perform, refuseUnknown, type Tag } from './change.js';
import { LINE_REF, USERNAME_REF } from './settings.js';
import { toShown } from './suspended.js';

/** What steps are performed with. */
export interface StepTools {
  client: AstbillingClient;
  clock: Clock;
}

/**
 * Performs one step: reads, calls the panel where the step is still due, and reads back. A write that may have been made is never
 * repeated.
 */
export async function performStep(
  tools: StepTools,
  service: ServiceRecord,
  step: Step,
  context: ApplyContext,
): Promise<StepOutcome> {
  try {
    const { client } = tools;
    const { type } = step;
    const call = { tag: service.id };
    if (type === 'create-customer') return await perform(tools, createCustomer(client, step, call), context);
    const { password } = context;
    if (type === 'create-subscriber') return await perform(tools, createLine(client, step, password, call), context);
    if (type.endsWith('-did')) {
      const line = service.refs[LINE_REF] ?? null;
      return withNumber(step, await perform(tools, toDidChange(client, { step, line }, call), context));
    }
    return await perform(tools, toLineChange(client, step, context, call), context);
  } catch (error) {
    if (!isPanelError(error)) throw error;
    const exists = step.type === 'create-subscriber' && error.panelCode === 'conflict';
    return toFailure(error, (code) => (exists ? 'account_exists' : code));
  }
}

/** Adds the number that the line has got, or given up. */
export function withNumber(step: Pick<Step, 'type' | 'target' | 'payload'>, outcome: StepOutcome): StepOutcome {
  const number = outcome.state === 'applied' ? findPassedNumber(step) : null;
  return number === null ? outcome : { ...outcome, number };
}

function createCustomer(client: AstbillingClient, { payload }: Step, call: Tag): Change<{ id: string }[]> {
  const { values } = payload as { values: CustomerValues };
  const { externalRef, document, name = '' } = values;
  const known = externalRef != null ? { externalRef } : document != null ? { document } : { name };
  return {
    read: () => client.customers.find(known, call),
    isDone: (found) => found.length > 0,
    call: () => client.customers.create(values, call),
    outcome: ([made]) => ({ observed: { id: made?.id ?? null } }),
  };
}

/** What a new line is sent, without its password. */
export interface CreatePayload {
  values: SubscriberValues;
  customerId: string | null;
}

function createLine(
  client: AstbillingClient,
  { payload, target }: Step,
  password: string | null,
  call: Tag,
): Change<Subscriber[]> {
  const { values, customerId } = payload as CreatePayload;
  return {
    read: async () => {
      const lines = await client.subscribers.find({ username: target }, call);
      return lines.filter((line) => isOwn(line, values));
    },
    // One without its SIP account can't be used: the next run says so.
    isDone: (lines) => lines.some((line) => !isHalfMade(line)),
    call: async () => {
      if (password === null) throw new Error('a new line has no password');
      const owner = customerId === null ? {} : { customerId };
      await client.subscribers.create({ ...values, ...owner, sipPassword: password }, call);
    },
    outcome: (lines) => {
      const line = lines.find((one) => !isHalfMade(one));
      return line === undefined ? {} : toLineOutcome(line, values);
    },
  };
}

/** Returns whether a line was made from these values: it has their reference, or, where the system keeps none, their username. */
export function isOwn(line: Subscriber, { username, externalRef }: SubscriberValues): boolean {
  if (line.status === 'terminated') return false;
  return externalRef == null ? line.username === username : toReference(line.externalRef) === externalRef;
}

/** Returns what is stored of a line that was made. */
export function toLineOutcome(line: Subscriber, values: SubscriberValues): Partial<StepOutcome> {
  const { id, username, status } = line;
  const differs = differingFields(values, line);
  return {
    observed: { id, username, status, ...(differs.length === 0 ? {} : { differs }) },
    refs: { [LINE_REF]: id, [USERNAME_REF]: username },
  };
}

interface LinePayload {
  changes?: SubscriberValues;
  password?: boolean;
  /** The system's own value of the status that Sluice may change. */
  was?: string;
}

function toLineChange(
  client: AstbillingClient,
  step: Step,
  { password, known }: Pick<ApplyContext, 'password' | 'known'>,
  call: Tag,
): Change<Subscriber | null> {
  const { type, target, payload } = step;
  const { changes = {}, password: withPassword = false, was } = payload as LinePayload;
  let sent = false;
  const calls: Record<string, () => Promise<void>> = {
    'suspend-subscriber': () => client.subscribers.suspend(target, call),
    'unsuspend-subscriber': () => client.subscribers.unsuspend(target, call),
    'terminate-subscriber': () => client.subscribers.terminate(target, call),
    'update-subscriber': async () => {
      const secret = withPassword && password !== null ? { sipPassword: password } : {};
      await client.subscribers.update(target, { ...changes, ...secret }, call);
      // The line does not show it: without an answer nobody knows.
      sent = true;
    },
  };
  return {
    read: () => client.subscribers.get(target, call),
    isDone: (line) => (withPassword ? sent && line !== null : isLineDone(step, line)),
    isProven: async (line) => line !== null || (await isLineGone({ client, call }, target, known)),
    isUnneeded: (line) => line !== null && !withPassword && isLineDone(step, line),
    refuse: (line) => (was === undefined || line?.statusValue === was ? null : SUSPENDED_MEANWHILE),
    call: calls[type] ?? refuseUnknown(type),
    outcome: (line) => ({ observed: { status: line?.status ?? null }, ...toShown(step.begins, line) }),
  };
}

/** Returns whether a line shows what a step was to do; it never shows a password. */
export function isLineDone({ type, payload }: Pick<Step, 'type' | 'payload'>, line: Subscriber | null): boolean {
  if (type === 'terminate-subscriber') return line === null || line.status === 'terminated';
  if (line === null) return false;
  if (type === 'update-subscriber') return hasValues(line, (payload as LinePayload).changes ?? {});
  return line.status === (type === 'suspend-subscriber' ? 'suspended' : 'active');
}

const SUSPENDED_MEANWHILE: ItemError = {
  code: 'suspended_elsewhere',
  message: 'the line was suspended by somebody else meanwhile and stays suspended',
};
