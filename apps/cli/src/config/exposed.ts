import path from 'node:path';
import type { PanelKind } from '@sluice/panel-kind';
import type { ConfigProblem } from './problem.js';
import { isSecretReference } from './secrets.js';

const WRITABLE_BY_OTHERS = 0o002;
const WRITABLE_BY_GROUP = 0o020;
const READABLE_BY_OTHERS = 0o004;
/** In a sticky folder, only the owner of a file may replace it. */
const STICKY = 0o1000;

/** Permissions and owner of a config and of its folder. */
export interface ConfigFile {
  file: string;
  mode: number;
  uid: number;
  gid: number;
  folder: { mode: number; uid: number; gid: number };
}

/** The user who runs the command; null where the system has no users. */
export type Self = { uid: number; gid: number } | null;

/**
 * Returns what the permissions of a config expose. A file that another user can change or replace is an error if it names a
 * program: they could run any program as the user who runs sluice.
 */
export function exposedConfig(
  config: ConfigFile,
  raw: unknown,
  kinds: readonly PanelKind[],
  self: Self = currentUser(),
): ConfigProblem[] {
  const { file, mode } = config;
  const problem = (severity: ConfigProblem['severity'], message: string): ConfigProblem => ({
    severity,
    path: '',
    line: null,
    message,
  });
  const found: ConfigProblem[] = [];
  const writable = whoCanWrite(config, self);
  if (writable !== null) {
    const { who, fix } = writable;
    if (namesProgram(raw))
      found.push(
        problem(
          'error',
          `${who} can write ${file}, and it contains a \${cmd:…}: anyone who changes it can run programs as this user. ${fix}`,
        ),
      );
    else if ((mode & WRITABLE_BY_OTHERS) !== 0) found.push(problem('warning', `${who} can write ${file}. ${fix}`));
  }
  if ((mode & READABLE_BY_OTHERS) !== 0 && hasLiteralSecret(raw, kinds))
    found.push(
      problem(
        'warning',
        `every user of this machine can read ${file}, which contains secrets. Run "chmod 640 ${file}"`,
      ),
    );
  return found;
}

function currentUser(): Self {
  const { getuid, getgid } = process;
  return getuid === undefined || getgid === undefined ? null : { uid: getuid(), gid: getgid() };
}

/** Returns who else can change the file or replace it, and the command against it; null for nobody. */
function whoCanWrite({ file, mode, uid, gid, folder }: ConfigFile, self: Self): { who: string; fix: string } | null {
  const all = 'every user of this machine';
  if ((mode & WRITABLE_BY_OTHERS) !== 0) return { who: all, fix: `Run "chmod o-w ${file}"` };
  if (self === null) return null;
  const isOwn = (owner: number): boolean => owner === 0 || owner === self.uid;
  if (!isOwn(uid)) return { who: `user ${uid}`, fix: `Run "chown ${self.uid} ${file}"` };
  // The group of its own that many systems give to each user has the user's number.
  const isForeign = (group: number): boolean => group !== 0 && group !== self.uid;
  if ((mode & WRITABLE_BY_GROUP) !== 0 && isForeign(gid))
    return { who: `group ${gid}`, fix: `Run "chmod g-w ${file}"` };
  const dir = path.dirname(file);
  if (!isOwn(folder.uid)) return { who: `user ${folder.uid}`, fix: `Run "chown ${self.uid} ${dir}"` };
  if ((folder.mode & STICKY) !== 0) return null;
  if ((folder.mode & WRITABLE_BY_OTHERS) !== 0) return { who: all, fix: `Run "chmod o-w ${dir}"` };
  if ((folder.mode & WRITABLE_BY_GROUP) !== 0 && isForeign(folder.gid))
    return { who: `group ${folder.gid}`, fix: `Run "chmod g-w ${dir}"` };
  return null;
}

function namesProgram(value: unknown): boolean {
  if (typeof value === 'string') return /\$\{cmd:/.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(namesProgram);
}

function hasLiteralSecret(raw: unknown, kinds: readonly PanelKind[]): boolean {
  const panels = isMap(raw) && isMap(raw['panels']) ? Object.values(raw['panels']) : [];
  return panels.filter(isMap).some((panel) => {
    const kind = kinds.find((known) => known.kind === panel['kind']);
    const isLiteral = (key: string): boolean => {
      const value = panel[key];
      return typeof value === 'string' && !isSecretReference(value);
    };
    // The address of a proxy may contain a password.
    const proxy = panel['proxy'];
    const proxySecret = typeof proxy === 'string' && /\/\/[^/]*@/.test(proxy);
    return (kind?.init.secrets ?? []).some(isLiteral) || proxySecret || (kind?.secretPath === true && isLiteral('url'));
  });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
