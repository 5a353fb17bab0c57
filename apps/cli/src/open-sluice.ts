import {
  type Config,
  configReaders,
  findConfig,
  findHeartbeat,
  type FoundConfig,
  isStoreOnServer,
  requireFile,
  storePlace,
} from '@sluice/config-file';
import { createSluice, findEntry, nodeFiles, openLocalStore, reportUnstartedRun, type Sluice } from '@sluice/engine';
import { drawPicture, pingHeartbeat } from '@sluice/notice-channels';
import type { PanelKind } from '@sluice/panel-kind';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { refusedByMark, type StateStore } from '@sluice/state-store';
import { printable } from '@sluice/panel-http/printable';
import { toRemediable, withRemedy } from './remedies.js';
import { writeLine } from './terminal/wrap.js';
import { Terminal, type TerminalOptions } from './terminal/terminal.js';
import type { FollowedConfig } from './follow-config.js';
import { loadFound } from './load-config.js';
import type { Deps } from './context.js';
import { ExitCode, toErrorExitCode } from './exit-codes.js';
import { configKinds, knownKinds } from './kinds.js';

/** Options that decide which config and store are opened, and how output is printed. */
export interface OpenOptions extends TerminalOptions {
  config?: string;
  /** Why and by whom the command is run, for the log. */
  note?: string;
  actor?: string;
  /** Prints the message to a customer on stdout, and everything else on stderr. */
  message?: boolean;
  /** Allows a new store although the file of open holds names one that was lost; `in-memory`: one that ends with the command. */
  storeMayBeLost?: boolean | 'in-memory';
  /** Asks, with the config and before a store is made, whether to go on; throws to end the command. */
  beforeStore?: (config: Config) => Promise<void>;
  /** Returns the config to work with in the place of the one that was loaded. */
  toConfig?: (config: Config) => Config;
  /** It is a run of the schedule over everything: that it can't begin is reported to the heartbeat. */
  scheduled?: boolean;
  /** It needs no more of the config than the state file, so that it works with a refused one, too. */
  needsStateOnly?: boolean | undefined;
  /** It runs long: its calls work with the config as the file is when they begin. */
  followsConfig?: boolean;
}

/** What a command works with. */
export interface Opened {
  sluice: Sluice;
  /** The store of the engine, which closes it. */
  store: StateStore;
  config: Config;
  /** Null unless the command follows its config. */
  followed: FollowedConfig | null;
  terminal: Terminal;
  /** Prints the outcome: with `--message` on stderr, else it is the terminal itself. */
  outcome: Terminal;
}

/** Loads the config, opens the store (created on first use), runs `work` on the engine, and always closes it. */
export async function withSluice<T>(
  deps: Deps,
  options: OpenOptions,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  if (options.message === true && options.json === true)
    throw usageError('bad_option', 'Use --message or --json, not both; no panel was called');
  const { config, sluice, store, followed } = await openEngine(deps, options);
  try {
    const terminal = new Terminal(deps, options, config);
    const outcome =
      options.message === true ? new Terminal({ ...deps, stdout: deps.stderr }, options, config) : terminal;
    const done = await work({ sluice, store, config, followed, terminal, outcome });
    warnOfMark(store, deps);
    return done;
  } catch (error) {
    // A change that is refused says the same as its error.
    if (!(error instanceof SluiceError && error.code === 'store_moved')) warnOfMark(store, deps);
    throw error;
  } finally {
    await sluice.close();
  }
}

async function openEngine(deps: Deps, options: OpenOptions): Promise<Omit<Opened, 'terminal' | 'outcome'>> {
  try {
    const found = findConfig(options.config, deps.env, deps.cwd);
    const { config: loaded, isRefused } = loadFound(found, deps, options.needsStateOnly);
    const config = options.toConfig?.(loaded) ?? loaded;
    // It is read again while the process runs.
    if (options.followsConfig === true) requireFile(found.file);
    await options.beforeStore?.(config);
    const create = !isRefused;
    const store = await openConfiguredStore(config, deps, { mayBeLost: options.storeMayBeLost ?? false, create });
    if (options.followsConfig === true) await refuseMarked(store);
    const followed = options.followsConfig === true ? await follow(config, found, deps) : null;
    const sluice = await startSluice(config, store, deps, { ...options, current: followed?.current });
    return { config, followed, sluice, store };
  } catch (error) {
    // Without it, a config that a new version refuses would end the enforcement in silence.
    if (options.scheduled === true && toErrorExitCode(error) !== ExitCode.busy) await reportUnstarted(deps, options);
    throw error;
  }
}

/** Refuses a store that can only be read, since it was copied, for what runs long or checks it; returns any other. */
export async function refuseMarked(store: StateStore): Promise<StateStore> {
  const { mark, location } = store;
  if (mark === null) return store;
  await store.close();
  throw refusedByMark(location, mark);
}

/** Says that a store can only be read, since it was copied. */
function warnOfMark({ mark, location }: StateStore, { stderr }: Deps): void {
  if (mark === null) return;
  const error = refusedByMark(location, mark);
  writeLine(stderr, `sluice: warning: ${printable(withRemedy(toRemediable(error)))}`);
}

async function follow(config: Config, found: FoundConfig, deps: Deps): Promise<FollowedConfig> {
  const { FollowedConfig } = await import('./follow-config.js');
  return new FollowedConfig(config, found, deps);
}

/** Calls the failure of the heartbeat for a run of the schedule whose config is refused. */
async function reportUnstarted(deps: Deps, options: Pick<OpenOptions, 'config'>): Promise<void> {
  const address = findHeartbeat({ named: options.config, env: deps.env, cwd: deps.cwd }, configKinds(deps));
  if (address !== null) await reportUnstartedRun(address, pingHeartbeat);
}

/** Opens the store of a config; a new one is created unless one was lost, or it is not to be. */
export function openConfiguredStore(
  config: Config,
  { clock, env }: Deps,
  { mayBeLost = false, create = true }: { mayBeLost?: boolean | 'in-memory'; create?: boolean } = {},
): Promise<StateStore> {
  const { location } = storePlace(config, env);
  const isLost = mayBeLost === 'in-memory' && !isStoreOnServer(config) && nodeFiles.isEmpty(location);
  const { stateFolder } = config;
  return openLocalStore(isLost ? ':memory:' : location, {
    clock,
    mayBeLost: mayBeLost !== false,
    create,
    stateFolder,
  });
}

/** Starts the engine on a store; closing the engine closes the store. */
export function startSluice(
  config: Config,
  store: StateStore,
  deps: Deps,
  options: Pick<OpenOptions, 'note' | 'actor'> & { current?: FollowedConfig['current'] | undefined } = {},
): Promise<Sluice> {
  const { clock, random, randomBytes, owner, isAlive, login, signal } = deps;
  const { note, actor, current } = options;
  if (actor?.trim() === '') throw usageError('bad_option', '--actor: the name is empty; nothing was changed');
  return createSluice({
    config,
    current,
    store,
    ...configKinds(deps),
    ...configReaders(config, deps.env),
    ping: pingHeartbeat,
    drawPicture,
    ...(isStoreOnServer(config) && {
      queue: async () => (await import('@sluice/worker/queue')).readQueue(storePlace(config, deps.env).location),
    }),
    clock,
    random,
    randomBytes,
    owner,
    isAlive,
    actor: actor === undefined ? login : () => actor,
    note,
    signal,
  });
}

/** Returns the kind of a panel of the config; undefined for one that it does not name. */
export function findPanelKind(deps: Deps, { panels }: Config, panel: string): PanelKind | undefined {
  const kind = findEntry(panels, panel)?.kind;
  return knownKinds(deps).find((known) => known.kind === kind);
}
