import type { Panel } from '@sluice/panel-kind';
import { printable } from '@sluice/panel-http/printable';
import type { MovedError } from '../../base/errors.js';
import { readEnforcements } from '../../context/enforcement.js';
import type { Session } from '../../context/context.js';
import { endBrake, findMoved, noteMoved } from '../run/brake-state.js';
import { readMark, writeMark } from './store-mark.js';

/**
 * Returns why this store must not change a panel: a copy of it has changed the panel since, or something reverses its changes.
 * Where it may, writes its mark, on panels with a place for one. Asked once in a session, before the first change on a panel.
 * Under `observe` what a command changes is allowed, and no mark is written. A mark that can't be read or written prevents
 * nothing; `doctor` reports it.
 */
export function mayChange(session: Session, panel: Panel, { dryRun }: { dryRun: boolean }): Promise<MovedError | null> {
  const known = session.changing.get(panel.name);
  if (known !== undefined) return known;
  const asked = ask(session, panel, dryRun);
  session.changing.set(panel.name, asked);
  return asked;
}

async function ask(session: Session, panel: Panel, dryRun: boolean): Promise<MovedError | null> {
  const { name } = panel;
  if (await isObserved(session, name)) return null;
  const found = await findMoved(session, name);
  if (found !== null) return movedError(name, found.since, found.message);
  if (panel.mark === undefined) return null;
  const answer = await readMark(session, panel);
  if (answer.is === 'foreign') {
    const error = movedError(name, session.now(), describeWriter(answer));
    if (!dryRun) await session.store.write((tables) => noteMoved(tables, { run: session.runId, error }));
    return error;
  }
  // What a later version wrote stays.
  if (!dryRun && answer.is !== 'unknown') await writeMark(session, panel).catch(leaveToDoctor);
  return null;
}

/** Returns whether nothing on a panel is enforced, for no product. */
export async function isObserved({ config, store }: Session, panel: string): Promise<boolean> {
  const { value, except } = (await readEnforcements(config, store)).ofPanel(panel);
  return value === 'observe' && except.length === 0;
}

/** Notes that a run was not stopped. Under `observe` a copy of the store may change the panel. */
export async function endStops(session: Session, panel: string): Promise<void> {
  await endBrake(session.store, panel, 'services');
  if (await isObserved(session, panel)) await endBrake(session.store, panel, 'store');
}

/** A panel that refuses the mark is changed nonetheless: the next run tries again. */
function leaveToDoctor(): void {
  return undefined;
}

/** Returns who changed the panel, in a sentence. */
export function describeWriter({ at, host }: { at: string; host: string }): string {
  const [name = host] = host.split(' (');
  return printable(`another copy of this store changed the panel at ${at}, on host ${name}`);
}

/** Returns the error of what must not change a panel. */
export function movedError(panel: string, since: string, why: string): MovedError {
  const details = { panel, changing: null, active: null, since, why };
  return { code: 'store_moved', message: `${panel}: ${why}; nothing was changed`, details };
}
