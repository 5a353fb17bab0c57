import type { BrakeState, BrakedSubjects } from '@sluice/contract/documents';
import type { ItemError } from '@sluice/panel-kind';
import type { ConditionRecord, StateStore, StoreTables } from '@sluice/state-store';
import type { MovedError } from '../../base/errors.js';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';

/** The error of a run that the brake stops. */
export type BrakeError = ItemError & { details: { panel: string; changing: number; active: number; doubted: number } };

/** Returns whether the brake stopped a run, by the run's error. */
export function isBrakeError(error: { code: string } | null): error is BrakeError {
  return error?.code === 'mass_change';
}

/** Returns whether a run was stopped before its first change on a panel, by the run's error. */
export function isStopError(error: { code: string } | null): boolean {
  return error !== null && STOPS.includes(error.code);
}

const STOPS: readonly string[] = ['mass_change', 'store_moved'];

/** What is stored of the last run that was stopped. */
type Details = Pick<BrakeState, 'run' | 'changing' | 'active' | 'message'> & Partial<Pick<BrakeState, 'doubted'>>;

const EVERY: readonly BrakedSubjects[] = ['store', 'services', 'agents'];

/** The key of the condition that the brake stops the runs over a panel, or over its agents. */
export const brakeKey = (panel: string, subjects: BrakedSubjects): string =>
  `brake:${subjects === 'services' ? '' : `${subjects}:`}${panel}`;

/** The beginning of the key of a notice that the brake stopped a check of a panel's agents; the id of the run follows. */
export const agentsBrakeNotice = (panel: string): string => `${panel}:agents:`;

/** Returns since when a copy of the store changes a panel, and what shows it; null while none does. */
export async function findMoved({ store }: Pick<Context, 'store'>, panel: string): Promise<BrakeState | null> {
  const condition = await store.conditions.get(brakeKey(panel, 'store'));
  return condition === null ? null : toState(panel, 'store', condition);
}

/**
 * Returns whether the brake stopped the last run over a panel or over its agents: the only place that knows. It ends with the
 * next run over the panel that is not stopped, and is not there while the panel is under `observe`; a run that can't read the panel
 * ends nothing. Also returns that a copy of the store changes the panel.
 */
export async function findBrake(context: Pick<Context, 'store' | 'config'>, panel: string): Promise<BrakeState | null> {
  return (await findBrakes(context, panel))[0] ?? null;
}

/** Returns all that stops the runs over a panel, as `findBrake`: the brake can stop those over services and over agents. */
export async function findBrakes(
  { store, config }: Pick<Context, 'store' | 'config'>,
  panel: string,
): Promise<BrakeState[]> {
  const found: BrakeState[] = [];
  for (const subjects of EVERY) {
    const condition = await store.conditions.get(brakeKey(panel, subjects));
    if (condition !== null) found.push(toState(panel, subjects, condition));
  }
  if (found.length === 0) return found;
  const { value, except } = (await readEnforcements(config, store)).ofPanel(panel);
  const isStopped = ({ subjects }: BrakeState): boolean =>
    subjects === 'store' || value === 'on' || (subjects === 'services' && except.length > 0);
  return found.filter(isStopped);
}

/** Returns what stopped the last runs over the panels of the config, in the order of the config. */
export async function listBrakes(context: Context): Promise<BrakeState[]> {
  const found: BrakeState[] = [];
  for (const panel of Object.keys(context.config.panels)) found.push(...(await findBrakes(context, panel)));
  return found;
}

function toState(panel: string, subjects: BrakedSubjects, { since, runs, details }: ConditionRecord): BrakeState {
  const message = 'the brake stopped the last run before its first change';
  const stored = (details ?? { run: null, changing: null, active: null, message }) as Details;
  const { run, changing, active, doubted = null, message: text } = stored;
  return { panel, subjects, since, runs, run, changing, active, doubted, message: text };
}

/** Returns what the brake keeps from being changed, in a sentence; `since` is the instant as the reader's times are. */
export function describeBrake(
  brake: Pick<BrakeState, 'panel' | 'subjects' | 'changing' | 'active' | 'message'> &
    Partial<Pick<BrakeState, 'doubted'>>,
  since: string,
): string {
  const { panel, subjects, changing, active, message } = brake;
  const doubted = brake.doubted ?? 0;
  const who = subjects === 'agents' ? `No check of the agents of panel ${panel}` : `No run over panel ${panel}`;
  const nothing = `${who} changed anything since ${since}`;
  if (subjects === 'store') return `${nothing}: ${message}.`;
  if (changing === null || active === null) return `${nothing}: the brake stopped the last run.`;
  const [some, all] = [changing - doubted, active].map((count) => count.toLocaleString('en'));
  return `${nothing}: the last run would have changed ${some ?? ''} of ${all ?? ''} ${subjects} at once${describeDoubted(doubted)}, and the brake stopped it.`;
}

/** Returns how many more a run would change if their doubted readings were right; nothing for none. */
function describeDoubted(doubted: number): string {
  return doubted === 0 ? '' : `, and ${doubted.toLocaleString('en')} more if their doubted readings are right`;
}

/** Notes that the brake stopped a run, in the transaction that stores its notice. */
export async function noteBrake(
  tables: Pick<StoreTables, 'conditions'>,
  subjects: Exclude<BrakedSubjects, 'store'>,
  { run, at, error }: { run: string; at: string; error: BrakeError },
): Promise<void> {
  const { panel, changing, active, doubted } = error.details;
  await note(tables, brakeKey(panel, subjects), at, { run, changing, active, doubted, message: error.message });
}

/** Notes that a copy of the store changes a panel: nothing is changed on it until `doctor --take-over`. */
export async function noteMoved(
  tables: Pick<StoreTables, 'conditions'>,
  { run, error }: { run: string | null; error: MovedError },
): Promise<void> {
  const { panel, changing, active, since, why } = error.details;
  await note(tables, brakeKey(panel, 'store'), since, { run, changing, active, message: why });
}

async function note(tables: Pick<StoreTables, 'conditions'>, key: string, at: string, details: Details): Promise<void> {
  const known = await tables.conditions.get(key);
  await tables.conditions.put({ key, since: known?.since ?? at, runs: (known?.runs ?? 0) + 1, details });
}

/** Notes that a panel is under `observe`, where the brake stops nothing. */
export async function endBrakes(tables: Pick<StoreTables, 'conditions'>, panel: string): Promise<void> {
  for (const subjects of ['services', 'agents'] as const) await tables.conditions.end(brakeKey(panel, subjects));
}

/** Notes that a run was not stopped. */
export async function endBrake(store: StateStore, panel: string, subjects: BrakedSubjects): Promise<void> {
  const key = brakeKey(panel, subjects);
  if ((await store.conditions.get(key)) !== null) await store.write((tables) => tables.conditions.end(key));
}
