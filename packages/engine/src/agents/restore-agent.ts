import { itemErrorOf, type ItemError } from '@sluice/panel-kind';
import { Leases, panelLease } from '../leases.js';
import { runOrder } from '../order.js';
import type { Session } from '../session.js';
import { withAgentErrors } from './agent-errors.js';
import { refuseAddon } from './addon.js';
import { AgentJournal } from './agent-journal.js';
import { asRun, type AgentRun } from './agent-run.js';
import type { AgentAction, AgentDetail } from './agent-views.js';
import { agentPanel, managerOf, openDesk, type AgentDesk } from './desk.js';
import { loadAgentServices } from './held-services.js';
import { listedActions } from './listed-actions.js';
import { settleAgentActions } from './settle-actions.js';
import { detailsOf } from './sweep.js';

/** What `agent restore` is asked. */
export interface RestoreRequest {
  panel: string | undefined;
  agent: string;
  /** Also while the agent is over its limit; the next sweep disables its users again. */
  force: boolean;
  dryRun: boolean;
  waitMs: number;
}

/** `agent restore --json`: the agent as `agent show` has it, and what was done. */
export type RestoreReport = AgentDetail & {
  run: AgentRun;
  actions: AgentAction[];
  /** Users that stay disabled, and why: `moved`, `touched`, `enabled-by-others`, `still-over`. */
  left: { uuid: string; name: string; outcome: string }[];
  error: ItemError | null;
};

/**
 * Gives back what the sweep disabled below an agent, and nobody else: still disabled, still its own, touched by nobody since.
 *
 * @throws SluiceError `agent_limit` while it is over its limit and `force` is not given
 */
export async function restoreAgent(session: Session, request: RestoreRequest): Promise<RestoreReport> {
  const desk = await openDesk(session, agentPanel(session, request.panel));
  refuseAddon(desk, 'give anybody back: it keeps no record of whom it disabled');
  return asRun(session, 'agent restore', request.dryRun, async (run) => {
    const leases = new Leases(session, run.id);
    try {
      if (!request.dryRun) await leases.take(panelLease(desk.name), request.waitMs);
      const report = await restore({ session, desk, run, leases }, request);
      run.finishedAt = session.now();
      run.changes = report.actions.length > 0;
      const failed = report.actions.some(({ state }) => state === 'failed' || state === 'in-doubt');
      const outcome = report.error === null && !failed ? ('done' as const) : ('partial' as const);
      return { result: report, outcome, totals: null, error: report.error?.code ?? null };
    } finally {
      await leases.releaseAll();
    }
  });
}

/** A restore that is under way. */
interface RestoreRun {
  session: Session;
  desk: AgentDesk;
  run: AgentRun;
  leases: Leases;
}

async function restore(restoreRun: RestoreRun, request: RestoreRequest): Promise<RestoreReport> {
  const { session, desk, run, leases } = restoreRun;
  const held = () => leases.heldOf([panelLease(desk.name)]);
  const manager = managerOf(session, desk, { leases: held });
  const journal = new AgentJournal(session, desk.name, run.id, { leases: held });
  const { dryRun, force, agent: text } = request;
  if (!dryRun) await settleAgentActions(session, desk, held());
  const { agent, planned, left, steps } = await withAgentErrors(text, () =>
    manager.restoreUsers(text, { run: run.id, dryRun, force, hooks: journal.hooks }),
  );
  const services = await releaseServices(restoreRun, agent);
  const listed = listedActions(journal, steps);
  const own: AgentAction[] = dryRun
    ? planned.map(({ step }) => ({ type: step.type, target: step.target, state: 'planned' }))
    : listed.map(({ type, target, state }) => ({ type, target, state }));
  const all = await manager.rememberedAgents();
  const [detail] = await detailsOf(
    session,
    desk,
    all.filter(({ uuid }) => uuid === agent),
  );
  if (!detail) throw new Error('an agent without detail');
  return {
    ...detail,
    run,
    actions: [...own, ...services.actions],
    left: left.map(({ record: { uuid, name }, outcome }) => ({ uuid, name, outcome })),
    error: services.error ?? listed.find(({ error }) => error !== null)?.error ?? null,
  };
}

/** Ends the `agent-limit` holds of services below the agent, and carries that out. */
async function releaseServices(
  { session, desk: { name }, run }: RestoreRun,
  agent: string,
): Promise<{ actions: AgentAction[]; error: ItemError | null }> {
  const { byUser, holds, leftOver } = await loadAgentServices(session, name);
  const below = await ownersBelow(session, name, agent);
  const uuids = [...byUser].filter(([uuid, { id }]) => holds.has(id) || leftOver.has(uuid)).map(([uuid]) => uuid);
  const actions: AgentAction[] = [];
  let error: ItemError | null = null;
  for (const { uuid, owner } of await session.store.agentUsers.list({ panel: name, keys: uuids })) {
    const service = uuid === null ? undefined : byUser.get(uuid);
    const hold = service === undefined ? undefined : holds.get(service.id);
    if (service === undefined || owner === null || !below.has(owner)) continue;
    try {
      const { report } = await runOrder(session, service.id, {
        command: 'agent restore',
        run: run.id,
        dryRun: run.dryRun,
        waitMs: 1000,
        scope: 'hold',
        desire: async (_service, tables) => {
          if (hold !== undefined) await tables.holds.end(hold.id, session.now());
        },
        pretend: (loaded) => ({ ...loaded, holds: loaded.holds.filter(({ id }) => id !== hold?.id) }),
      });
      actions.push(...report.actions);
      error ??= report.service.error;
    } catch (failure) {
      error ??= itemErrorOf(failure);
    }
  }
  return { actions, error };
}

/** The agent itself and all whose line of parents leads to it, by what is remembered. */
async function ownersBelow({ store }: Session, panel: string, agent: string): Promise<Set<string>> {
  const parents = new Map((await store.agents.list(panel)).map(({ uuid, parent }) => [uuid, parent]));
  const below = new Set<string>([agent]);
  for (const uuid of parents.keys()) {
    const line = new Set<string>();
    for (let at: string | null = uuid; at !== null && !line.has(at); at = parents.get(at) ?? null) {
      line.add(at);
      if (at === agent) below.add(uuid);
    }
  }
  return below;
}
