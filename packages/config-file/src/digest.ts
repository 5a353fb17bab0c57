import path from 'node:path';
import { isMap } from './is-map.js';
import type { Config } from './load.js';
import { readWhole } from './read-whole.js';

/** What differs between machines although their configs are the same. What is included is in the products and packages. */
const OF_MACHINE: readonly string[] = [
  ...['dir', 'file', 'include', 'logoFile', 'exposed', 'warnings'],
  ...['serve', 'state', 'stateFolder'],
];
const FILE = /^\$\{file:(.*)\}$/;

/** Digest of what decides about jobs. */
export interface ConfigDigest {
  /** Of all, in hex. */
  digest: string;
  /** Of each top-level key, in hex: too short to find out a secret in it. */
  keys: Readonly<Record<string, string>>;
}

const DIGITS = 16;
/** One of 65,536 differing keys has the same digest. */
const DIGITS_OF_KEY = 4;

/**
 * Returns a digest of what decides about jobs: the same on two machines whose configs differ in `serve` or in the folders that
 * they name only. Messages to customers count by their text. The secrets of a config are names in it.
 */
export function configDigest(config: Config): ConfigDigest {
  const { products, panels, ...rest } = config;
  const shared = {
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => !OF_MACHINE.includes(key))),
    products: mapValues(products, ({ credentials, ...product }) => ({
      ...product,
      ...(credentials === undefined ? {} : { credentials: ofCredentials(credentials) }),
    })),
    panels: mapValues(panels, ofPanel),
  };
  // Loaded on demand: only workers need it.
  const { hash } = process.getBuiltinModule('node:crypto');
  const toDigest = (value: unknown): string => hash('sha256', JSON.stringify(inOrder(value) ?? null), 'hex');
  const keys = mapValues(shared, (value) => toDigest(value).slice(0, DIGITS_OF_KEY));
  return { digest: toDigest(shared).slice(0, DIGITS), keys };
}

type Credentials = NonNullable<Config['products'][string]['credentials']>;

function ofCredentials({ writeTo, message }: Credentials): Credentials {
  return {
    ...(writeTo === undefined ? {} : { writeTo: path.isAbsolute(writeTo) ? '/' : writeTo }),
    ...(message === undefined ? {} : { message: readMessage(message) }),
  };
}

/** One that is gone since the config was loaded has no text; the next load says so. */
function readMessage(file: string): string {
  try {
    return readWhole(file).text;
  } catch {
    return '';
  }
}

function ofPanel(panel: unknown): unknown {
  if (!isMap(panel)) return panel;
  const { tls, profile } = panel;
  return {
    ...panel,
    ...(isMap(tls) ? { tls: { ...tls, ca: tls['ca'] !== undefined } } : {}),
    ...(typeof profile === 'string' ? { profile: path.basename(profile) } : {}),
  };
}

function mapValues<T, U>(map: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

function inOrder(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(FILE, (_, name: string) => `\${file:${path.basename(name)}}`);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, inOrder(each)]));
}
