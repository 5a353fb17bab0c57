import { SluiceError } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import type { Session } from '../session.js';
import { isCommandRow, COMMAND_PREFIX } from '../run/journal.js';

/** Why a service is skipped whose termination is not finished; the code of its notice and of refusals. */
export const UNFINISHED = 'termination_unfinished';

/** A termination that was ordered and is not finished. */
export interface Termination {
  order: string;
  since: string;
  by: string;
  /** Steps that were tried and not done, in words. */
  remains: string[];
}

/** Whether this is an order to terminate a service; one without a name is an older version's, which only a repeat finishes. */
export function isTermination(row: ActionRecord): boolean {
  return row.type === `${COMMAND_PREFIX}terminate` && byIn(row) !== undefined;
}

function byIn({ payload }: ActionRecord): string | undefined {
  return (payload as { by?: string } | null)?.by;
}

async function loadTermination(session: Session, row: ActionRecord): Promise<Termination> {
  const tried = await session.store.actions.list({ service: row.service ?? '', since: row.plannedAt });
  const last = new Map(
    tried.filter((action) => !isCommandRow(action)).map((action) => [`${action.type} ${action.target}`, action.state]),
  );
  const isDone = (state: string): boolean => state === 'applied' || state === 'unneeded';
  const remains = [...last].filter(([, state]) => !isDone(state)).map(([step]) => step);
  return { order: row.id, since: row.plannedAt, by: byIn(row) ?? '', remains };
}

/** Those of these services, by service. */
export async function openTerminations(session: Session, services: string[]): Promise<Map<string, Termination>> {
  return terminationsIn(session, await session.store.actions.unsettled({ services }));
}

/** Those among these rows, by service. */
export async function terminationsIn(session: Session, unsettled: ActionRecord[]): Promise<Map<string, Termination>> {
  const terminations = new Map<string, Termination>();
  for (const row of unsettled.filter(isTermination)) {
    const termination = await loadTermination(session, row);
    if (row.service !== null) terminations.set(row.service, termination);
  }
  return terminations;
}

/** Since when, by whom, and what remains. */
export function describeTermination(
  id: string,
  { since, by, remains }: Pick<Termination, 'since' | 'by' | 'remains'>,
): string {
  const rest = remains.length === 0 ? 'its account' : remains.join(', ');
  return `the termination of ${id}, which ${by} ordered at ${since}, is not finished; ${rest} remains`;
}

/** A service that is being terminated takes no other command. */
export async function refuseUnfinished(session: Session, id: string): Promise<void> {
  const termination = (await openTerminations(session, [id])).get(id);
  if (!termination) return;
  throw new SluiceError(UNFINISHED, `"${id}" was not changed: ${describeTermination(id, termination)}`, {
    details: { service: id, since: termination.since, by: termination.by },
  });
}
