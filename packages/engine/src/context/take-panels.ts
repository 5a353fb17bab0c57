import { USE_CASES } from '@sluice/contract';
import { type ItemError, SluiceError, toItemError } from '@sluice/panel-kind';
import type { LeaseRecord } from '@sluice/state-store';
import type { Context } from './context.js';
import { COMMANDS_MS, leaseHeld, type Leases, leasesInUse, panelLease, turnLease } from './leases.js';

/** A panel that was left out of a run, and why. */
export interface PanelError {
  panel: string;
  error: ItemError;
}

/**
 * Acquires the leases of panels at the start of a run, and returns those panels; adds the ones that other runs hold to `left`. A
 * command on a panel is waited for.
 *
 * @throws SluiceError `lease_held` if other runs hold all of them
 */
export async function takePanels(
  context: Context,
  leases: Leases,
  names: readonly string[],
  left: PanelError[],
): Promise<string[]> {
  const held = new Map<string, LeaseRecord>();
  for (const name of names) {
    const result = await leases.tryTake(panelLease(name));
    if ('heldBy' in result) held.set(name, result.heldBy);
  }
  if (held.size > 0) await takeBehindCommands(context, leases, held);
  for (const [panel, holder] of held) left.push({ panel, error: toItemError(leaseHeld(`panel ${panel}`, [holder])) });
  if (held.size > 0 && held.size === names.length) throw leasesInUse([...held.values()]);
  return names.filter((name) => !held.has(name));
}

/**
 * Waits for the panels that commands work on, as the next to have them; the next commands wait for this run. Otherwise a caller that
 * sends commands without a break would keep each run from its panel.
 */
async function takeBehindCommands(context: Context, leases: Leases, held: Map<string, LeaseRecord>): Promise<void> {
  const { clock } = context.deps;
  const isNext = new Set<string>();
  const toTurn = (panel: string): string => turnLease(panelLease(panel));
  try {
    // All at once: commands end while the run waits for the panels before.
    for (const [panel, holder] of held) {
      if ((await isCommand(context, holder)) && 'lease' in (await leases.tryTake(toTurn(panel)))) isNext.add(panel);
    }
    const until = clock.now() + COMMANDS_MS;
    for (const panel of isNext) {
      const leftMs = Math.min(COMMANDS_MS, Math.max(0, until - clock.now()));
      if ((await leases.take(panelLease(panel), leftMs).catch(passLeaseHeld)) !== null) held.delete(panel);
    }
  } finally {
    for (const panel of isNext) await leases.release(toTurn(panel));
  }
}

/** The commands of the log of runs whose runs work for as long as there is work: another run leaves their panels to them. */
export const LONG: ReadonlySet<string> = new Set(
  Object.values(USE_CASES).flatMap(({ isLong, command = [] }) =>
    isLong === true ? [command].flat().map((words) => words.replace(/ --.*$/, '')) : [],
  ),
);

/** Returns whether a command holds a lease. A run that is not stored yet has only just begun. */
async function isCommand({ store }: Context, { run }: LeaseRecord): Promise<boolean> {
  const row = await store.runs.get(run);
  return row !== null && !LONG.has(row.command);
}

function passLeaseHeld(error: unknown): null {
  if (error instanceof SluiceError && error.code === 'lease_held') return null;
  throw error;
}
