import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { printableJson } from '@sluice/panel-http/printable';
import type { Deps, Output } from '../context.js';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { type LogEntry, type LogFilter, parseTime, type Sluice } from '@sluice/engine';
import { ExitCode, exitCodeOf } from '../exit-codes.js';
import { NewFile } from '../files/new-file.js';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { withSluice } from '../open-sluice.js';
import type { Config } from '../config/load.js';

/** Options of `log list` and `log export`. */
export interface LogOptions extends GlobalOptions {
  api?: boolean;
  actions?: boolean;
  runs?: boolean;
  service?: string;
  since?: string;
  limit?: string;
  follow?: boolean;
}

/** The filter that the options describe; without a choice of kinds all are meant. */
function filterOf({ timeZone }: Config, options: LogOptions, defaultLimit: number): LogFilter {
  const chosen: LogEntry['kind'][] = [
    ...(options.api === true ? (['api'] as const) : []),
    ...(options.actions === true ? (['action'] as const) : []),
    ...(options.runs === true ? (['run'] as const) : []),
  ];
  const limit = options.limit === undefined ? defaultLimit : Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw usageError('bad_option', `--limit: "${String(options.limit)}" is no whole number above zero`);
  return {
    kinds: chosen.length > 0 ? chosen : ['run', 'action', 'refresh', 'api'],
    service: options.service,
    since: options.since === undefined ? undefined : parseTime(options.since, timeZone, '--since'),
    limit,
  };
}

/** `sluice log list` */
export const logList: CommandHandler<LogOptions> = (_args, options, deps) =>
  withSluice(deps, options, async (sluice, config) => {
    const filter = filterOf(config, options, 200);
    const terminal = new Terminal(deps, options);
    if (options.follow === true) {
      await sluice.log.follow(filter, (entry) => {
        if (terminal.json) deps.stdout.write(`${printableJson(withExitCode(entry))}\n`);
        else terminal.line(lineOf(terminal, entry));
      });
      return interruptedBy(deps);
    }
    const { entries } = await sluice.log.list(filter);
    if (terminal.json) terminal.document({ entries: entries.map(withExitCode) });
    else for (const entry of entries) terminal.line(lineOf(terminal, entry));
    return ExitCode.done;
  });

/** A run's entry as the documents have it: with the exit code of its command. */
function withExitCode({ outcome, ...entry }: LogEntry): object {
  return entry.kind === 'run' ? { ...entry, exitCode: outcome == null ? null : exitCodeOf(outcome) } : entry;
}

/** Text that is gathered before it is written. */
const CHUNK = 65_536;

/** `sluice log export FILE` */
export const logExport: CommandHandler<LogOptions> = ([name = ''], options, deps) =>
  withSluice(deps, options, async (sluice, config) => {
    const filter = filterOf(config, options, 1);
    if (name === '-') {
      await writeLines(sluice, filter, async (text) => {
        refuseInterrupted(deps);
        await written(deps.stdout, text);
      });
      return ExitCode.done;
    }
    const file = path.resolve(deps.cwd, name);
    const entries = await intoFile(sluice, filter, file, deps);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ file, entries });
    else terminal.info(`${file}: ${entries} entries`);
    return ExitCode.done;
  });

async function intoFile(sluice: Sluice, filter: LogFilter, file: string, deps: Deps): Promise<number> {
  const target = NewFile.create(file);
  try {
    const entries = await writeLines(sluice, filter, (text) => {
      refuseInterrupted(deps);
      target.write(text);
      return Promise.resolve();
    });
    target.close();
    return entries;
  } catch (error) {
    // Half a log would pass for the whole.
    target.discard();
    throw error;
  }
}

function interruptedBy({ signal }: Deps): number {
  return signal.reason === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
}

function refuseInterrupted(deps: Deps): void {
  if (!deps.signal.aborted) return;
  throw new SluiceError('interrupted', 'The export was interrupted: it is not whole', { kind: 'interrupted' });
}

/** Waits until a slow reader has taken what it was given: otherwise all of it would gather here. */
function written(output: Output, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (output.write(text) === false && output.once) output.once('drain', resolve);
    else resolve();
  });
}

async function writeLines(sluice: Sluice, filter: LogFilter, write: (text: string) => Promise<void>): Promise<number> {
  let text = '';
  const entries = await sluice.log.export(filter, async (entry) => {
    text += `${printableJson(withExitCode(entry))}\n`;
    if (text.length < CHUNK) return;
    await write(text);
    text = '';
    // Signals and the output get their turn.
    await turn();
  });
  await write(text);
  return entries;
}

/** An entry as a line. */
export function lineOf(terminal: Terminal, entry: LogEntry): string {
  const { colors } = terminal;
  const head = `${colors.dim(entry.at)} ${entry.kind.padEnd(6)}`;
  const place = [entry.panel, entry.service].filter((part) => part !== null).join('/');
  const word = (key: string): string => {
    const value = entry[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  switch (entry.kind) {
    case 'api': {
      const outcome = word('status') || word('code');
      const message = entry['ok'] === true ? '' : ` ${colors.red(word('message'))}`;
      return `${head} ${place} ${word('endpoint')} ${outcome} ${word('durationMs')} ms${message}`;
    }
    case 'action':
      return `${head} ${place} ${word('type')} ${word('target')} ${terminal.status(word('state'))} ${colors.dim(word('id'))}`;
    case 'refresh': {
      const failed = entry['failed'] === 0 ? '' : colors.red(` ${word('failed')} failed`);
      return `${head} ${place} ${word('targets')} restricted again in ${word('calls')} calls${failed}`;
    }
    default:
      return `${head} ${word('run')} ${word('command')} ${entry.outcome == null ? 'unfinished' : `exit ${exitCodeOf(entry.outcome)}`}`;
  }
}
