import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CallEvent, PanelHttpOptions } from '@sluice/panel-http';
import type { Config } from '../config/load.js';
import type { PanelConfig } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';
import type { Deps } from '../context.js';
import { usageError } from '../errors.js';

type Transport = Pick<
  PanelHttpOptions,
  | 'adaptive'
  | 'timeouts'
  | 'retry'
  | 'concurrency'
  | 'requestsPerSecond'
  | 'tls'
  | 'proxy'
  | 'onCall'
  | 'clock'
  | 'random'
>;

/** The part of a panel's config that every client hands to its transport. */
export function transportOptions(
  name: string,
  panel: PanelConfig,
  config: Pick<Config, 'dir'>,
  deps: Deps,
  onCall: (event: CallEvent) => void,
): Transport {
  return {
    concurrency: panel.concurrency ?? 8,
    adaptive: panel.adaptive,
    ...(panel.requestsPerSecond === undefined ? {} : { requestsPerSecond: panel.requestsPerSecond }),
    ...(panel.timeout === undefined ? {} : { timeouts: { attemptMs: panel.timeout, totalMs: panel.timeout * 4 } }),
    ...(panel.retries === undefined ? {} : { retry: { attempts: panel.retries + 1 } }),
    ...(panel.proxy === undefined
      ? {}
      : { proxy: resolveSecret(panel.proxy, `panels.${name}.proxy`, { env: deps.env, dir: config.dir }) }),
    ...(panel.tls === undefined ? {} : { tls: tlsOptions(name, panel.tls, config.dir) }),
    onCall,
    clock: deps.clock,
    random: deps.random,
  };
}

function tlsOptions(
  name: string,
  tls: NonNullable<PanelConfig['tls']>,
  dir: string,
): NonNullable<PanelHttpOptions['tls']> {
  const { ca, pinSha256, rejectUnauthorized } = tls;
  return {
    rejectUnauthorized,
    ...(pinSha256 === undefined ? {} : { pinSha256 }),
    ...(ca === undefined ? {} : { ca: readCa(name, path.resolve(dir, ca)) }),
  };
}

function readCa(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(
      'config_invalid',
      `panels.${name}.tls.ca: ${file} cannot be read (${(error as { code?: string }).code ?? 'unknown'})`,
    );
  }
}
