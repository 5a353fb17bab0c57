import type { AgentUserReport } from '@sluice/contract/documents';
import { AGENT_STEPS, type KnownListedUser, SluiceError, type UserExtension, usageError } from '@sluice/panel-kind';
import { raiseKey } from '@sluice/quota-core';
import { findRaise, FOUND } from '@sluice/quota-core/agents';
import type { Context } from '../../context/context.js';
import type { AgentCommand, Done } from './agent-command.js';
import { toActions } from './agent-views.js';
import { listed, planned } from './change-users.js';
import { performOne } from './create-agent-user.js';
import { type Extension, makeRaise, previewExtension, reserveExtension } from './raise-user.js';
import { requireUsers } from './agent-users.js';
import { isSameExtension } from './repeated-creation.js';
import { beginReferred, endReferred, keepReferred, type ReferredChange } from './references.js';
import { answerFor } from './reserve.js';
import { isFreed, resolveReservations } from './reservations.js';
import { type AgentUserRequest, runForUser, type UserDone } from './switch-agent-user.js';

const SWITCHES: readonly string[] = [AGENT_STEPS.disable, AGENT_STEPS.enable];

/** Options of `agent user extend`. */
export interface ExtendRequest extends AgentUserRequest, UserExtension {
  /** One reference extends once, however often the request is repeated. */
  ref?: string | undefined;
}

/**
 * Extends a user of an agent by more traffic, more days or both, within the limits of its agent and the agent's ancestors. A repeat of one
 * that was broken off finishes it.
 *
 * @throws SluiceError `agent_limit`, `agent_suspended`, `ref_used`, `request_running`, `outcome_unknown` while another extension of the user
 *   is in doubt
 */
export function extendAgentUser(context: Context, request: ExtendRequest): Promise<AgentUserReport> {
  const { bytes, days, ref } = request;
  if (bytes === 0 && days === 0)
    throw usageError('bad_option', 'An extension adds traffic, days or both; nothing was changed');
  return runForUser(context, 'agent user extend', request, (ordered, user) =>
    extend(ordered, { user, owner: user.owner ?? ordered.agent, asker: ordered.agent, by: { bytes, days }, ref }),
  );
}

async function extend(ordered: AgentCommand, extension: Extension): Promise<Omit<UserDone, 'services'>> {
  const { user, owner, ref } = extension;
  const facet = requireUsers(ordered.on);
  refuseInDoubt(ordered, user);
  if (ordered.dryRun) {
    const to = await previewExtension(ordered, extension);
    return toDone({ ...user, ...to }, [planned(ordered, facet.toExtension(user, to, owner))]);
  }
  const { made } = await beginReferred(ordered.context, toReferred(ordered, extension));
  if (made !== null) return { ...toDone(user, []), answer: toAnswer(ordered, extension) };
  return keepReferred(ordered.context, ref, async () => {
    await resolveEarlier(ordered, extension);
    const reserved = await reserve(ordered, extension);
    const answer = toAnswer(ordered, extension);
    if (reserved === null) return { ...toDone(user, []), answer };
    const step = facet.toExtension(user, reserved.to, owner);
    const row = await makeRaise(ordered, reserved, () => performOne(ordered, step), FOUND);
    return { ...toDone({ ...user, ...reserved.to }, row === null ? [] : [listed(ordered, row)]), answer };
  });
}

function toReferred({ name, agent }: AgentCommand, { user, by, ref }: Extension): ReferredChange {
  return { ref, uuid: user.uuid, asked: ['extend', name, agent, user.uuid, by.bytes, by.days] };
}

/** Until the run has ended, a repeat of the command means this extension. */
function toAnswer({ context, name }: AgentCommand, { user, owner, ref }: Extension): NonNullable<Done['answer']> {
  return async (tables) => {
    const found = await tables.agentReservations.get(name, raiseKey(user.uuid));
    const known = found === null ? undefined : findRaise(found)?.ref;
    if (known === undefined || known === ref) await answerFor(tables, name, raiseKey(user.uuid));
    await endReferred(tables, ref, { made: { uuid: user.uuid, agent: owner }, at: context.now() });
  };
}

/** Resolves another extension of the user that was broken off, so that this one begins with what the panel shows. */
async function resolveEarlier(ordered: AgentCommand, { user, owner, by, ref }: Extension): Promise<void> {
  const { context, name } = ordered;
  const earlier = await context.store.agentReservations.get(name, raiseKey(user.uuid));
  if (earlier?.state !== 'open' || isSameExtension(context, earlier, owner, { ...by, ref })) return;
  await resolveReservations(ordered, { dryRun: false });
}

/** Reserves; abandoned reservations are resolved before an extension is refused. */
async function reserve(ordered: AgentCommand, extension: Extension): ReturnType<typeof reserveExtension> {
  try {
    return await reserveExtension(ordered, extension);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'agent_limit') throw error;
    if (!isFreed(await resolveReservations(ordered, { dryRun: false }))) throw error;
    return reserveExtension(ordered, extension);
  }
}

/** Refuses to extend a user that may just have been enabled or disabled: its evidence has to be known. */
function refuseInDoubt({ open }: AgentCommand, { uuid, name }: KnownListedUser): void {
  const row = open.find(({ target, type }) => target === uuid && SWITCHES.includes(type));
  if (row === undefined) return;
  throw new SluiceError(
    'outcome_unknown',
    `It is not known whether "${row.name}" was done: try again in a minute. User "${name}" was not extended.`,
    { kind: 'busy' },
  );
}

function toDone(user: KnownListedUser, actions: ReturnType<typeof listed>[]): Omit<UserDone, 'services'> {
  return { user, changed: actions.length > 0, actions: toActions(actions), left: [], notices: [], error: null };
}
