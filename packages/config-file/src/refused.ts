import path from 'node:path';
import { parseDocument } from 'yaml';
import { type ConfigAccess, exposedConfig } from './exposed.js';
import { findConfig, type FoundConfig } from './find-config-file.js';
import { isMap } from './is-map.js';
import type { ConfigKinds } from './kinds.js';
import { checkConfigText, type Config } from './load.js';
import { readConfig, systemUser } from './read-config.js';
import { isSecretReference, resolveSecret, type SecretSources } from './secrets.js';

/** Where a config is searched. */
export interface ConfigPlace {
  /** The file that the command names. */
  named: string | undefined;
  env: SecretSources['env'];
  cwd: string;
}

/**
 * Returns the address of the heartbeat of a config that may be refused, for whatever reason; null where none can be read. It runs no
 * program, and reads no file that a config names which others can write.
 */
export function findHeartbeat({ named, env, cwd }: ConfigPlace, known: ConfigKinds): string | null {
  try {
    const { file, byFolder } = findConfig(named, env, cwd);
    const { text, access } = readConfig(file);
    const heartbeat = readKey(text, 'heartbeat');
    if (typeof heartbeat !== 'string' || heartbeat.startsWith('${cmd:')) return null;
    // An address that is written out names nothing of this user.
    const how = { ...access, byFolder: byFolder && isSecretReference(heartbeat) };
    if (!isSafe(how, { heartbeat }, known)) return null;
    return resolveSecret(heartbeat, 'heartbeat', { env, dir: path.dirname(file) });
  } catch {
    // The error of the config itself is reported.
    return null;
  }
}

/**
 * Returns a config that names nothing but the state file of one that is refused, for whatever reason; null where its `state` is not
 * valid, or where others could have put it into the working directory, which alone led to it.
 */
export function loadStateOnly({ file, byFolder }: FoundConfig, known: ConfigKinds): Config | null {
  const { text, access } = readConfig(file);
  const state = readKey(text, 'state');
  if (!isSafe({ ...access, byFolder }, { state }, known)) return null;
  // One may contain itself.
  if (typeof state === 'object' && state !== null) return null;
  return checkConfigText(JSON.stringify({ panels: {}, ...(state !== undefined && { state }) }), file, known).config;
}

function isSafe(access: ConfigAccess, used: object, known: ConfigKinds): boolean {
  return !exposedConfig(access, systemUser(false), used, known).some(({ severity }) => severity === 'error');
}

/** Returns the value of a key, also from a text that is not YAML as a whole; undefined where it has none. */
function readKey(text: string, key: 'heartbeat' | 'state'): unknown {
  const [line = ''] = new RegExp(`^${key}[ \\t]*:.*$`, 'm').exec(text) ?? [];
  for (const part of [text, line]) {
    const raw = parseMap(part);
    if (isMap(raw) && key in raw) return raw[key];
  }
  return undefined;
}

function parseMap(text: string): unknown {
  try {
    return parseDocument(text, { prettyErrors: false }).toJS();
  } catch {
    return null;
  }
}
