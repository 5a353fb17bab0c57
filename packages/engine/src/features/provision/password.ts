import path from 'node:path';
import { usageError } from '@sluice/panel-kind';
import type { Dependencies } from '../../context/dependencies.js';
import type { Files } from '../../base/files.js';
import type { BillingPlace } from '../billing/service-credentials.js';
import { checkFuturePlace, checkPlace, fileExists, isComplete } from './password-file.js';

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const LENGTH = 24;

type RandomBytes = (count: number) => Uint8Array;

/** Tries to generate a password that a panel accepts; hardly one in thousands is refused. */
const MOST_TRIES = 100;

/** Returns a random password that the panel accepts: 24 characters, none easily confused with another, about 139 bits. */
export function generatePassword(randomBytes: RandomBytes, accepts: (password: string) => boolean): string {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const password = randomPassword(randomBytes);
    if (accepts(password)) return password;
  }
  throw new Error(`the panel accepts none of ${MOST_TRIES} generated passwords`);
}

function randomPassword(randomBytes: RandomBytes): string {
  let password = '';
  while (password.length < LENGTH) {
    for (const byte of randomBytes(LENGTH)) {
      // Larger bytes would make some characters more likely than others.
      const limit = 256 - (256 % ALPHABET.length);
      if (byte < limit && password.length < LENGTH) password += ALPHABET[byte % ALPHABET.length] ?? '';
    }
  }
  return password;
}

/** The password of a command, and where it is written. */
export interface PasswordPlan {
  password: string;
  /** Absolute path of its file; null for a password that is printed. */
  file: string | null;
  generated: boolean;
  /** How the file is written; null for nothing to write. */
  write: 'new' | 'replace' | null;
  /** The service of a billing system that it is written to. */
  billing?: BillingPlace;
}

/** Options that decide about a password. */
export interface PasswordOptions {
  /** Absolute path. */
  file?: string | undefined;
  /** Returns the caller's new password. */
  given?: (() => Promise<string>) | undefined;
  /** `credentials: { writeTo: FOLDER }` of the product. */
  folder?: string | undefined;
  service: string;
  /** The service of a billing system that the product names; null for none. */
  billing?: BillingPlace | null;
  /** Whether the caller shows the password. */
  shown: boolean;
  /** The file of an interrupted run of the same command. */
  earlierFile?: string | null | undefined;
  /** Whether the panel accepts a generated password; absent: it accepts any. */
  accepts?: ((password: string) => boolean) | undefined;
}

const acceptsAny = (): boolean => true;

/**
 * Chooses the password before anything is called or stored, and refuses a file that exists or can't be written. The file
 * is written after the command is stored, so that a repeat of a killed run uses the same file; only then is it read.
 *
 * @throws SluiceError `password_nowhere`, `password_file_exists`, `bad_password`
 */
export async function planPassword(
  deps: Pick<Dependencies, 'files' | 'randomBytes' | 'clock'>,
  options: PasswordOptions,
): Promise<PasswordPlan> {
  if (options.given !== undefined) {
    if (options.file !== undefined) {
      throw usageError(
        'bad_option',
        `A given password is not written to a file, but ${options.file} is named for it; no panel was called`,
      );
    }
    return {
      password: checkPassword((await options.given()).replace(/\r?\n$/, ''), 'The given password'),
      file: null,
      generated: false,
      write: null,
    };
  }
  previewPassword(deps, options);
  const file = chooseFile(deps, options);
  if (file === null) return planWithoutFile(deps, options);
  const generate = (write: 'new' | 'replace'): PasswordPlan => ({
    password: generatePassword(deps.randomBytes, options.accepts ?? acceptsAny),
    file,
    generated: true,
    write,
  });
  if (!deps.files.exists(file)) {
    checkPlace(deps.files, file);
    return generate('new');
  }
  const password = readPassword(deps.files, file, options);
  return password === null ? generate('replace') : { password, file, generated: false, write: null };
}

/** Returns the password of an interrupted run; null where its file is not complete, or the panel accepts no such password. */
function readPassword(files: Files, file: string, { accepts = acceptsAny }: PasswordOptions): string | null {
  const found = readFile(files, file);
  const password = found.replace(/\r?\n$/, '');
  if (!isComplete(found) || !accepts(password)) return null;
  return checkPassword(password, `The password in ${file}`);
}

/**
 * Refuses a generated password that has no place, as `planPassword` does, and creates nothing.
 *
 * @throws SluiceError `password_nowhere`, `password_file_exists`, `password_file_unwritable`
 */
export function previewPassword(deps: Pick<Dependencies, 'files' | 'clock'>, options: PasswordOptions): void {
  if (options.given !== undefined) return;
  const file = chooseFile(deps, options);
  if (file === null) refuseNowhere(options);
  else if (!deps.files.exists(file)) checkFuturePlace(deps.files, file);
  else if (file !== options.earlierFile) throw fileExists(file);
}

/** Returns whether a command has the password of an interrupted run of it, from the file of that run. */
export function hasEarlierPassword(deps: Pick<Dependencies, 'files' | 'clock'>, options: PasswordOptions): boolean {
  if (options.given !== undefined) return false;
  const file = chooseFile(deps, options);
  if (file === null || file !== options.earlierFile || !deps.files.exists(file)) return false;
  return readPassword(deps.files, file, options) !== null;
}

function planWithoutFile(
  { randomBytes }: Pick<Dependencies, 'randomBytes'>,
  { billing = null, accepts = acceptsAny }: PasswordOptions,
): PasswordPlan {
  const plan = { password: generatePassword(randomBytes, accepts), file: null, generated: true, write: null };
  return billing?.id === undefined ? plan : { ...plan, billing };
}

function refuseNowhere({ billing = null, service, shown }: PasswordOptions): void {
  if (shown || billing?.id !== undefined) return;
  const why =
    billing === null
      ? 'No file was named for the generated password'
      : `"${service}" has no ${billing.ref}, so that its password can't be written to ${billing.title}`;
  throw usageError('password_nowhere', `${why}; no panel was called`);
}

function readFile(files: Files, file: string): string {
  try {
    return files.read(file) ?? '';
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'unknown';
    throw usageError('bad_password', `The password in ${file} can't be read (${code}); no panel was called`);
  }
}

function chooseFile(deps: Pick<Dependencies, 'files' | 'clock'>, options: PasswordOptions): string | null {
  if (options.file !== undefined) return options.file;
  if (options.folder === undefined) return null;
  const base = path.join(options.folder, `${options.service.replaceAll(/[^\w.@-]/g, '_')}.password`);
  const earlier = options.earlierFile ?? '';
  if (earlier === base || earlier.startsWith(`${base}.`)) return earlier;
  if (!deps.files.exists(base)) return base;
  return `${base}.${new Date(deps.clock.now()).toISOString().replaceAll(/[:.]/g, '-')}`;
}

function checkPassword(password: string, subject: string): string {
  // Panels trim passwords in some calls only.
  if (password === '' || password !== password.trim() || /\p{Cc}/u.test(password)) {
    throw usageError(
      'bad_password',
      `${subject} is empty, starts or ends with a space, or has several lines or control characters; no panel was called`,
    );
  }
  return password;
}
