import type { RunReport, SwitchReport } from '@sluice/contract/documents';
import { SluiceError } from '@sluice/panel-kind';
import type { StoreTables, SwitchRecord } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { readEnforcements } from '../../context/enforcement.js';
import { withRun } from '../../kernel/run/bracket.js';
import { isAtWork } from '../../kernel/run/run-request.js';
import { endBrakes } from '../../kernel/run/brake-state.js';
import { runPanels } from '../../loop/run.js';
import type { RunParts } from '../../loop/run-part.js';
import { productName } from '../../base/config/package-name.js';
import { requirePanelName } from '../../base/config/find-panel.js';
import type { Context } from '../../context/context.js';
import { suggestion } from '../../base/suggestion.js';

/** How long changes under way are waited for: longer than a panel needs to answer. */
const LONGEST_WAIT_MS = 30_000;
const RETRY_MS = 100;

/** Checks the panel and product of a switch. */
export function checkSwitch(context: Context, panel: string, product: string | null): void {
  const { products } = context.config;
  requirePanelName(context, panel);
  if (product === null) return;
  const own = Object.keys(products).filter((name) => products[name]?.panel === panel);
  if (!own.includes(product)) {
    throw notFound('unknown_product', `Panel "${panel}" has no product "${product}"`, {}, suggestion(product, own));
  }
}

/** Stores a switch; one of a whole panel replaces those of its products. */
export async function storeSwitch(tables: StoreTables, wanted: SwitchRecord): Promise<void> {
  if (wanted.product === null) await tables.switches.clear(wanted.panel);
  await tables.switches.set(wanted);
}

/**
 * Returns a preview of the first run under `enforce`: of what it changes, not of what stays under `observe`.
 *
 * @throws SluiceError `interrupted`; `doctor_failed` if the preview could not read a single service
 */
export async function planEnforcing(
  context: Context,
  panel: string,
  product: string | null,
  parts: RunParts,
): Promise<RunReport> {
  const assumed: SwitchRecord = { panel, product, enforce: 'on', since: context.now(), actor: context.deps.actor() };
  const request = { command: 'plan', panel, dryRun: true, allowMass: false, observeAll: true, assumed } as const;
  const plan = await runPanels(context, request, parts);
  context.deps.signal.throwIfAborted();
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
  context: Context,
  panel: string,
  product: string | null,
  enforce: 'on' | 'observe',
): Promise<SwitchReport> {
  checkSwitch(context, panel, product);
  const command = `${enforce === 'on' ? 'enforce' : 'observe'} ${describeScope(panel, product)}` as const;
  await withRun(context, { command, dryRun: false }, (run) =>
    run.store(async (tables) => {
      await storeSwitch(tables, { panel, product, enforce, since: context.now(), actor: context.deps.actor() });
      if (enforce === 'observe' && product === null) await endBrakes(tables, panel);
    }),
  );
  return switchReport(context, panel, product);
}

function describeScope(panel: string, product: string | null): string {
  return product === null ? panel : `${panel} for ${product}`;
}

/**
 * Removes the switches of a panel, also of one that is not in the config any more: the config decides again. With a product it
 * removes that one alone: a switch of the panel then decides for it, too.
 */
export async function dropSwitch(context: Context, panel: string, product: string | null): Promise<SwitchReport> {
  const removed = (await readEnforcements(context.config, context.store)).listRemoved();
  if (!removed.includes(panel)) checkSwitch(context, panel, product);
  await withRun(context, { command: `as-configured ${describeScope(panel, product)}`, dryRun: false }, (run) =>
    run.store((tables) => tables.switches.clear(panel, product ?? undefined)),
  );
  return switchReport(context, panel, product);
}

async function switchReport(context: Context, panel: string, product: string | null): Promise<SwitchReport> {
  const { value, ...set } = (await readEnforcements(context.config, context.store)).of(panel, product);
  const underWay = value === 'observe' ? await changesEnded(context, panel) : 0;
  const named = { product, productName: product === null ? null : productName(context.config, product) };
  return { panel, ...named, enforce: value, ...set, plan: null, ...(underWay > 0 ? { underWay } : {}) };
}

/** Waits for changes under way on the panel, and returns how many are left. */
async function changesEnded(context: Context, panel: string): Promise<number> {
  const { clock, signal } = context.deps;
  for (let leftMs = LONGEST_WAIT_MS; ; leftMs -= RETRY_MS) {
    const underWay = await changesUnderWay(context, panel);
    if (underWay === 0 || leftMs <= 0 || signal.aborted) return underWay;
    await clock.sleep(RETRY_MS, signal);
  }
}

async function changesUnderWay(context: Context, panel: string): Promise<number> {
  const { store } = context;
  const rows = (await store.actions.unresolved({ panel })).filter(({ calledAt }) => calledAt !== null);
  let underWay = 0;
  for (const run of new Set(rows.map((row) => row.run))) {
    const record = await store.runs.get(run);
    if (record !== null && (await isAtWork(context, record))) underWay += rows.filter((row) => row.run === run).length;
  }
  return underWay;
}
