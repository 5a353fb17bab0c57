import path from 'node:path';
import { parseDocument } from 'yaml';
import { exposedConfig } from './exposed.js';
import { findConfig } from './find-config-file.js';
import { isMap } from './is-map.js';
import type { ConfigKinds } from './kinds.js';
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
    const heartbeat = readHeartbeat(text);
    if (heartbeat === null || heartbeat.startsWith('${cmd:')) return null;
    // An address that is written out names nothing of this user.
    const how = { ...access, byFolder: byFolder && isSecretReference(heartbeat) };
    const exposed = exposedConfig(how, systemUser(false), { heartbeat }, known);
    if (exposed.some(({ severity }) => severity === 'error')) return null;
    return resolveSecret(heartbeat, 'heartbeat', { env, dir: path.dirname(file) });
  } catch {
    // The error of the config itself is reported.
    return null;
  }
}

/** Returns the value of the key, also from a text that is not YAML as a whole. */
function readHeartbeat(text: string): string | null {
  const [line = ''] = /^heartbeat[ \t]*:.*$/m.exec(text) ?? [];
  for (const part of [text, line]) {
    const raw = parseMap(part);
    if (isMap(raw) && typeof raw['heartbeat'] === 'string') return raw['heartbeat'];
  }
  return null;
}

function parseMap(text: string): unknown {
  try {
    return parseDocument(text, { prettyErrors: false }).toJS();
  } catch {
    return null;
  }
}
