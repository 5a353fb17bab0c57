import type { PanelHttpOptions } from '@sluice/panel-http';
import { PanelConfigError } from '@sluice/panel-http/base-url';
import { usageError } from './errors.js';
import type { PanelDependencies } from './kind.js';
import type { PanelToOpen } from './panel-to-open.js';
import type { PanelSettings } from './settings.js';

/** The options of a panel's client that come from the common config keys. */
export type TransportOptions = Pick<
  PanelHttpOptions,
  | 'adaptive'
  | 'timeouts'
  | 'retry'
  | 'concurrency'
  | 'requestsPerSecond'
  | 'admit'
  | 'tls'
  | 'proxy'
  | 'onCall'
  | 'clock'
  | 'random'
>;

/** What a transport is opened with from outside. */
export type TransportDependencies = Pick<
  PanelDependencies,
  'clock' | 'random' | 'onCall' | 'admit' | 'secret' | 'readFile'
>;

/**
 * Returns the transport options of a panel's client, from the common config keys.
 *
 * @throws what `dependencies.secret` and `dependencies.readFile` throw
 *
 * @example
 * ```ts
 * const client = createExampleClient({ panel: panel.name, baseUrl: panel.settings.url, ...transportOptions(panel, dependencies) });
 * ```
 */
export function transportOptions(
  { name, settings }: Pick<PanelToOpen, 'name' | 'settings'>,
  dependencies: TransportDependencies,
): TransportOptions {
  const { timeout, retries, requestsPerSecond, proxy, tls } = settings;
  return {
    concurrency: settings.concurrency ?? 8,
    adaptive: settings.adaptive,
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(dependencies.admit === undefined ? {} : { admit: dependencies.admit }),
    ...(timeout === undefined ? {} : { timeouts: { attemptMs: timeout, totalMs: timeout * 4 } }),
    ...(retries === undefined ? {} : { retry: { attempts: retries + 1 } }),
    ...(proxy === undefined ? {} : { proxy: dependencies.secret(proxy, `panels.${name}.proxy`) }),
    ...(tls === undefined ? {} : { tls: tlsOptions(name, tls, dependencies) }),
    onCall: dependencies.onCall,
    clock: dependencies.clock,
    random: dependencies.random,
  };
}

/**
 * Returns the client that `create` returns. What a client refuses before its first call, such as its address, its token or a proxy, is
 * an error of the panel's config.
 *
 * @throws SluiceError `bad_config`, and what else `create` throws
 *
 * @example
 * ```ts
 * const client = openClient(panel.name, () => createExampleClient({ panel: panel.name, baseUrl: panel.settings.url }));
 * ```
 */
export function openClient<Client>(panel: string, create: () => Client): Client {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof PanelConfigError)) throw error;
    throw usageError('bad_config', `Panel "${panel}": ${error.message}`, { panel });
  }
}

function tlsOptions(
  name: string,
  { ca, pinSha256, rejectUnauthorized }: NonNullable<PanelSettings['tls']>,
  { readFile }: Pick<PanelDependencies, 'readFile'>,
): NonNullable<PanelHttpOptions['tls']> {
  return {
    rejectUnauthorized,
    ...(pinSha256 === undefined ? {} : { pinSha256 }),
    ...(ca === undefined ? {} : { ca: readFile(ca, `panels.${name}.tls.ca`) }),
  };
}
