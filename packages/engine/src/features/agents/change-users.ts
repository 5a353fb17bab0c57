import type { AgentAction } from '@sluice/contract/documents';
import { isPanelError } from '@sluice/panel-http';
import type { ItemError, Observation, Step, StepOutcome } from '@sluice/panel-kind';
import { AGENT_STEPS } from '@sluice/panel-kind';
import type { ActionRecord, HeldLease, HoldRecord } from '@sluice/state-store';
import { isAtWork } from '../../kernel/run/run-request.js';
import { outcomeByReading, outcomeUnknown } from '../../kernel/subject/doubt.js';
import { type Changed, endAction, evidenceAfter, toEnd } from '../../kernel/changes/journal.js';
import { applyPlan, type ReadStop } from '../../kernel/changes/perform.js';
import { eachResolved, waitForFresh } from '../../loop/resolve.js';
import { toActionName, toActionView } from '../../kernel/subject/views.js';
import type { AgentsOnPanel } from './open-agents.js';
import { type AgentsRead, loadStoredAgents } from './read-agents.js';
import type { AgentPlan } from './agent-plan.js';

/** What changes to the users of agents need. */
export interface UserChanges extends Omit<AgentsOnPanel, 'addon'> {
  /** Id of the run. */
  run: string;
  leases: () => HeldLease[];
  /** Called in the transaction before each call; absent for a command that names the agent. */
  readStop?: ReadStop<unknown>;
}

/** A change to a user, with its agent. */
export interface ListedAction extends AgentAction {
  agent: string | null;
  error: ItemError | null;
}

/** Errors of the panel as a whole: the remaining steps would fail as well. */
const HOPELESS: readonly string[] = ['PANEL_AUTH', 'PANEL_CIRCUIT_OPEN', 'PANEL_UNREACHABLE'];

/** Types of steps that are only performed under the panel's lease. */
const LEASED: readonly string[] = [AGENT_STEPS.disable, AGENT_STEPS.enable];

/** Performs steps on agents' users: journal, call, read back. A step that fails stops none of the others. */
export async function changeUsers(
  on: UserChanges,
  plan: Pick<AgentPlan, 'steps' | 'moves' | 'endedEvidence'>,
  holds: readonly HoldRecord[] = [],
): Promise<ActionRecord[]> {
  const { context, panel, agents, run, leases, readStop } = on;
  const records = await loadStoredAgents(context, panel.name);
  const work = {
    service: { id: null, panel: panel.name },
    actions: [],
    evidence: records.evidence,
    holds: [...records.holds, ...holds],
    error: null,
    passwordSet: false,
    cycle: null,
  };
  const steps = plan.steps.map((step) => stampRun(step, run));
  const at = { context, panel, run, scope: 'hold' as const, resources: new Map<string, never>(), fences: leases() };
  const done = await applyPlan<Changed>(
    at,
    work,
    { ...plan, steps },
    {
      password: null,
      readStop: readStop ?? (() => Promise.resolve(null)),
      stopped: (stopped) => stopped,
      apply: (step, how) => agents.apply(step, how),
      isHopeless: ({ error }) => error !== null && HOPELESS.includes(error.code),
    },
  );
  return [...done.work.actions];
}

/** Returns a step whose evidence names its run. */
function stampRun(step: Step, run: string): Step {
  const { begins } = step;
  return begins === null ? step : { ...step, begins: { ...begins, prior: { ...(begins.prior as object), run } } };
}

type NamedPanel = Pick<AgentsOnPanel, 'context' | 'name'>;

/** Returns a journal row as a command lists it. */
export function listed(on: NamedPanel, action: ActionRecord): ListedAction {
  const { payload, state, errorCode, errorMessage } = action;
  const { agent = null } = ((payload as { payload?: unknown } | null)?.payload ?? {}) as { agent?: string | null };
  const isWrong = errorCode !== null && (state === 'failed' || state === 'in-doubt');
  const error = isWrong ? { code: errorCode, message: errorMessage ?? errorCode } : null;
  return { ...toActionView((name) => on.context.findKind(name), action), agent, error };
}

/** Returns a step as a preview lists it. */
export function planned({ context, name: panel }: NamedPanel, { type, target, prior, payload }: Step): ListedAction {
  const name = toActionName(context.findKind(panel), { type, target, prior, payload });
  return { type, target, name, state: 'planned', agent: (payload as { agent: string }).agent, error: null };
}

/**
 * Resolves actions on agents' users that an earlier run left planned or in doubt, by what the panel shows now. Returns those
 * still in doubt.
 */
export async function resolveUsers(on: UserChanges): Promise<ListedAction[]> {
  const { context, name } = on;
  return readUnresolved(on, async (row, outcome) => {
    const nothing = { actions: [], evidence: [], holds: [], error: null, passwordSet: false, cycle: null };
    const changed: Changed = { service: { id: null, panel: name }, ...nothing };
    const { refs: _refs, zeroed: _zeroed, ...end } = outcome;
    await endAction({ context, fences: on.leases() }, changed, row, end);
  });
}

/** Returns the lists as they are once such actions are resolved, and the actions that stay in doubt. Stores nothing. */
export async function foreseeUsers(
  on: UserChanges,
  read: AgentsRead,
): Promise<{ read: AgentsRead; open: ListedAction[] }> {
  let { evidence } = read.records;
  const open = await readUnresolved(on, (row, outcome) => {
    evidence = evidenceAfter(evidence, toEnd(on.context, row, outcome));
  });
  return { read: { ...read, records: { ...read.records, evidence } }, open };
}

/** Reads how such actions ended, passes on those of which that is known, one after the other, and returns the others. */
async function readUnresolved(
  on: UserChanges,
  onKnown: (row: ActionRecord, outcome: StepOutcome) => Promise<void> | void,
): Promise<ListedAction[]> {
  const rows = await eachResolved(await listUnresolved(on), (row) => readOutcome(on, row), onKnown);
  return rows.map((row) => ({ ...listed(on, row), error: outcomeUnknown(row) }));
}

/** Returns the open actions on agents' users that no run works on. */
async function listUnresolved({ context, name }: NamedPanel): Promise<ActionRecord[]> {
  const rows = (await context.store.actions.unresolved({ panel: name })).filter(({ service }) => service === null);
  const left: ActionRecord[] = [];
  for (const row of rows) {
    const run = LEASED.includes(row.type) ? null : await context.store.runs.get(row.run);
    if (run === null || !(await isAtWork(context, run))) left.push(row);
  }
  return left;
}

/** Returns how an action ended, by what the panel shows now; null while that is unknown. */
async function readOutcome({ context, agents, name }: UserChanges, row: ActionRecord): Promise<StepOutcome | null> {
  if (row.type === AGENT_STEPS.create) {
    // While its reservation is open, the user may still be created.
    const reservation = await context.store.agentReservations.get(name, row.target);
    if (reservation?.state === 'open' && row.calledAt !== null) return null;
  }
  const look = async (): Promise<Observation | null> => {
    try {
      return await agents.observe(row.target);
    } catch (error) {
      if (isPanelError(error)) return null;
      throw error;
    }
  };
  const first = row.calledAt === null ? null : await look();
  const observation = await waitForFresh(context, agents, { observation: first, unresolved: [row] }, look);
  return outcomeByReading(agents, { observation }, row);
}
