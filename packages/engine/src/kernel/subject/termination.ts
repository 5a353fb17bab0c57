import { SluiceError } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { isCommandRow, COMMAND_PREFIX } from './command-row.js';

/** Code of the notice and of refusals for a service whose termination is not finished. */
export const UNFINISHED = 'termination_unfinished';

/** An unfinished termination. */
export interface Termination {
  command: string;
  since: string;
  by: string;
  /** Steps that were tried and failed. */
  remains: string[];
}

/** Returns whether the row is a termination; rows of older versions name nobody, and only a repeat finishes them. */
export function isTermination(row: ActionRecord): boolean {
  return row.type === `${COMMAND_PREFIX}terminate` && findRequester(row) !== undefined;
}

function findRequester({ payload }: ActionRecord): string | undefined {
  return (payload as { by?: string } | null)?.by;
}

async function loadTermination(context: Context, row: ActionRecord): Promise<Termination> {
  const tried = await context.store.actions.list({ service: row.service ?? '', since: row.plannedAt });
  const last = new Map(
    tried.filter((action) => !isCommandRow(action)).map((action) => [`${action.type} ${action.target}`, action.state]),
  );
  const isDone = (state: string): boolean => state === 'applied' || state === 'unneeded';
  const remains = [...last].filter(([, state]) => !isDone(state)).map(([step]) => step);
  return { command: row.id, since: row.plannedAt, by: findRequester(row) ?? '', remains };
}

/** Lists the unfinished terminations of these services, by service. */
export async function openTerminations(context: Context, services: string[]): Promise<Map<string, Termination>> {
  return terminationsIn(context, await context.store.actions.unresolved({ services }));
}

/** Lists the unfinished terminations among these journal rows, by service. */
export async function terminationsIn(context: Context, unresolved: ActionRecord[]): Promise<Map<string, Termination>> {
  const terminations = new Map<string, Termination>();
  for (const row of unresolved.filter(isTermination)) {
    const termination = await loadTermination(context, row);
    if (row.service !== null) terminations.set(row.service, termination);
  }
  return terminations;
}

/** Describes a termination: who requested it, when, and what is left. */
export function describeTermination(
  id: string,
  { since, by, remains }: Pick<Termination, 'since' | 'remains'> & { by: string | null },
): string {
  const rest = remains.length === 0 ? 'its account' : remains.join(', ');
  return `the termination of ${id}, requested by ${by ?? 'the provider'} at ${since}, is not finished; remaining: ${rest}`;
}

/** Refuses other commands for a service with an unfinished termination. */
export async function refuseUnfinished(context: Context, id: string): Promise<void> {
  const termination = (await openTerminations(context, [id])).get(id);
  if (!termination) return;
  throw new SluiceError(UNFINISHED, `"${id}" was not changed: ${describeTermination(id, termination)}`, {
    details: { service: id, since: termination.since, by: termination.by },
  });
}
