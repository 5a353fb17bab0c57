import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nodeFiles } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind/errors';
import { replaceFile } from '../../terminal/files/new-file.js';
import { toErrno } from '@sluice/config-file/files';
import { unwritable } from '../../terminal/files/unwritable.js';
import { OURS, refuseElsewhere, refuseInCrontab } from './elsewhere.js';
import type { Machine } from './install-crontab.js';
import type { Installation, SchedulePlan } from './plan.js';
import { type Programs, requireProgram } from './programs.js';
import {
  SERVER_UNIT,
  startedUnits,
  SYSTEM_UNITS,
  systemdEntries,
  unitFiles,
  type UnitFile,
  type UnitTarget,
} from './systemd.js';

/** Returns where the units of a user belong: those of root are units of the system. */
export function unitTarget(env: Readonly<Record<string, string | undefined>>, isRoot: boolean): UnitTarget {
  if (isRoot) return SYSTEM_UNITS;
  const config = env['XDG_CONFIG_HOME'] ?? path.join(env['HOME'] ?? '/', '.config');
  return {
    folder: path.join(config, 'systemd', 'user'),
    ofUser: true,
    environmentFile: path.join(config, 'sluice', 'sluice.env'),
    credentials: path.join(config, 'sluice', 'credentials'),
  };
}

/**
 * Plans the change of the units; `remove` removes those of the config, and a server that was installed stays without being asked for again.
 * Applying it also starts the timers that an earlier,
 * failed installation has not started.
 *
 * @throws SluiceError `unit_exists` for units of another origin, `crontab_unclear`, `file_unwritable`
 */
export async function planUnits(
  plan: SchedulePlan,
  target: UnitTarget,
  { programs, elsewhere }: Machine,
  remove: boolean,
): Promise<Installation> {
  if (!remove) {
    const of = { config: plan.config, home: elsewhere.home };
    refuseElsewhere(of, { ...elsewhere, units: elsewhere.units.filter((folder) => folder !== target.folder) });
    await refuseInCrontab(of, programs);
  }
  const mark = `${OURS}${plan.config}\n`;
  const wanted = remove ? [] : unitFiles(plan, target).map(({ name, text }) => ({ name, text: `${mark}${text}` }));
  const present = readUnits(target.folder);
  for (const { name } of wanted) {
    const text = present.get(name);
    if (text === undefined || text.startsWith(mark)) continue;
    const owner = text.startsWith(OURS)
      ? `belongs to ${text.slice(OURS.length).split('\n')[0] ?? ''}`
      : 'is not of Sluice';
    const where = path.join(target.folder, name);
    throw new SluiceError('unit_exists', `${where} ${owner}; nothing was changed`, { kind: 'conflict' });
  }
  const written = wanted.filter(({ name, text }) => present.get(name) !== text);
  const kept = new Set(wanted.map(({ name }) => name));
  if (!remove) kept.add(SERVER_UNIT);
  const removed = [...present].filter(([name, text]) => text.startsWith(mark) && !kept.has(name)).map(([name]) => name);
  const inFolder = (name: string): string => path.join(target.folder, name);
  return {
    entries: remove ? [] : systemdEntries(plan),
    changes: [...written.map(({ name }) => inFolder(name)), ...removed.map((name) => `${inFolder(name)} (removed)`)],
    text: wanted.map(({ name, text }) => `# ${inFolder(name)}\n${text}`).join('\n'),
    remarks: remove ? [] : unitRemarks(plan, target),
    apply: () => applyUnits({ programs, target, written, removed, started: remove ? [] : startedUnits(plan) }),
  };
}

function unitRemarks(
  { remarks, secrets: ofRuns, server }: SchedulePlan,
  { ofUser, environmentFile, credentials }: UnitTarget,
): string[] {
  const secrets = server?.secrets ?? ofRuns;
  return [
    ...remarks,
    ...(secrets.env.length > 0 ? [`Set ${secrets.env.join(', ')} in ${environmentFile} (mode 0600).`] : []),
    ...(secrets.credential.length > 0 ? [`Store ${secrets.credential.join(', ')} as files in ${credentials}.`] : []),
    ...(ofUser ? ['Timers of a user run while he is logged in; "loginctl enable-linger" lets them run always.'] : []),
  ];
}

/** Returns the texts of our units in the folder by name. */
function readUnits(folder: string): Map<string, string> {
  const units = new Map<string, string>();
  try {
    for (const name of readdirSync(folder))
      if (/^sluice-[a-z-]+\.(service|timer)$/.test(name))
        units.set(name, readFileSync(path.join(folder, name), 'utf8'));
  } catch (error) {
    if (toErrno(error) !== 'ENOENT') throw unwritable(folder, error);
  }
  return units;
}

interface UnitChange {
  programs: Programs;
  target: UnitTarget;
  written: readonly UnitFile[];
  removed: readonly string[];
  /** The units that run afterwards. */
  started: readonly string[];
}

async function applyUnits({ programs, target, written, removed, started }: UnitChange): Promise<void> {
  const { folder, ofUser } = target;
  const systemctl = (...args: string[]): Promise<void> =>
    requireProgram(programs, ['systemctl', ...(ofUser ? ['--user'] : []), ...args]);
  const stopped = removed.filter((name) => name.endsWith('.timer') || name === SERVER_UNIT);
  if (stopped.length > 0) await systemctl('disable', '--now', ...stopped);
  for (const name of removed) rmSync(path.join(folder, name), { force: true });
  if (written.length > 0) nodeFiles.makeFolder(folder);
  for (const { name, text } of written) replaceFile(path.join(folder, name), text, 0o644);
  await systemctl('daemon-reload');
  if (started.length > 0) await systemctl('enable', '--now', ...started);
  // One that runs already has the unit of before.
  if (written.some(({ name }) => name === SERVER_UNIT)) await systemctl('restart', SERVER_UNIT);
}
