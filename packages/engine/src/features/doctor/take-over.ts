import type { Check } from '@sluice/contract/documents';
import type { Panel } from '@sluice/panel-kind';
import { panelLease } from '../../context/leases.js';
import { brakeKey, findMoved } from '../../kernel/run/brake-state.js';
import { withRun } from '../../kernel/run/bracket.js';
import { listStopped, noteTakeOver, stoppedKey } from '../../kernel/changes/reversals.js';
import { acceptMark, readMark, writeMark } from '../../kernel/changes/store-copy.js';
import { isObserved } from '../../kernel/changes/store-copy.js';
import { requirePanelName } from '../../base/config/find-panel.js';
import { takeOverBilling } from '../billing/billing-address.js';
import type { Context } from '../../context/context.js';
import { toChecks } from '../../base/check.js';

/**
 * Lets this store change a panel again that a copy of it changes, or all such panels, and writes its mark there, so that the copy
 * changes nothing on it any more. Logged as a run. A panel that can't be read is only
 * taken over by its name.
 *
 * @throws SluiceError `lease_held` while a run works on the panel
 */
export async function takeOver(context: Context, only: string | undefined): Promise<Check[]> {
  if (only !== undefined) requirePanelName(context, only);
  const checks: Check[] = [];
  for (const name of only === undefined ? Object.keys(context.config.panels) : [only]) {
    const panel = await context.panel(name);
    if (only !== undefined || (await isStopped(context, panel))) checks.push(await takeOverOne(context, panel));
  }
  if (only === undefined) checks.push(...(await takeOverBilling(context)));
  return checks.length > 0 ? checks : [toChecks('take-over', 'all panels')('ok', 'nothing has to be taken over')];
}

async function isStopped(context: Context, panel: Panel): Promise<boolean> {
  const { name } = panel;
  if ((await findMoved(context, name)) !== null || (await listStopped(context.store, name)).length > 0) return true;
  return (await readMark(context, panel)).is === 'foreign';
}

async function takeOverOne(context: Context, panel: Panel): Promise<Check> {
  const { name } = panel;
  // oxlint-disable-next-line sluice/syntax -- the name of such runs in the log
  return withRun(context, { command: 'doctor --take-over', dryRun: false, scope: `panel ${name}` }, async (run) => {
    await run.leases.take(panelLease(name), 0);
    await run.start();
    const mark = await readMark(context, panel);
    if (mark.is === 'foreign') await acceptMark(context, name, mark);
    // Nothing is written to a panel under observe: its first change writes the mark.
    const refusal = (await isObserved(context, name)) ? null : await tryToMark(context, panel);
    const stopped = await listStopped(context.store, name);
    await context.write(run.leases.held, async (tables) => {
      await tables.conditions.end(brakeKey(name, 'store'));
      for (const target of stopped) await tables.conditions.end(stoppedKey(name, target));
      await noteTakeOver(tables, name, context.now());
    });
    await run.end({ outcome: 'done', changes: true });
    const count = stopped.length === 0 ? '' : `; runs change ${stopped.length} stopped targets again`;
    const message = `this store changes the panel from now on${count}: stop the copy of it`;
    const check = toChecks('take-over', name);
    return refusal === null ? check('ok', message) : check('warning', `${message}, which can't notice it: ${refusal}`);
  });
}

/** Writes the mark; returns why the panel refuses it, which keeps no operator from going on with this store. */
async function tryToMark(context: Context, panel: Panel): Promise<string | null> {
  try {
    await writeMark(context, panel);
    return null;
  } catch (error) {
    return `the mark could not be written: ${(error as Error).message}`;
  }
}
