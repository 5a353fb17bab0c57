import path from 'node:path';
import { type Config, configReaders, isSecretReference, storePlace } from '@sluice/config-file';
import {
  copyLocalStore,
  describeLocation,
  isOnServer,
  NOT_AN_ADDRESS,
  parseAddress,
  undoLocalCopy,
} from '@sluice/engine/places';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import type { CopyProgress } from '@sluice/state-store';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { loadConfig } from '../load-config.js';
import { startProgress } from '../terminal/progress.js';
import { Terminal } from '../terminal/terminal.js';
import { formatCount, shellWords } from '../terminal/words.js';
import type { CommandHandler, GlobalOptions } from './command.js';

type CopyCommandOptions = GlobalOptions & {
  to?: string;
  undo?: boolean;
  dryRun?: boolean;
  replaceNul?: boolean;
  discardNewer?: boolean;
};

/** `sluice db copy --to URL|FILE`, `sluice db copy --undo` */
export const dbCopy: CommandHandler<CopyCommandOptions> = async (_args, options, deps) => {
  const config = loadConfig(options.config, deps);
  const from = storePlace(config, deps.env).location;
  const terminal = new Terminal(deps, options, config);
  const to = options.to === undefined ? undefined : readTarget(options.to, { config, deps, terminal });
  const { undo = false, dryRun = false, replaceNul, discardNewer } = options;
  const parts = { ...deps, stateFolder: config.stateFolder };
  if (undo) {
    if (replaceNul === true) throw usageError('bad_option', '--replace-nul: with --undo nothing is copied');
    const result = await undoLocalCopy({ from, to, dryRun, discardNewer: discardNewer === true }, parts);
    terminal.document({ ...result, dryRun });
    if (result.lost !== null) terminal.warn(`sluice: warning: what only ${result.to} has is lost: ${result.lost}`);
    terminal.info(
      dryRun
        ? `${result.from} could be used again; nothing was changed`
        : `${result.from} is used again${result.wasMoved ? `, and ${result.to} no more` : ''}`,
    );
    return ExitCode.done;
  }
  if (to === undefined) throw usageError('bad_option', '--to: name the database or file that the store is copied to');
  if (discardNewer === true) throw usageError('bad_option', '--discard-newer: only with --undo');
  const onProgress = await followProgress(terminal, deps);
  try {
    const request = { from, to, dryRun, replaceNul: replaceNul === true, onProgress: onProgress.report };
    const result = await copyLocalStore(request, parts);
    const state = toState(options.to ?? '', { config, to });
    onProgress.stop();
    terminal.document({ ...result, dryRun, state });
    const back = isOnServer(to) ? state : (options.to ?? to);
    const isReferred = isSecretReference(state) && !isSecretReference(options.to ?? '');
    printCopied(terminal, { ...result, dryRun, state, back, isReferred });
    return ExitCode.done;
  } finally {
    onProgress.stop();
  }
};

interface Target {
  config: Config;
  deps: Deps;
  terminal: Terminal;
}

/** Returns the path, or the address with its password, that `--to` names; it may be a reference to a secret. */
function readTarget(text: string, { config, deps, terminal }: Target): string {
  const target = isSecretReference(text) ? configReaders(config, deps.env).secret(text, '--to') : text;
  if (!isOnServer(target)) {
    if (isSecretReference(text)) throw usageError('bad_option', `--to: the secret ${text} ${NOT_AN_ADDRESS}`);
    return path.resolve(deps.cwd, target);
  }
  const address = parseAddress(target);
  if (address === null) throw usageError('bad_option', `--to: it ${NOT_AN_ADDRESS}`);
  if (address.hasPassword && !isSecretReference(text)) {
    deps.hideArguments?.();
    terminal.warn(
      `sluice: warning: other users of this machine may have seen the password in the command line, and the shell may keep it: use --to '\${env:STATE_URL}'`,
    );
  }
  return target;
}

/** Returns what `state` of the config has to be for the copy to be used. */
function toState(option: string, { config, to }: { config: Config; to: string }): string {
  if (isSecretReference(option)) return option;
  if (isOnServer(to)) return parseAddress(to)?.hasPassword === true ? '${env:STATE_URL}' : describeLocation(to);
  const relative = path.relative(config.dir, to);
  return relative.startsWith('..') ? to : `./${relative}`;
}

interface Followed {
  report: (progress: CopyProgress) => void;
  stop: () => void;
}

/** Shows the progress of both steps; ends the copy when the command is interrupted. */
async function followProgress(terminal: Terminal, deps: Deps): Promise<Followed> {
  const isShown = !terminal.json && !terminal.quiet;
  const bars = {
    copy: await startProgress(deps, 'copying', isShown),
    verify: await startProgress(deps, 'verifying', isShown),
  };
  return {
    report: ({ step, rows, total }) => {
      if (deps.signal.aborted) throw interrupted();
      if (step !== 'copy') bars.copy.stop();
      if (step !== 'mark') bars[step].update(rows, total);
    },
    stop: () => {
      bars.copy.stop();
      bars.verify.stop();
    },
  };
}

function interrupted(): Error {
  const message =
    'The copy was interrupted: nothing is written to the store until it is finished. Run it again, or end it with "sluice db copy --undo"';
  return new SluiceError('interrupted', message, { kind: 'interrupted' });
}

/** A copy, and the line that the config needs. */
interface Copied {
  from: string;
  to: string;
  resumed: boolean;
  rows: number;
  tables: readonly unknown[];
  dryRun: boolean;
  state: string;
  /** What `--to` is where the copy is taken back. */
  back: string;
  /** Whether `state` names a variable in place of an address with a password. */
  isReferred: boolean;
}

function printCopied(
  terminal: Terminal,
  { from, to, resumed, rows, tables, dryRun, state, back, isReferred }: Copied,
): void {
  const what = `${formatCount(rows, 'row', 'rows')} of ${formatCount(tables.length, 'table', 'tables')}`;
  if (dryRun) {
    terminal.info(`${what} would be copied from ${from} to ${to}; nothing was changed`);
    return;
  }
  terminal.info(`${from} was ${resumed ? 'copied further' : 'copied'} to ${to}: ${what}, each verified`);
  terminal.info(`${from} is not written to any more. Now set this in the config of every machine:`);
  terminal.info('');
  terminal.info(`state: ${JSON.stringify(state)}`);
  terminal.info('');
  if (isReferred) terminal.info(`STATE_URL is the address with its password, which is left out here: ${to}\n`);
  const undo = shellWords(['sluice', 'db', 'copy', '--undo', '--to', back]);
  terminal.info(`To take it back while nothing has used the copy, with the config as it was: ${undo}`);
}
