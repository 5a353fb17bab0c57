import path from 'node:path';
import type { Dependencies } from '../dependencies.js';
import { usageError } from '@sluice/panel-kind';
import type { Files } from '../files.js';
import { checkPlace, fileExists, isWhole } from './password-file.js';

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const LENGTH = 24;

/** A password from a cryptographic source: 24 characters without look-alikes, about 139 bits. */
export function generatePassword(randomBytes: (count: number) => Uint8Array): string {
  let password = '';
  while (password.length < LENGTH) {
    for (const byte of randomBytes(LENGTH)) {
      // Bytes beyond the last whole multiple would make some characters likelier than others.
      const limit = 256 - (256 % ALPHABET.length);
      if (byte < limit && password.length < LENGTH) password += ALPHABET[byte % ALPHABET.length] ?? '';
    }
  }
  return password;
}

/** Where the password of an order comes from and goes to. */
export interface PasswordPlan {
  password: string;
  /** Absolute path of the file that holds it; null where it is printed. */
  file: string | null;
  generated: boolean;
  /** How the file is still to be written; null where there is nothing to write. */
  write: 'new' | 'replace' | null;
}

/** What the options say about a password. */
export interface PasswordOptions {
  /** Absolute path. */
  file?: string | undefined;
  /** The new password, as the caller gives it. */
  given?: (() => Promise<string>) | undefined;
  /** `credentials: { writeTo: FOLDER }` of the product. */
  folder?: string | undefined;
  service: string;
  /** The password is shown to the caller (a terminal, or `--json`). */
  shown: boolean;
  /** A file that an earlier, broken-off run of the same order wrote. */
  earlierFile?: string | null | undefined;
  /** An existing file holds the new password (`change-password --password-file`). */
  readExisting: boolean;
}

/**
 * Decides on the password before anything is called or stored, and refuses a file that is there or can't be written. The
 * file itself is written once the order is stored: a run that is killed in between is repeated with the same file.
 *
 * @throws SluiceError `password_nowhere`, `password_file_exists`, `bad_password` (exit 2)
 */
export async function planPassword(
  deps: Pick<Dependencies, 'files' | 'randomBytes' | 'clock'>,
  options: PasswordOptions,
): Promise<PasswordPlan> {
  if (options.given !== undefined) {
    return {
      password: checkPassword((await options.given()).replace(/\r?\n$/, ''), 'standard input'),
      file: null,
      generated: false,
      write: null,
    };
  }
  const file = fileOf(deps, options);
  if (file === null) {
    if (!options.shown) {
      throw usageError('password_nowhere', 'The generated password would go nowhere; nothing was called');
    }
    return { password: generatePassword(deps.randomBytes), file: null, generated: true, write: null };
  }
  const generate = (write: 'new' | 'replace'): PasswordPlan => ({
    password: generatePassword(deps.randomBytes),
    file,
    generated: true,
    write,
  });
  if (!deps.files.exists(file)) {
    checkPlace(deps.files, file);
    return generate('new');
  }
  const own = file === options.earlierFile;
  if (!own && !options.readExisting) throw fileExists(file);
  const found = readFile(deps.files, file);
  if (own && !options.readExisting && !isWhole(found)) return generate('replace');
  return { password: checkPassword(found.replace(/\r?\n$/, ''), file), file, generated: false, write: null };
}

function readFile(files: Files, file: string): string {
  try {
    return files.read(file) ?? '';
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'unknown';
    throw usageError('bad_password', `The password in ${file} can't be read (${code}); nothing was called`);
  }
}

function fileOf(deps: Pick<Dependencies, 'files' | 'randomBytes' | 'clock'>, options: PasswordOptions): string | null {
  if (options.file !== undefined) return options.file;
  if (options.folder === undefined) return null;
  const base = path.join(options.folder, `${options.service.replaceAll(/[^\w.@-]/g, '_')}.password`);
  const earlier = options.earlierFile ?? '';
  if (earlier === base || earlier.startsWith(`${base}.`)) return earlier;
  if (!deps.files.exists(base)) return base;
  return `${base}.${new Date(deps.clock.now()).toISOString().replaceAll(/[:.]/g, '-')}`;
}

function checkPassword(password: string, source: string): string {
  // Panels trim names and passwords in some calls and not in others.
  if (password === '' || password !== password.trim() || /[\r\n]/.test(password)) {
    throw usageError(
      'bad_password',
      `The password from ${source} is empty, has blanks around it or several lines; nothing was called`,
    );
  }
  return password;
}
