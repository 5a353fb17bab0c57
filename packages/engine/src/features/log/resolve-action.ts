import type { LogEntry } from '@sluice/contract/documents';
import { notDone, SluiceError, type StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord, StoreTables } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { panelLease, serviceLease } from '../../context/leases.js';
import { actionEntries, withServiceNames } from './log.js';
import { withRun } from '../../kernel/run/bracket.js';
import { isAtWork } from '../../kernel/run/run-request.js';
import { COMMAND_PREFIX, isCommandRow } from '../../kernel/subject/command-row.js';
import { storeEnd } from '../../kernel/changes/journal.js';
import type { Context } from '../../context/context.js';
import { suggestion } from '../../base/suggestion.js';

/** Options of `action resolve`. */
export interface ResolveRequest {
  done: boolean;
  waitMs: number;
}

/**
 * Resolves an action in doubt as the operator reports, where its outcome can't be read from the panel. If it was done, its evidence
 * starts and ends as usual, so that a release undoes it. Calls no panel.
 *
 * @throws SluiceError `unknown_action`, `action_settled` or `action_not_called`; `lease_held` while a run works on it
 */
export async function resolveAction(context: Context, id: string, request: ResolveRequest): Promise<LogEntry> {
  const { service, panel } = await requireUnresolved(context, id);
  const purpose = { command: 'action resolve', dryRun: false, service: service ?? undefined } as const;
  await withRun(context, purpose, async (run) => {
    const name = service === null ? panelLease(panel) : serviceLease(service);
    const lease = await run.leases.take(name, request.waitMs);
    // The previous holder of the lease may have resolved it.
    const row = await requireUnresolved(context, id);
    await refuseWhileAtWork(context, row);
    const outcome = request.done ? await doneOutcome(context, row) : NOT_DONE;
    await context.write([lease], async (tables) => {
      await run.start(tables);
      await endAsStated(context, row, outcome, tables);
      await run.end({ outcome: 'done', changes: false }, tables);
    });
  });
  const [entry] = await withServiceNames(context, [actionEntries(context)(await requireAction(context, id))]);
  if (entry === undefined) throw new Error('one action is one entry');
  return entry;
}

const NOT_DONE = notDone('the operator reported that the action was not done');

async function doneOutcome(context: Context, row: ActionRecord): Promise<StepOutcome> {
  const panel = row.service === null ? null : await context.panel(row.panel);
  return panel?.accounts?.doneOutcome(row, context.now()) ?? { state: 'applied', observed: null, error: null };
}

async function endAsStated(
  context: Context,
  row: ActionRecord,
  outcome: StepOutcome,
  tables: StoreTables,
): Promise<void> {
  const { refs, zeroed, ...rest } = outcome;
  const word = { as: rest.state === 'applied' ? 'done' : 'not-done', at: context.now(), run: context.runId };
  const observed = { ...(row.observed as object | null), resolved: word };
  const service = row.service === null ? null : await tables.services.get(row.service);
  const changes = service === null ? {} : { ...(refs && { refs }), ...(zeroed && { zeroed }) };
  await storeEnd(context, row, { ...rest, observed, ...changes }, tables);
}

async function requireAction(context: Context, id: string): Promise<ActionRecord> {
  const row = await context.store.actions.get(id);
  if (row) return row;
  const open = (await context.store.actions.unresolved()).filter((item) => item.calledAt !== null);
  const known = open.map((item) => item.id);
  const hint = suggestion(id, known);
  throw notFound('unknown_action', `There is no action "${id}"`, { action: id }, hint.length > 200 ? '' : hint);
}

async function requireUnresolved(context: Context, id: string): Promise<ActionRecord> {
  const row = await requireAction(context, id);
  const what = `${row.type} ${row.target} ("${id}")`;
  if (row.state !== 'planned' && row.state !== 'in-doubt') {
    throw new SluiceError(
      'action_settled',
      `${what} has been ${row.state} since ${row.endedAt ?? row.plannedAt}: there is nothing to resolve`,
      { details: { action: id, state: row.state } },
    );
  }
  if (isCommandRow(row)) {
    const verb = row.type.slice(COMMAND_PREFIX.length);
    throw new SluiceError('action_not_called', `${what} is an interrupted command, not a single action`, {
      details: { action: id, verb, service: row.target },
    });
  }
  if (row.calledAt === null) {
    throw new SluiceError(
      'action_not_called',
      `${what} was never sent to the panel, so it was not done: the next run resolves it`,
      { details: { action: id } },
    );
  }
  return row;
}

/** Refuses an action of a live run, since some commands about agents' users hold no lease. */
async function refuseWhileAtWork(context: Context, row: ActionRecord): Promise<void> {
  if (row.service !== null) return;
  const run = await context.store.runs.get(row.run);
  if (run === null || !(await isAtWork(context, run))) return;
  throw new SluiceError(
    'lease_held',
    `${row.type} ${row.target} is in use by ${run.id} (process ${run.pid} on ${run.host}). Try again when that run has ended`,
    { kind: 'busy', details: { holders: [run.id] } },
  );
}
