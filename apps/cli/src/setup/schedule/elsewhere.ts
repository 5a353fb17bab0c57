import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { unclear } from './crontab-block.js';
import { findJob, type JobOwner } from './find-job.js';
import type { Programs } from './programs.js';

/** First words of the unit files that `schedule install` writes; the path of the config follows. */
export const OURS = '# Written by Sluice for ';

/** Where a machine has schedules besides the one that is changed. */
export interface Elsewhere {
  home: string;
  /** Crontabs of the system, and folders of them. */
  crontabs: readonly string[];
  /** Folders with unit files. */
  units: readonly string[];
}

/** Returns the places of this machine. */
export function listSchedules(env: Readonly<Record<string, string | undefined>>): Elsewhere {
  const home = env['HOME'] ?? '/';
  const ofUser = path.join(env['XDG_CONFIG_HOME'] ?? path.join(home, '.config'), 'systemd', 'user');
  return { home, crontabs: ['/etc/crontab', '/etc/cron.d'], units: ['/etc/systemd/system', ofUser] };
}

/**
 * Refuses to schedule jobs that something else starts already: a crontab of the system, or units of Sluice in other folders.
 *
 * @throws SluiceError `crontab_unclear`
 */
export function refuseElsewhere(of: JobOwner, { crontabs, units }: Pick<Elsewhere, 'crontabs' | 'units'>): void {
  for (const place of crontabs) {
    for (const [file, text] of readAll(place)) {
      const job = findJob(text, of);
      if (job !== null) throw unclear(`the line "${job}" in ${file} runs a job of this config already`);
    }
  }
  for (const place of units) {
    const unit = readAll(place).find(
      ([file, text]) => file.endsWith('.timer') && text.startsWith(`${OURS}${of.config}\n`),
    );
    if (unit !== undefined) throw unclear(`the timer ${unit[0]} runs a job of this config already`);
  }
}

/**
 * Refuses to write units for jobs that the crontab of the user starts already.
 *
 * @throws SluiceError `crontab_unclear`
 */
export async function refuseInCrontab(of: JobOwner, programs: Programs): Promise<void> {
  const text = await readCrontab(programs);
  const job = findJob(text, of);
  if (job !== null) throw unclear(`the line "${job}" of the crontab runs a job of this config already`);
}

async function readCrontab(programs: Programs): Promise<string> {
  try {
    const { exitCode, stdout } = await programs(['crontab', '-l']);
    return exitCode === 0 ? stdout.toString('utf8') : '';
  } catch {
    // A machine without cron.
    return '';
  }
}

/** Returns the files of a folder, or a file, that can be read. */
function readAll(place: string): [file: string, text: string][] {
  const read = (file: string): [string, string][] => {
    try {
      return [[file, readFileSync(file, 'utf8')]];
    } catch {
      // Files of others are not for this user; what is there may be gone.
      return [];
    }
  };
  try {
    return readdirSync(place).flatMap((name) => read(path.join(place, name)));
  } catch {
    return read(place);
  }
}
