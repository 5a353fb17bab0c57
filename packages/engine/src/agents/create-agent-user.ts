import { isAgentTrafficError, type CreationCheck, type HiddifyUserMode } from '@sluice/hiddify-agent-traffic/account';
import { isPanelError, type PanelError } from '@sluice/panel-http';
import { SluiceError } from '@sluice/panel-kind';
import type { Session } from '../session.js';
import { withAgentErrors } from './agent-errors.js';
import { AgentJournal } from './agent-journal.js';
import { asRun } from './agent-run.js';
import { agentPanel, callsBegun, managerOf, openDesk, type AgentDesk } from './desk.js';

/** A user that an agent is to have: `agent create-user AGENT`. */
export interface CreateUserRequest {
  panel: string | undefined;
  agent: string;
  name: string;
  limitBytes: number;
  days: number | undefined;
  mode: HiddifyUserMode | undefined;
  dryRun: boolean;
}

/** `agent create-user --json` (docs/json.md). */
export interface CreatedUserReport {
  user: { uuid: string | null; name: string; limitBytes: number; agent: string };
}

/** May the agent have one more user of this size? The same rule as the creation itself, which alone keeps it. */
export async function canCreateUser(
  session: Session,
  text: string,
  newBytes: number,
  panel: string | undefined,
): Promise<Omit<CreationCheck, 'binding'>> {
  const desk = await openDesk(session, agentPanel(session, panel));
  const backend = desk.addon ?? managerOf(session, desk);
  const { allowed, reason, remainingBytes } = await withAgentErrors(text, () =>
    backend.canCreateUserWithTraffic(text, newBytes),
  );
  return { allowed, reason, remainingBytes };
}

/**
 * Creates a user within the limits of its agent and everybody above, also when many do so at once. What another process had
 * promised itself and can no longer use is given back before it is refused.
 *
 * @throws SluiceError `agent_limit`
 */
export async function createAgentUser(session: Session, request: CreateUserRequest): Promise<CreatedUserReport> {
  const desk = await openDesk(session, agentPanel(session, request.panel));
  const { agent: text, name, limitBytes } = request;
  if (request.dryRun) {
    const { allowed, reason } = await canCreateUser(session, text, limitBytes, request.panel);
    if (!allowed) throw new SluiceError('agent_limit', reason ?? 'It does not fit');
    return { user: { uuid: null, name, limitBytes, agent: text } };
  }
  return asRun(session, 'agent create-user', false, async (run) => {
    const made = await withAgentErrors(text, () =>
      desk.addon === null ? create(session, desk, request, run.id) : createBeside(session, desk, request, run.id),
    );
    return { result: made, outcome: 'done', totals: null, error: null };
  });
}

async function create(
  session: Session,
  desk: AgentDesk,
  request: CreateUserRequest,
  run: string,
): Promise<CreatedUserReport> {
  const journal = new AgentJournal(session, desk.name, run);
  const { agent, name, limitBytes, days, mode } = request;
  const user = {
    name,
    limitBytes,
    ...(days === undefined ? {} : { packageDays: days }),
    ...(mode === undefined ? {} : { mode }),
  };
  const attempt = async (): Promise<CreatedUserReport> => {
    const made = await managerOf(session, desk).createUser(agent, user, { hooks: journal.hooks });
    const { uuid, name: shown, limitBytes: limit } = made.user;
    return { user: { uuid, name: shown, limitBytes: limit, agent: made.agent } };
  };
  try {
    return await attempt();
  } catch (error) {
    if (isPanelError(error) && error.outcomeUnknown) throw toRepeat(error, name);
    if (!isAgentTrafficError(error) || error.code !== 'agent_limit') throw error;
    const manager = managerOf(session, desk, { begun: await callsBegun(session, desk.name) });
    const settled = await manager.settleReservations({ hooks: journal.hooks });
    const freed = settled.some(({ outcome }) => outcome.startsWith('not-') || outcome === 'orphan-removed');
    if (!freed) throw error;
    return attempt();
  }
}

/** Its promise stands, so the same order again goes on where this one was broken off. */
function toRepeat(error: PanelError, name: string): SluiceError {
  const message = `${error.statement} Whether user "${name}" was made is open: run the same command again, it goes on with the same user.`;
  return new SluiceError(error.code, message, {
    kind: 'panel',
    details: { panel: error.panel, status: error.status },
    cause: error,
  });
}

/** Through the add-on: its check, then the creation. It is not one act, as its semantics say. */
async function createBeside(
  session: Session,
  desk: AgentDesk,
  request: CreateUserRequest,
  run: string,
): Promise<CreatedUserReport> {
  const { addon, panel } = desk;
  if (addon === null) throw new Error('no add-on');
  const check = await addon.canCreateUserWithTraffic(request.agent, request.limitBytes);
  if (!check.allowed) throw new SluiceError('agent_limit', check.reason ?? 'It does not fit');
  const { uuid: owner } = await addon.getAgent(request.agent);
  const journal = new AgentJournal(session, desk.name, run);
  const wanted = {
    uuid: panel.client.newUuid(),
    name: request.name,
    limitBytes: request.limitBytes,
    packageDays: request.days ?? 30,
    mode: request.mode ?? ('no_reset' as const),
    owner,
  };
  const step = { type: 'create-user' as const, target: wanted.uuid, agent: owner, prior: null, why: 'ordered', wanted };
  await journal.hooks.before?.(step);
  try {
    const { user, how } = await panel.client.users.create(wanted, { ownerKnown: true });
    const state = how === 'existed' ? 'unneeded' : 'applied';
    await journal.hooks.after?.(step, { step, state, observed: user, code: null, message: null });
    return { user: { uuid: user.uuid, name: user.name, limitBytes: user.limitBytes, agent: owner } };
  } catch (error) {
    const {
      code = 'unexpected',
      message = '',
      outcomeUnknown,
    } = error as {
      code?: string;
      message?: string;
      outcomeUnknown?: boolean;
    };
    const state = outcomeUnknown === true ? 'in-doubt' : 'failed';
    await journal.hooks.after?.(step, { step, state, observed: null, code, message });
    throw error;
  }
}
