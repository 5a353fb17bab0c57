import { SluiceError } from '@sluice/panel-kind';
import type { StoreTables, SwitchRecord } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { readEnforcements } from '../../context/enforcement.js';
import { isAtWork, withRun } from '../../kernel/run/bracket.js';
import type { RunReport } from '../../kernel/run/report.js';
import { runPanels } from '../../loop/run.js';
import type { RunPart } from '../../loop/run-part.js';
import { requirePanelName } from '../../base/config/find-panel.js';
import type { Session } from '../../context/context.js';
import { suggestion } from '../../base/suggestion.js';

/** `enforce --json` and `observe --json` (docs/json.md). */
export interface SwitchReport {
  panel: string;
  product: string | null;
  enforce: 'on' | 'observe';
  source: string;
  /** When the switch was set, and who set it; null for a setting of the config. */
  since: string | null;
  by: string | null;
  /** Preview of the first run; null for `observe`. */
  plan: RunReport | null;
  /** Changes under way that did not end within the wait; absent where there are none. */
  underWay?: number;
}

/** How long changes under way are waited for: longer than a panel needs to answer. */
const LONGEST_WAIT_MS = 30_000;
const RETRY_MS = 100;

/** Checks the panel and product of a switch. */
export function checkSwitch(session: Session, panel: string, product: string | null): void {
  const { products } = session.config;
  requirePanelName(session, panel);
  if (product === null) return;
  const own = Object.keys(products).filter((name) => products[name]?.panel === panel);
  if (!own.includes(product)) {
    throw notFound('unknown_product', `Panel "${panel}" has no product "${product}"${suggestion(product, own)}`);
  }
}

/** Stores a switch; one of a whole panel replaces those of its products. */
export async function storeSwitch(tables: StoreTables, wanted: SwitchRecord): Promise<void> {
  if (wanted.product === null) await tables.switches.clear(wanted.panel);
  await tables.switches.set(wanted);
}

/**
 * Returns a preview of the first run under `enforce`.
 *
 * @throws SluiceError `interrupted`; `doctor_failed` if the preview could not read a single service
 */
export async function planEnforcing(
  session: Session,
  panel: string,
  product: string | null,
  parts: readonly RunPart[],
): Promise<RunReport> {
  const assumed: SwitchRecord = { panel, product, enforce: 'on', since: session.now(), actor: session.deps.actor() };
  const request = { command: 'plan', panel, dryRun: true, allowMass: false, observeAll: true, assumed };
  const plan = await runPanels(session, request, parts);
  session.deps.signal.throwIfAborted();
  const errors = [plan.error, ...plan.services.map(({ error }) => error)].filter((error) => error !== null);
  if (plan.totals.read === 0 && errors[0] !== undefined) throw notReady(panel, [errors[0].message]);
  return plan;
}

/** Returns the error for a panel that can't be enforced yet. */
export function notReady(panel: string, problems: string[]): SluiceError {
  const message = `Panel "${panel}" is not ready; enforcement was not changed:`;
  return new SluiceError('doctor_failed', message, { details: { panel }, lines: problems });
}

/**
 * Sets the switch of a panel or of one of its products, in force at once, also for runs under way. `observe` waits for their
 * changes under way, so that nothing changes on the panel after it returns.
 */
export async function setSwitch(
  session: Session,
  panel: string,
  product: string | null,
  enforce: 'on' | 'observe',
): Promise<SwitchReport> {
  checkSwitch(session, panel, product);
  const command = `${enforce === 'on' ? 'enforce' : 'observe'} ${panel}${product === null ? '' : ` for ${product}`}`;
  await withRun(session, { command, dryRun: false }, (run) =>
    run.store((tables) =>
      storeSwitch(tables, { panel, product, enforce, since: session.now(), actor: session.deps.actor() }),
    ),
  );
  return switchReport(session, panel, product);
}

/** Removes the switches of a panel: the config decides again. */
export async function dropSwitch(session: Session, panel: string): Promise<SwitchReport> {
  checkSwitch(session, panel, null);
  await withRun(session, { command: `as-configured ${panel}`, dryRun: false }, (run) =>
    run.store((tables) => tables.switches.clear(panel)),
  );
  return switchReport(session, panel, null);
}

async function switchReport(session: Session, panel: string, product: string | null): Promise<SwitchReport> {
  const { value, ...set } = (await readEnforcements(session.config, session.store)).of(panel, product);
  const underWay = value === 'observe' ? await changesEnded(session, panel) : 0;
  return { panel, product, enforce: value, ...set, plan: null, ...(underWay > 0 ? { underWay } : {}) };
}

/** Waits for changes under way on the panel, and returns how many are left. */
async function changesEnded(session: Session, panel: string): Promise<number> {
  const { clock, signal } = session.deps;
  for (let leftMs = LONGEST_WAIT_MS; ; leftMs -= RETRY_MS) {
    const underWay = await changesUnderWay(session, panel);
    if (underWay === 0 || leftMs <= 0 || signal.aborted) return underWay;
    await clock.sleep(RETRY_MS, signal);
  }
}

async function changesUnderWay(session: Session, panel: string): Promise<number> {
  const { store } = session;
  const rows = (await store.actions.unresolved({ panel })).filter(({ calledAt }) => calledAt !== null);
  let underWay = 0;
  for (const run of new Set(rows.map((row) => row.run))) {
    const record = await store.runs.get(run);
    if (record !== null && (await isAtWork(session, record))) underWay += rows.filter((row) => row.run === run).length;
  }
  return underWay;
}
