import path from 'node:path';
import { findConfigFile } from '@sluice/config-file/find';

const JOB = '(?:poll|reconcile|agent check|call bill|service sync)';
/** A command of Sluice that is started without a config. */
const STARTED = new RegExp(`sluice\\S*\\s+(?:-\\S+\\s+)*${JOB}\\b`);
/** A word of a shell's line, with its quotes. */
const WORD = `((?:'[^']*'|"(?:\\\\.|[^"\\\\])*"|\\\\.|[^\\s'"\\\\;&|])+)`;

/** Whose jobs are searched. */
export interface JobOwner {
  /** Path of the config. */
  config: string;
  /** Home of the user, in which cron starts commands. */
  home: string;
}

/**
 * Returns the first line of a crontab that starts a scheduled command with this config, however its path is written; also one that
 * names no config, unless it finds another one. Null where there is none.
 */
export function findJob(crontab: string, { config, home }: JobOwner): string | null {
  let named: string | undefined;
  for (const row of crontab.split('\n')) {
    if (/^\s*#/.test(row)) continue;
    const [, value] = /^\s*SLUICE_CONFIG\s*=\s*(.*)$/.exec(row) ?? [];
    if (value !== undefined) named = unquote(value.trim());
    else if (isJob(row, { config, home, named })) return row.trim();
  }
  return null;
}

function isJob(row: string, { config, home, named }: JobOwner & { named: string | undefined }): boolean {
  if (!new RegExp(`\\b${JOB}\\b`).test(row)) return false;
  // cron makes a bare % of \%, and the shell sees what is left.
  const command = row.replaceAll('\\%', '%');
  const toPath = (word: string, from: string): string =>
    path.resolve(from, unquote(word.replace(/^(~|"?\$HOME|"?\$\{HOME\})(?=\/|$)/, home)));
  const [, folder] = new RegExp(`\\bcd\\s+${WORD}`).exec(command) ?? [];
  const cwd = folder === undefined ? home : toPath(folder, home);
  const stated = [...command.matchAll(new RegExp(`\\s--config(?:=|\\s+)${WORD}`, 'g'))];
  if (stated.length > 0) return stated.some(([, word = '']) => toPath(word, cwd) === config);
  return STARTED.test(command) && findOther({ config, home, named }, cwd) === null;
}

/** Returns the config that a command finds by itself; null where it is this one, or none. */
function findOther({ config, home, named }: JobOwner & { named: string | undefined }, cwd: string): string | null {
  try {
    const found = findConfigFile(undefined, { HOME: home, SLUICE_CONFIG: named }, cwd);
    return found === config ? null : found;
  } catch {
    return null;
  }
}

/** Returns a word of a shell's line without its quotes. */
function unquote(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|"|\\(.)/g,
    (_whole, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
  );
}
