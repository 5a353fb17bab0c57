import type { Panel } from '@sluice/panel-kind';
import { panelLease } from '../leases.js';
import { readEnforcements } from '../panels/enforcement.js';
import { brakeKey, findMoved } from '../run/brake-state.js';
import { withRun } from '../run/bracket.js';
import { listStopped, noteTakeOver, stoppedKey } from '../run/reversals.js';
import { acceptMark, readMark, writeMark } from '../run/store-mark.js';
import { requirePanelName } from '../services/panels.js';
import type { Session } from '../session.js';
import { type Check, toChecks } from './check.js';

/**
 * Lets this store change a panel again that a copy of it changes, or all such panels, and writes its mark there, so that the copy
 * changes nothing on it any more. Logged as a run. A panel that can't be read is left as it is.
 *
 * @throws PanelError where the mark can't be read or written; SluiceError `lease_held` while a run works on the panel
 */
export async function takeOver(session: Session, only: string | undefined): Promise<Check[]> {
  if (only !== undefined) requirePanelName(session, only);
  const checks: Check[] = [];
  for (const name of only === undefined ? Object.keys(session.config.panels) : [only]) {
    const panel = await session.panel(name);
    if (only !== undefined || (await isStopped(session, panel))) checks.push(await takeOverOne(session, panel));
  }
  return checks.length > 0 ? checks : [toChecks('take-over', 'all panels')('ok', 'no panel has to be taken over')];
}

async function isStopped(session: Session, panel: Panel): Promise<boolean> {
  const { name } = panel;
  if ((await findMoved(session, name)) !== null || (await listStopped(session.store, name)).length > 0) return true;
  return (await readMark(session, panel)).is === 'foreign';
}

async function takeOverOne(session: Session, panel: Panel): Promise<Check> {
  const { name } = panel;
  // eslint-disable-next-line no-restricted-syntax -- the name of such runs in the log
  return withRun(session, { command: 'doctor --take-over', dryRun: false, scope: `panel ${name}` }, async (run) => {
    await run.leases.take(panelLease(name), 0);
    await run.start();
    const enforcement = (await readEnforcements(session.config, session.store)).ofPanel(name);
    const isObserved = enforcement.value === 'observe' && enforcement.except.length === 0;
    const mark = await readMark(session, panel);
    if (mark.is === 'foreign') await acceptMark(session, name, mark.token);
    // Nothing is written to a panel under observe: its first change writes the mark.
    if (!isObserved) await writeMark(session, panel);
    const stopped = await listStopped(session.store, name);
    await session.write(run.leases.held, async (tables) => {
      await tables.conditions.end(brakeKey(name, 'store'));
      for (const target of stopped) await tables.conditions.end(stoppedKey(name, target));
      await noteTakeOver(tables, name, session.now());
    });
    await run.end({ outcome: 'done', changes: true });
    const count = stopped.length === 0 ? '' : `; runs change ${stopped.length} stopped targets again`;
    return toChecks('take-over', name)('ok', `this store changes the panel from now on${count}: stop the copy of it`);
  });
}
