import { staffText } from '@sluice/messages/staff';
import { SluiceError } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { callsLease, Leases, panelLease, serviceLease } from '../../context/leases.js';
import {
  ADDRESS,
  type Addresses,
  findRenames,
  listAddresses,
  listRenames,
  readAddresses,
  type Rename,
} from '../../context/panel-addresses.js';
import { readEnforcements } from '../../context/enforcement.js';
import { addNotices, type Notice, noticeRows } from './notice.js';
import { noteObserved } from './renamed-switches.js';

/** What the keys of conditions about a panel begin with, before its name, which ends them. */
const ENDED_BY_NAME = [
  ADDRESS,
  'agents-unfinished:',
  'brake:',
  'brake:agents:',
  'brake:store:',
  'calls_compared:',
  'due-changes:',
  'due-duties:',
  'due-fall:',
  'mark:',
  'taken-over:',
  'unreachable:',
  'undecided:',
] as const;

/** What the keys of conditions about whom the config means by a name or former uuid begin with, before the name of the panel. */
export const AGENT_MEANT = 'agent-meant:';

/** What the keys of conditions about something of a panel begin with, before its name. */
const BEFORE_NAME = [
  AGENT_MEANT,
  'acknowledged:calls-',
  'calls_due:',
  'calls_unbilled:',
  'left-out:',
  'stopped:',
] as const;

/**
 * Renames panels in what is stored of them, where the config has the same panel under another name: of the same kind, at the same
 * address. Stores the addresses of the panels of the config.
 *
 * @throws SluiceError `config_outdated` where another process with another config has renamed them since this one began; `lease_held`
 *   while another run or command works on one of them; `panel_name_taken` where something is stored of another panel
 *   with the new name
 */
export async function followRenamedPanels(context: Context, run: string): Promise<void> {
  const { panelNames } = context.deps;
  // What was called to read changes what it does by the stored names.
  if (context.renames.length > 0 && !panelNames.areFollowed) return;
  const now = listAddresses(context.config);
  const known = await readAddresses(context.store);
  const renames = context.renames.length > 0 ? context.renames : findRenames(known, now);
  if (renames.length > 0 && panelNames.areFollowed) throw outdated(renames);
  if (renames.length > 0) await renameAll(context, { now, renames, run });
  panelNames.areFollowed = true;
  const before = renames.length > 0 ? await readAddresses(context.store) : known;
  const changed = [...now].filter(([name, address]) => before.get(name) !== address);
  if (changed.length === 0) return;
  const since = context.now();
  await context.write([], async ({ conditions }) => {
    for (const [name, address] of changed)
      await conditions.put({ key: `${ADDRESS}${name}`, since, runs: 1, details: { address } });
  });
}

/**
 * Refuses to store what follows from the config where another process has renamed panels of it since this one began.
 *
 * @throws SluiceError `config_outdated`
 */
export async function refuseOutdatedNames({ config }: Context, tables: StoreTables): Promise<void> {
  const renames = await listRenames(config, tables);
  if (renames.length > 0) throw outdated(renames);
}

/** Renames panels before a call, unless another run works on one of them. */
export async function tryRenames(context: Context): Promise<void> {
  try {
    await followRenamedPanels(context, context.id('run'));
  } catch (error) {
    // The next run is refused with it.
    if (!(error instanceof SluiceError && ['config_outdated', 'lease_held', 'panel_name_taken'].includes(error.code)))
      throw error;
  }
}

interface Renaming {
  now: Addresses;
  renames: readonly Rename[];
  run: string;
}

async function renameAll(context: Context, { now, renames, run }: Renaming): Promise<void> {
  const panels = [...new Set(renames.flatMap(({ from, to }) => [from, to]))].sort();
  // A command has the lease of its service alone, or of its calls, and stores what it changed under the name that it began with.
  const services = await Promise.all(panels.map((panel) => context.store.services.list({ panel })));
  const ofServices = services.flat().flatMap(({ id }) => [serviceLease(id), callsLease(id)]);
  const names = [...panels.map(panelLease), ...ofServices];
  const leases = new Leases(context, run);
  try {
    await leases.takeAll(names, 0);
    await context.write(leases.held, (tables) => renameDue(context, tables, { now, run }));
  } finally {
    await leases.releaseAll();
  }
}

async function renameDue(
  context: Context,
  tables: StoreTables,
  { now, run }: Pick<Renaming, 'now' | 'run'>,
): Promise<void> {
  // Another process may have done it since.
  const known = await readAddresses(tables);
  const due = findRenames(known, now);
  const left = new Set(due.map(({ from }) => from));
  const isExchanged = due.some(({ to }) => left.has(to));
  const between = due.map((rename, n) => ({ ...rename, between: isExchanged ? `renamed:${n}` : rename.to }));
  const were = await readEnforcements(context.config, tables);
  for (const rename of between) await renameOne(tables, known, { ...rename, to: rename.between });
  for (const rename of isExchanged ? between : [])
    await renameOne(tables, known, { from: rename.between, to: rename.to });
  const observed = await noteObserved(context.config, tables, { renames: due, were, run });
  const notices = [...due.map((rename) => toNotice(rename, run)), ...observed];
  await addNotices(context, tables, noticeRows(context, run, notices));
}

function outdated(renames: readonly Rename[]): SluiceError {
  const named = renames.map(({ from, to }) => `"${to}" has the name "${from}"`).join(', ');
  return new SluiceError(
    'config_outdated',
    `The config changed since this process read it: panel ${named} now; restart it`,
  );
}

async function renameOne(
  { panels }: Pick<StoreTables, 'panels'>,
  known: Addresses,
  { from, to }: Rename,
): Promise<void> {
  // A panel that runs had under the new name had another address.
  const dropsSwitches = known.has(to);
  if (await panels.rename({ from, to, dropsSwitches, endedByName: ENDED_BY_NAME, beforeName: BEFORE_NAME })) return;
  throw new SluiceError(
    'panel_name_taken',
    `Panel "${to}" of the config is at the address of panel "${from}", but something is stored of another panel with the name "${to}": give it a name that no panel had; nothing was changed`,
    { details: { panel: to } },
  );
}

function toNotice({ from, to }: Rename, run: string): Notice {
  const message = staffText('staff.panelRenamed', { from, to });
  return { code: 'panel_renamed', key: `panel_renamed:${from}:${to}:${run}`, panel: to, service: null, message };
}
