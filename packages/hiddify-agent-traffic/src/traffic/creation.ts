import { formatBytes } from '@sluice/quota-core';
import { checkNewUser } from '../client/check-user.js';
import type { HiddifyUser } from '../client/records.js';
import { isInDoubt } from '../client/settle.js';
import type { CallOptions, CreatedUser, NewHiddifyUser } from '../client/types.js';
import { AgentTrafficError } from '../errors.js';
import type { HiddifyStep, StepHooks, StepResult } from '../steps/step.js';
import { nowOf, type ManagerContext } from './context.js';
import { figuresForCreation, knownAgent } from './figures.js';
import { isProblem } from './observe.js';
import type { AgentRecord, ReservationRecord } from './records.js';
import { findAgent, rememberedState } from './remembered.js';
import { brokenOff, sameOrder, tellFound } from './resume.js';
import { takeList } from './take-list.js';
import type { AgentUserRequest, CreatedAgentUser, CreationCheck } from './types.js';

type Wanted = NewHiddifyUser & { uuid: string };
type CreateStep = Extract<HiddifyStep, { type: 'create-user' }>;

/** Defaults of a user that says nothing else; the panel's own are 90 days and 1000 GB. */
const defaults = { packageDays: 30, mode: 'no_reset' } as const;

/**
 * Creates a user within the limits of its agent and everybody above: check and promise in one transaction, creation, then the
 * promise settled or released by what the panel shows. Whatever happens in between, the promise is there to be settled later.
 */
export async function createAgentUser(
  context: ManagerContext,
  agentText: string,
  request: AgentUserRequest,
  { hooks = {}, ...call }: { hooks?: StepHooks } & CallOptions = {},
): Promise<CreatedAgentUser> {
  const { name, limitBytes, comment, startDate, telegramId } = request;
  const wanted: Wanted = {
    uuid: request.uuid ?? context.newUuid(),
    name,
    limitBytes,
    packageDays: request.packageDays ?? defaults.packageDays,
    mode: request.mode ?? defaults.mode,
    comment: comment ?? '',
    ...(startDate === undefined ? {} : { startDate }),
    ...(telegramId === undefined ? {} : { telegramId }),
  };
  checkNewUser(wanted);
  await knownAgent(context, agentText, call, figuresForCreation);
  const { agent, check, earlier } = await reserve(context, agentText, wanted, request.uuid === undefined);
  if (earlier?.state === 'settled' && request.uuid === undefined) {
    const user = await tellFound(context, earlier, call);
    if (user !== null) return { user, how: 'existed', agent: agent.uuid, check };
    return createAgentUser(context, agentText, request, { hooks, ...call });
  }
  const uuid = earlier?.uuid ?? wanted.uuid;
  Object.assign(wanted, { uuid, owner: agent.uuid });
  // What an earlier attempt may have made stays promised, whatever becomes of this one.
  const release = async (): Promise<void> => {
    if (earlier === null) await settleReservation(context, uuid, { state: 'closed', outcome: 'not-created' });
  };
  const step: CreateStep = {
    type: 'create-user',
    target: uuid,
    agent: agent.uuid,
    prior: null,
    why: 'ordered',
    wanted,
  };
  await hooks.before?.(step).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  let made: CreatedUser;
  try {
    made = await makeReserved(context, wanted, call);
  } catch (error) {
    // What may exist stays promised; it is looked for when the promise has run out.
    if (!isInDoubt(error)) await release();
    await hooks.after?.(step, resultOf(step, null, error));
    throw error;
  }
  await settleReservation(context, uuid, { state: 'settled', outcome: null });
  await hooks.after?.(step, resultOf(step, made, null));
  await recheck(context, agent, made.user, { hooks, ...call });
  return { user: made.user, how: made.how, agent: agent.uuid, check };
}

/** Check and promise, atomic in the store: this is what makes fifty creations at once keep a limit. */
async function reserve(
  context: ManagerContext,
  agentText: string,
  wanted: Wanted,
  mayResume: boolean,
): Promise<{ agent: AgentRecord; check: CreationCheck; earlier: ReservationRecord | null }> {
  return context.store.write(async (tables) => {
    const state = await rememberedState(context, tables);
    const agent = findAgent(agentText, state.agents);
    if (agent.missingSince !== null) {
      throw new AgentTrafficError(
        'unknown_agent',
        `Agent "${agent.name}" is not in the panel's list any more. Nothing was made.`,
      );
    }
    const chain = state.chainOf(agent.uuid);
    const earlier = mayResume
      ? brokenOff(context, await tables.reservations.live(), agent.uuid, wanted)
      : sameOrder(await tables.reservations.get(wanted.uuid), agent.uuid, wanted);
    // A repeat of an attempt has its promise already.
    const check = state.checker.canCreateUserWithTraffic(chain, earlier === null ? wanted.limitBytes : 0);
    if (mayResume && earlier?.state === 'settled') {
      await tables.reservations.put([{ ...earlier, holder: context.holder }]);
      return { agent, check, earlier };
    }
    if (!check.allowed) {
      throw new AgentTrafficError('agent_limit', check.reason ?? 'The user does not fit.', {
        details: { remainingBytes: check.remainingBytes, binding: check.binding },
      });
    }
    await tables.reservations.put([reservationFor(context, { agent: agent.uuid, chain }, wanted, earlier)]);
    return { agent, check, earlier };
  });
}

function reservationFor(
  context: ManagerContext,
  { agent, chain }: Pick<ReservationRecord, 'agent' | 'chain'>,
  wanted: Wanted,
  earlier: ReservationRecord | null,
): ReservationRecord {
  const uuid = earlier?.uuid ?? wanted.uuid;
  return {
    uuid,
    agent,
    chain,
    bytes: wanted.limitBytes,
    leftBytes: earlier?.leftBytes ?? wanted.limitBytes,
    state: 'open',
    wanted: { ...wanted, uuid, owner: agent },
    createdAt: earlier?.createdAt ?? nowOf(context),
    expiresAt: new Date(context.clock.now() + context.reservationMs).toISOString(),
    holder: context.holder,
    settledAt: null,
    seenAt: earlier?.seenAt ?? null,
    closedAt: null,
    outcome: null,
  };
}

/** Nobody may create a user whose promise could be looked up and released at the same time. */
async function makeReserved(context: ManagerContext, wanted: Wanted, call: CallOptions): Promise<CreatedUser> {
  const reservation = await context.store.reservations.get(wanted.uuid);
  if (reservation?.state !== 'open' || nowOf(context) >= reservation.expiresAt) {
    throw new AgentTrafficError(
      'reservation_expired',
      `The promise for user "${wanted.name}" has run out before it was made. Repeat.`,
    );
  }
  // The owner was in the list of accounts when the figures were read.
  return context.client.users.create(wanted, { ...call, ownerKnown: true });
}

/** How a promise ends. */
export interface ReservationEnd {
  state: 'settled' | 'closed';
  outcome: string | null;
}

/** `seen`: the promise as it was when its fate was looked up; one that somebody has taken over since is theirs. */
export async function settleReservation(
  context: ManagerContext,
  uuid: string,
  { state, outcome }: ReservationEnd,
  seen?: ReservationRecord,
): Promise<void> {
  const now = nowOf(context);
  await context.store.write(async (tables) => {
    const reservation = await tables.reservations.get(uuid);
    if (reservation?.state !== 'open') return;
    if (seen !== undefined && (reservation.holder !== seen.holder || reservation.expiresAt !== seen.expiresAt)) return;
    await tables.reservations.put([
      { ...reservation, state, settledAt: now, closedAt: state === 'closed' ? now : null, outcome },
    ]);
  });
}

/**
 * The panel's own form knows nothing of promises: what was sold there meanwhile shows only in a new list. In `allocated` a user
 * that made its agent go over is taken back.
 */
async function recheck(
  context: ManagerContext,
  agent: AgentRecord,
  user: HiddifyUser,
  { hooks, ...call }: { hooks: StepHooks } & CallOptions,
): Promise<void> {
  if (!context.recheck || context.settings.accounting !== 'allocated') return;
  const taken = await takeList(context, { run: null, dryRun: false, acceptHalved: false, announce: false, call });
  // The sweep looks again in any case; a list that cannot be read now takes nothing back.
  if (isProblem(taken) || user.uuid === null) return;
  const over = taken.recorded.hierarchy
    .chainOf(agent.uuid)
    .find((uuid) => taken.recorded.judgements.get(uuid)?.force === 'over');
  if (over === undefined) return;
  const step: HiddifyStep = {
    type: 'delete-user',
    target: user.uuid,
    agent: agent.uuid,
    prior: user,
    why: 'sold-elsewhere-meanwhile',
  };
  await hooks.before?.(step);
  await context.client.users.remove(user.uuid, call);
  await hooks.after?.(step, { step, state: 'applied', observed: null, code: null, message: null });
  await context.store.write(async (tables) => {
    const reservation = await tables.reservations.get(step.target);
    if (reservation === null) return;
    await tables.reservations.put([
      { ...reservation, state: 'closed', closedAt: nowOf(context), outcome: 'user-gone' },
    ]);
  });
  const name = taken.recorded.agents.get(over)?.name ?? '';
  throw new AgentTrafficError(
    'agent_limit',
    `User "${user.name}" of ${formatBytes(user.limitBytes)} was made and removed again: agent "${name}" went over its limit by what was sold in the panel meanwhile.`,
    { details: { binding: over, remainingBytes: 0 } },
  );
}

function resultOf(step: CreateStep, made: CreatedUser | null, error: unknown): StepResult {
  if (made !== null) {
    const state = made.how === 'existed' ? 'unneeded' : 'applied';
    return { step, state, observed: made.user, code: null, message: null };
  }
  const { code, message } = error as { code?: unknown; message?: unknown };
  return {
    step,
    state: isInDoubt(error) ? 'in-doubt' : 'failed',
    observed: null,
    code: typeof code === 'string' ? code : null,
    message: typeof message === 'string' ? message : null,
  };
}
