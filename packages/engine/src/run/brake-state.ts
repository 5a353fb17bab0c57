import type { ItemError } from '@sluice/panel-kind';
import type { ConditionRecord, StateStore, StoreTables } from '@sluice/state-store';
import type { Session } from '../session.js';

/** The error of a run that the brake stops. */
export type BrakeError = ItemError & { details: { panel: string; changing: number; active: number } };

/** Returns whether the brake stopped a run, by the run's error. */
export function isBrakeError(error: { code: string } | null): error is BrakeError {
  return error?.code === 'mass_change';
}

/** What the brake counts. */
export type BrakedSubjects = 'services' | 'agents';

/** The brake stopped the last run over a panel: nothing is changed on it. */
export interface BrakeState {
  panel: string;
  subjects: BrakedSubjects;
  /** When the brake stopped a run for the first time, since a run was not stopped. */
  since: string;
  /** Runs that it stopped, one after the other. */
  runs: number;
  /** The last of them; null where an earlier version stored it. */
  run: string | null;
  /** Services, or agents, that it would have changed, of so many active ones; null where an earlier version stored it. */
  changing: number | null;
  active: number | null;
  /** What would have been changed, in a sentence. */
  message: string;
}

/** What is stored of the last run that was stopped. */
type Details = Pick<BrakeState, 'run' | 'changing' | 'active' | 'message'>;

const EVERY: readonly BrakedSubjects[] = ['services', 'agents'];

/** The key of the condition that the brake stops the runs over a panel, or over its agents. */
export const brakeKey = (panel: string, subjects: BrakedSubjects): string =>
  `brake:${subjects === 'agents' ? 'agents:' : ''}${panel}`;

/** The beginning of the key of a notice that the brake stopped a check of a panel's agents; the id of the run follows. */
export const agentsBrakeNotice = (panel: string): string => `${panel}:agents:`;

/**
 * Returns whether the brake stopped the last run over a panel or over its agents: the only place that knows. It ends with the
 * next run over the panel that is not stopped, also because the panel is under `observe`; a run that can't read the panel ends
 * nothing.
 */
export async function findBrake({ store }: Pick<Session, 'store'>, panel: string): Promise<BrakeState | null> {
  for (const subjects of EVERY) {
    const condition = await store.conditions.get(brakeKey(panel, subjects));
    if (condition !== null) return toState(panel, subjects, condition);
  }
  return null;
}

/** Returns the panels of the config whose last run the brake stopped, in the order of the config. */
export async function listBrakes(session: Session): Promise<BrakeState[]> {
  const found: BrakeState[] = [];
  for (const panel of Object.keys(session.config.panels)) {
    const brake = await findBrake(session, panel);
    if (brake !== null) found.push(brake);
  }
  return found;
}

function toState(panel: string, subjects: BrakedSubjects, { since, runs, details }: ConditionRecord): BrakeState {
  const message = 'the brake stopped the last run before its first change';
  const stored = (details ?? { run: null, changing: null, active: null, message }) as Details;
  const { run, changing, active, message: text } = stored;
  return { panel, subjects, since, runs, run, changing, active, message: text };
}

/** Returns what the brake keeps from being changed, in a sentence; `since` is the instant as the reader's times are. */
export function describeBrake(
  brake: Pick<BrakeState, 'panel' | 'subjects' | 'changing' | 'active'>,
  since: string,
): string {
  const { panel, subjects, changing, active } = brake;
  const nothing = `Nothing was changed on panel ${panel} since ${since}`;
  if (changing === null || active === null) return `${nothing}: the brake stopped the last run.`;
  const [some, all] = [changing, active].map((count) => count.toLocaleString('en'));
  return `${nothing}: the last run would have changed ${some ?? ''} of ${all ?? ''} ${subjects} at once, and the brake stopped it.`;
}

/** Notes that the brake stopped a run, in the transaction that stores its notice. */
export async function noteBrake(
  tables: Pick<StoreTables, 'conditions'>,
  subjects: BrakedSubjects,
  { run, at, error }: { run: string; at: string; error: BrakeError },
): Promise<void> {
  const { panel, changing, active } = error.details;
  const key = brakeKey(panel, subjects);
  const known = await tables.conditions.get(key);
  const details: Details = { run, changing, active, message: error.message };
  await tables.conditions.put({ key, since: known?.since ?? at, runs: (known?.runs ?? 0) + 1, details });
}

/** Notes that a run was not stopped. */
export async function endBrake(store: StateStore, panel: string, subjects: BrakedSubjects): Promise<void> {
  const key = brakeKey(panel, subjects);
  if ((await store.conditions.get(key)) !== null) await store.write((tables) => tables.conditions.end(key));
}
