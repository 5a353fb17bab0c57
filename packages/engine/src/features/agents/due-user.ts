import type { AgentAction } from '@sluice/contract/documents';
import { AGENT_STEPS, type ItemError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { describeUnknownProduct, UNKNOWN_PRODUCT } from '../../kernel/subject/to-stage.js';
import type { ServiceUser } from './agent-plan.js';

/** What a limit requires for one service: hold it, release it, or finish a release. */
export interface DueUser {
  user: ServiceUser;
  service: ServiceRecord;
  what: 'hold' | 'release' | 'finish-release';
  /** Nothing is changed: a dry run, `observe`, or the brake. */
  previewOnly: boolean;
}

/** The changes to one service in a run. */
export interface ServiceChange {
  service: string;
  agent: string | null;
  actions: AgentAction[];
  error: ItemError | null;
}

/** Returns the agent that an action is listed under: the one whose limit or suspension decides, or the owner. */
export function findListedAgent({ agent, suspended, chain }: ServiceUser): string | null {
  return agent ?? suspended ?? chain[0] ?? null;
}

/** Returns the change to a service's user, as documents list it. */
export function toListedAction(
  { user, service, what }: Pick<DueUser, 'user' | 'service' | 'what'>,
  state: 'planned' | 'unneeded',
): AgentAction {
  const type = what === 'hold' ? AGENT_STEPS.disable : AGENT_STEPS.enable;
  return { type, target: user.uuid, name: `${type.replaceAll('-', ' ')} ${service.id}`, state };
}

/**
 * Returns how a check reports a service whose product is missing in the config: whether it may be changed is not known, so that it
 * is left as it is, as runs over services leave it. Null for any other service.
 */
export function toLeftAsIs({ products }: Pick<Config, 'products'>, due: DueUser): ServiceChange | null {
  const { id, product } = due.service;
  if (findEntry(products, product) !== undefined) return null;
  const message = `"${id}" is left as it is: ${describeUnknownProduct(due.service)}`;
  const actions = [toListedAction(due, 'unneeded')];
  return { service: id, agent: findListedAgent(due.user), actions, error: { code: UNKNOWN_PRODUCT, message } };
}
