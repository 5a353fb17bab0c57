import path from 'node:path';
import { programEnv } from '@sluice/panel-kind';
import { usageError } from '@sluice/panel-kind/errors';
import { readWhole } from './read-whole.js';

const REFERENCE = /^\$\{(env|file|cmd|credential):([^}]*)\}$/;

/** Returns whether a value is a reference to a secret rather than the secret itself. */
export function isSecretReference(value: string): boolean {
  return REFERENCE.test(value);
}

/**
 * Lists the names of the environment variables and systemd credentials that a config, or a part of one, refers to: each once,
 * sorted.
 */
export function secretReferences(value: unknown): { env: string[]; credential: string[] } {
  const found = { env: new Set<string>(), credential: new Set<string>() };
  const visit = (part: unknown): void => {
    if (typeof part === 'string') {
      const [, kind, name = ''] = REFERENCE.exec(part) ?? [];
      if (kind === 'env' || kind === 'credential') found[kind].add(name.trim());
    } else if (typeof part === 'object' && part !== null) Object.values(part).forEach(visit);
  };
  visit(value);
  return { env: [...found.env].sort(), credential: [...found.credential].sort() };
}

/** Lists in words the environment variables and systemd credentials that a config refers to and `env` does not have. */
export function missingSecrets(value: unknown, env: SecretSources['env']): string[] {
  const { env: variables, credential } = secretReferences(value);
  const isMissing = (reference: string): boolean => {
    try {
      return resolveSecret(reference, '', { env, dir: '' }) === '';
    } catch {
      return true;
    }
  };
  return [
    ...variables.filter((name) => isMissing(`\${env:${name}}`)).map((name) => `environment variable ${name}`),
    ...credential.filter((name) => isMissing(`\${credential:${name}}`)).map((name) => `systemd credential ${name}`),
  ];
}

/** Where secrets are read from: the environment, and files relative to the folder of the config file. */
export interface SecretSources {
  env: Readonly<Record<string, string | undefined>>;
  dir: string;
  /** Variables that programs get beside those that every program gets; default: none. */
  childEnv?: readonly string[];
}

/**
 * Returns the secret behind `${env:NAME}`, `${file:PATH}`, `${cmd:PROGRAM ARGS}` or `${credential:NAME}` (a file in systemd's
 * `$CREDENTIALS_DIRECTORY`); anything else is the secret itself. One line break at the end is dropped. Programs are run
 * without a shell, with the variables of `programEnv`.
 *
 * @throws SluiceError `secret_missing` whose message names the config key and the reference, never the secret
 */
export function resolveSecret(value: string, key: string, sources: SecretSources): string {
  const match = REFERENCE.exec(value);
  if (!match) return value;
  const [, kind = '', name = ''] = match;
  const found = readSecret(kind, name.trim(), key, sources).replace(/\r?\n$/, '');
  if (found === '') {
    throw usageError('secret_missing', `${key}: the secret ${value} is empty. Set it and try again`, { key });
  }
  return found;
}

function readSecret(kind: string, name: string, key: string, sources: SecretSources): string {
  try {
    switch (kind) {
      case 'env': {
        const found = Object.hasOwn(sources.env, name) ? sources.env[name] : undefined;
        if (found === undefined) throw new Error(`the environment variable ${name} is not set`);
        return found;
      }
      case 'credential': {
        const folder = sources.env['CREDENTIALS_DIRECTORY'];
        if (folder === undefined)
          throw new Error('CREDENTIALS_DIRECTORY is not set; systemd sets it for units with LoadCredential');
        return readWhole(path.join(folder, name)).text;
      }
      case 'file':
        return readWhole(path.resolve(sources.dir, name)).text;
      default: {
        const [program = '', ...args] = name.split(/\s+/);
        // Loaded on demand: every command reads the config, and most configs name no program.
        const { execFileSync } = process.getBuiltinModule('node:child_process');
        const env = programEnv(sources.env, sources.childEnv);
        return execFileSync(program, args, {
          env,
          encoding: 'utf8',
          timeout: 30_000,
          stdio: ['ignore', 'pipe', 'ignore'],
        });
      }
    }
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    const reason = kind === 'cmd' ? `the program failed (${code ?? 'non-zero exit'})` : (message ?? String(error));
    throw usageError('secret_missing', `${key}: the secret can't be read: ${reason}`, { key });
  }
}
