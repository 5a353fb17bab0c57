import path from 'node:path';
import { findChannelKind } from '@sluice/engine';
import { isMap } from './is-map.js';
import type { ConfigKinds } from './kinds.js';
import { isLiteral, literalSecrets } from './literal-secrets.js';
import { findLogo } from './logo.js';
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
  /** All groups of the process. */
  groups: readonly number[];
  /** Whether sluice only checks the config, and runs no program that it names. */
  onlyChecks: boolean;
}

/** A folder whose owner can replace the config. */
export interface ConfigFolder extends Access {
  /** Path, in this folder, of the config or of a link to it. */
  file: string;
}

/** A config's own access, and that of the folders of the file and of the links to it. */
export interface ConfigAccess extends Access {
  file: string;
  folders: readonly ConfigFolder[];
  /** Whether only the working directory led to it, where anybody could have put it. Default false. */
  byFolder?: boolean | undefined;
}

/** Who else can write or replace a config. */
interface Writer {
  who: string;
  /** What the operator is to do, as a sentence without its full stop. */
  fix: string;
  /** Whether they may be no other user than the one whom the config is for. */
  isTrusted: boolean;
}

/**
 * Returns what the permissions of a config expose. A file that another user can write or replace is an error if it names a
 * program or a file: they could run any program, or read any file, as the user who runs sluice. Where only the working directory
 * led to it, it is one in any case: its panels could be sent secrets of the environment.
 */
export function exposedConfig(
  config: ConfigAccess,
  user: SystemUser | null,
  raw: unknown,
  known: ConfigKinds,
): ConfigProblem[] {
  const { file, mode, byFolder = false } = config;
  const danger = findDanger(raw, known);
  const found: ConfigProblem[] = findWriters(config, user).map(({ who, fix, isTrusted }) => ({
    severity: (danger !== null || byFolder) && !isTrusted ? 'error' : 'warning',
    path: '',
    line: null,
    message: toMessage({ who, fix, danger, unnamed: byFolder && !isTrusted ? file : null }),
  }));
  if ((mode & READABLE_BY_OTHERS) !== 0 && hasSecret(raw, known)) {
    const message = `every user of this machine can read ${file}, which contains secrets. Run "chmod 640 ${file}"`;
    found.push({ severity: 'warning', path: '', line: null, message });
  }
  return found;
}

function toMessage({
  who,
  fix,
  danger,
  unnamed,
}: Pick<Writer, 'who' | 'fix'> & { danger: string | null; unnamed: string | null }): string {
  if (danger !== null) return `${who}, and it names ${danger} as this user. ${fix}`;
  if (unnamed === null) return `${who}. ${fix}`;
  const why = 'only the working directory led to it: whose config is found so can get secrets of the environment';
  // oxlint-disable-next-line sluice/syntax -- the remedy of one problem, which has no code
  return `${who}, and ${why}. ${fix} or, if you trust them, name it with "--config ${unnamed}"`;
}

/** Returns who else can write or replace the config. */
function findWriters({ file, folders, byFolder: _how, ...own }: ConfigAccess, user: SystemUser | null): Writer[] {
  if (user === null) return [];
  // For root, a user who owns both the config and its folder is the one whom the config is for.
  const isForOwner = user.uid === 0 && folders.some(({ uid }) => uid === own.uid);
  const found = { user, configUser: isForOwner ? own.uid : user.uid };
  return [
    ...findOthers(own, file, found).map(({ who, owns, ...rest }) => ({
      who: owns ? `${who} owns ${file} and can write it` : `${who} can write ${file}`,
      ...rest,
    })),
    ...folders.flatMap(({ file: inside, ...folder }, index) =>
      // In a folder such as /tmp, the sticky bit lets only its owner, and that of the file, replace a file.
      findOthers((folder.mode & STICKY) === 0 ? folder : { ...folder, mode: 0 }, path.dirname(inside), {
        ...found,
        isLinked: index > 0,
      }).map(({ who, owns, ...rest }) => ({
        who: owns
          ? `${who} owns the folder of ${inside} and can replace it`
          : `${who} can replace ${inside}, because its folder is writable`,
        ...rest,
      })),
    ),
  ];
}

/** Returns who else can write a file or folder. */
function findOthers(
  { mode, uid, gid }: Access,
  target: string,
  { user, configUser, isLinked }: { user: SystemUser; configUser: number; isLinked?: boolean },
): (Writer & { owns: boolean })[] {
  const others: (Writer & { owns: boolean })[] = [];
  const add = (who: string, fix: string, isTrusted: boolean, owns = false): void => {
    others.push({ who, fix, isTrusted, owns });
  };
  const isOwn = uid === user.uid || uid === configUser;
  if ((mode & WRITABLE_BY_OTHERS) !== 0) add('every user of this machine', `Run "chmod o-w ${target}"`, false);
  if ((mode & WRITABLE_BY_GROUP) !== 0 && gid !== user.gid && gid !== 0) {
    // By custom, the group with the number of a user has no other members.
    const isTrusted = isOwn && (gid === uid || user.groups.includes(gid));
    add(`the members of another group (${gid})`, `Run "chmod g-w ${target}"`, isTrusted);
  }
  if (uid === user.uid || uid === 0) return others;
  const ofOther = isLinked ? 'Replace the link by a copy of the file' : `Run "chown ${user.uid} ${target}"`;
  const fix = isOwn ? `Run sluice as that user: "sudo -u '#${uid}' sluice …"` : ofOther;
  add(`another user (${uid})`, fix, isOwn && user.onlyChecks, true);
  return others;
}

/** Returns what anyone who changes the config gains from what it names; null for nothing. */
function findDanger(raw: unknown, known: ConfigKinds): string | null {
  if (namesProgram(raw, known)) return 'a program: anyone who changes it can run programs';
  const isFile = hasText(raw, /\$\{(file|credential):/) || namesMessage(raw) || findLogo(raw) !== null;
  return isFile ? 'a file (earlier versions only warned of it): anyone who changes it can read files' : null;
}

/** Returns whether a config names a program that is run. */
export function namesProgram(raw: unknown, known: ConfigKinds): boolean {
  return hasText(raw, /\$\{cmd:/) || notifiesProgram(raw, known);
}

function hasText(value: unknown, pattern: RegExp, seen = new Set<unknown>()): boolean {
  if (typeof value === 'string') return pattern.test(value);
  // An anchor of YAML may be inside of what it names.
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  return Object.values(value).some((part) => hasText(part, pattern, seen));
}

/** Returns whether a product names the file of a message, which clients receive. */
function namesMessage(raw: unknown): boolean {
  const products = isMap(raw) && isMap(raw['products']) ? Object.values(raw['products']) : [];
  return products.some((each) => isMap(each) && isMap(each['credentials']) && 'message' in each['credentials']);
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
