import path from 'node:path';
import { findChannelKind } from '@sluice/engine';
import { isMap } from './is-map.js';
import type { ConfigKinds } from './kinds.js';
import { isLiteral, literalSecrets } from './literal-secrets.js';
import type { ConfigProblem } from './problem.js';

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_OTHERS = 0o002;
const READABLE_BY_OTHERS = 0o004;
const STICKY = 0o1000;

/** Owner and permissions of a file or folder. */
export interface Access {
  mode: number;
  uid: number;
  gid: number;
}

/** The user who runs sluice; null where the system has no users. */
export interface SystemUser {
  uid: number;
  gid: number;
}

/** A config's own access, and that of its folder. */
export interface ConfigAccess extends Access {
  file: string;
  folder: Access;
}

/**
 * Returns what the permissions of a config expose. A file that another user can write or replace is an error if it names a
 * program: they could run any program as the user who runs sluice.
 */
export function exposedConfig(
  config: ConfigAccess,
  user: SystemUser | null,
  raw: unknown,
  known: ConfigKinds,
): ConfigProblem[] {
  const { file, mode } = config;
  const isProgram = namesProgram(raw) || notifiesProgram(raw, known);
  const found: ConfigProblem[] = findWriters(config, user).map(({ who, fix }) => ({
    severity: isProgram ? 'error' : 'warning',
    path: '',
    line: null,
    message: isProgram
      ? `${who}, and it names a program: anyone who changes it can run programs as this user. Run "${fix}"`
      : `${who}. Run "${fix}"`,
  }));
  if ((mode & READABLE_BY_OTHERS) !== 0 && hasSecret(raw, known)) {
    const message = `every user of this machine can read ${file}, which contains secrets. Run "chmod 640 ${file}"`;
    found.push({ severity: 'warning', path: '', line: null, message });
  }
  return found;
}

/** Returns who else can write or replace the config, and the command that ends it. */
function findWriters({ file, folder, ...own }: ConfigAccess, user: SystemUser | null): { who: string; fix: string }[] {
  if (user === null) return [];
  const dir = path.dirname(file);
  // In a folder such as /tmp, the sticky bit lets only its owner, and that of the file, replace a file.
  const ofFolder = (folder.mode & STICKY) === 0 ? folder : { ...folder, mode: 0 };
  return [
    ...findOthers(own, user).map(({ who, owns, fix }) => ({
      who: owns ? `${who} owns ${file} and can write it` : `${who} can write ${file}`,
      fix: `${fix} ${file}`,
    })),
    ...findOthers(ofFolder, user).map(({ who, owns, fix }) => ({
      who: owns
        ? `${who} owns the folder of ${file} and can replace it`
        : `${who} can replace ${file}, because its folder is writable`,
      fix: `${fix} ${dir}`,
    })),
  ];
}

/** Returns who else can write a file or folder, and the program that ends it. */
function findOthers({ mode, uid, gid }: Access, user: SystemUser): { who: string; owns: boolean; fix: string }[] {
  const others: { who: string; owns: boolean; fix: string }[] = [];
  if ((mode & WRITABLE_BY_OTHERS) !== 0)
    others.push({ who: 'every user of this machine', owns: false, fix: 'chmod o-w' });
  if ((mode & WRITABLE_BY_GROUP) !== 0 && gid !== user.gid && gid !== 0)
    others.push({ who: `the members of another group (${gid})`, owns: false, fix: 'chmod g-w' });
  if (uid !== user.uid && uid !== 0)
    others.push({ who: `another user (${uid})`, owns: true, fix: `chown ${user.uid}` });
  return others;
}

function namesProgram(value: unknown): boolean {
  if (typeof value === 'string') return /\$\{cmd:/.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(namesProgram);
}

function notifiesProgram(raw: unknown, { channels = [] }: ConfigKinds): boolean {
  const entries = isMap(raw) ? raw['notify'] : undefined;
  return Array.isArray(entries) && entries.filter(isMap).some((entry) => findChannelKind(channels, entry)?.runsProgram);
}

/** Returns whether anyone who reads the config learns a secret. */
function hasSecret(raw: unknown, known: ConfigKinds): boolean {
  if (literalSecrets(raw, known).length > 0) return true;
  const panels = isMap(raw) && isMap(raw['panels']) ? Object.values(raw['panels']) : [];
  return panels.filter(isMap).some(({ kind, proxy, url }) => {
    const isSecretPath = known.kinds.some((each) => each.kind === kind && each.secretPath === true);
    // The address of a proxy may contain a password.
    return (isSecretPath && isLiteral(url)) || (typeof proxy === 'string' && /\/\/[^/]*@/.test(proxy));
  });
}
