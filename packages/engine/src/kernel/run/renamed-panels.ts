import { createHash } from 'node:crypto';
import type { StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { type Leases, panelLease } from '../../context/leases.js';
import { addNotices, type Notice, noticeRows } from './notice.js';

/** A panel whose name in the config changed. */
interface Rename {
  from: string;
  to: string;
}

const ADDRESS = 'panel-address:';

/** What the keys of conditions about a panel begin with, before its name. */
const KEYS = [
  ADDRESS,
  'acknowledged:calls-',
  'brake:',
  'brake:agents:',
  'brake:store:',
  'calls_compared:',
  'calls_due:',
  'calls_unbilled:',
  'left-out:',
  'mark:',
  'stopped:',
  'taken-over:',
  'unreachable:',
] as const;

/**
 * Renames a panel in what is stored of it, where the config has the same panel under another one: of the same kind, at the same
 * address. While another run works on it, that is left to the next one. Stores the addresses of the panels of the config.
 */
export async function followRenamedPanels(context: Context, run: string, leases: Leases): Promise<void> {
  const known = await readAddresses(context.store);
  const now = new Map(Object.entries(context.config.panels).map(([name, panel]) => [name, toAddress(panel)]));
  const renames = findRenames(known, now);
  for (const rename of renames) {
    const names = [rename.from, rename.to].map(panelLease);
    const isFree = await takeBoth(leases, names);
    if (isFree)
      await context.write(leases.toHeld(names), async (tables) => {
        await tables.panels.rename({ ...rename, keys: KEYS });
        await addNotices(context, tables, noticeRows(context, run, [toNotice(rename, run)]));
      });
    for (const name of names) await leases.release(name);
    // Nothing is known of the new name before everything of the old one is.
    if (!isFree) now.delete(rename.to);
  }
  const renamed = new Set(renames.map(({ to }) => to));
  const changed = [...now].filter(([name, address]) => known.get(name) !== address && !renamed.has(name));
  if (changed.length === 0) return;
  const since = context.now();
  await context.write([], async ({ conditions }) => {
    for (const [name, address] of changed)
      await conditions.put({ key: `${ADDRESS}${name}`, since, runs: 1, details: { address } });
  });
}

async function readAddresses({ conditions }: Pick<StoreTables, 'conditions'>): Promise<ReadonlyMap<string, string>> {
  const rows = await conditions.list(ADDRESS);
  return new Map(rows.map(({ key, details }) => [key.slice(ADDRESS.length), (details as { address: string }).address]));
}

/** A digest, since an address may have a secret path. */
function toAddress({ kind, url }: { kind: string; url: string }): string {
  const { href } = new URL(url);
  return createHash('sha256')
    .update(`${kind} ${href.replace(/\/$/, '')}`)
    .digest('hex');
}

/** Returns which panels have another name now; none where two have the same address. */
function findRenames(known: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): Rename[] {
  const gone = [...known].filter(([name]) => !now.has(name));
  const fresh = [...now].filter(([name]) => !known.has(name));
  return gone.flatMap(([from, address]) => {
    const [to, ...others] = fresh.filter(([, one]) => one === address);
    const isOnly = gone.filter(([, one]) => one === address).length === 1 && others.length === 0;
    return to === undefined || !isOnly ? [] : [{ from, to: to[0] }];
  });
}

async function takeBoth(leases: Leases, names: readonly string[]): Promise<boolean> {
  for (const name of names) if (!('lease' in (await leases.tryTake(name)))) return false;
  return true;
}

function toNotice({ from, to }: Rename, run: string): Notice {
  const message = `panel "${from}" has the name "${to}" in the config: its services, holds and records have it too`;
  return { code: 'panel_renamed', key: `panel_renamed:${from}:${to}:${run}`, panel: to, service: null, message };
}
