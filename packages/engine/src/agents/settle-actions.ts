import { isPanelError } from '@sluice/panel-http';
import type { ActionRecord, ActionState, HeldLease } from '@sluice/state-store';
import { ACTION_TYPES, observedOf, shows, type HiddifyUser } from '@sluice/hiddify-agent-traffic/account';
import { isAtWork } from '../run-row.js';
import type { Session } from '../session.js';
import type { AgentDesk } from './desk.js';

/** Settles journal rows of agents' users that a command left behind, by what the panel shows now; never by repeating. */
export async function settleAgentActions(session: Session, desk: AgentDesk, leases: HeldLease[]): Promise<void> {
  const rows = (await session.store.actions.unsettled({ panel: desk.name })).filter(({ service }) => service === null);
  for (const row of rows) {
    const run = await session.store.runs.get(row.run);
    if (run !== null && isAtWork(session, run)) continue;
    const end = row.calledAt === null ? notCalled : await endOf(session, desk, row);
    if (end === null) continue;
    await session.write(leases, (tables) => tables.actions.settle(row.id, { ...end, settledAt: session.now() }));
  }
}

type End = { state: ActionState; observed: unknown; errorCode: string | null; errorMessage: string | null };

const notCalled: End = {
  state: 'failed',
  observed: null,
  errorCode: 'interrupted',
  errorMessage: 'the command ended before the panel was called',
};

async function endOf(session: Session, { name, panel }: AgentDesk, row: ActionRecord): Promise<End | null> {
  if (row.type === ACTION_TYPES.create) {
    // Its promise is settled first; as long as that is open, the user may still come.
    const promise = await session.store.agentReservations.get(name, row.target);
    if (promise?.state === 'open') return null;
  }
  let user: HiddifyUser | null;
  try {
    user = await panel.client.users.get(row.target);
  } catch (error) {
    if (isPanelError(error)) return null;
    throw error;
  }
  const done = isDone(row, user);
  return {
    state: done ? 'applied' : 'failed',
    observed: user === null ? null : observedOf(user),
    errorCode: done ? null : 'not_done',
    errorMessage: done ? null : 'the panel does not show the change',
  };
}

function isDone(row: ActionRecord, user: HiddifyUser | null): boolean {
  if (row.type === ACTION_TYPES.delete) return user === null;
  if (user === null) return false;
  if (row.type === ACTION_TYPES.disable) return !user.enabled;
  if (row.type === ACTION_TYPES.enable) return user.enabled;
  const { change } = (row.payload ?? {}) as { change?: Parameters<typeof shows>[1] };
  return row.type === ACTION_TYPES.create || shows(user, change ?? {});
}
