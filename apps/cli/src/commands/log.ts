import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { printableJson } from '@sluice/panel-http/printable';
import type { Deps, Output } from '../context.js';
import { type LogEntry, type LogFilter, parseTime, type Sluice } from '@sluice/engine';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { ExitCode, signalExitCode, toExitCode } from '../exit-codes.js';
import { NewFile } from '../files/new-file.js';
import type { Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions, LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';
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

/** Returns the filter that the options describe; without a choice of kinds it matches all. */
function toFilter({ timeZone }: Config, options: LogOptions, defaultLimit: number): LogFilter {
  const chosen: LogEntry['kind'][] = [
    ...(options.api === true ? (['api'] as const) : []),
    ...(options.actions === true ? (['action'] as const) : []),
    ...(options.runs === true ? (['run'] as const) : []),
  ];
  const limit = options.limit === undefined ? defaultLimit : Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw usageError('bad_option', `--limit: "${String(options.limit)}" is not a whole number above zero`);
  return {
    kinds: chosen.length > 0 ? chosen : ['run', 'action', 'refresh', 'api'],
    service: options.service,
    since: options.since === undefined ? undefined : parseTime(options.since, timeZone, '--since'),
    limit,
  };
}

/** `sluice log list` */
export const logList: CommandHandler<LogOptions> = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const filter = toFilter(config, options, 200);
    if (options.follow === true) {
      await sluice.log.follow(filter, (entry) => {
        if (terminal.json) deps.stdout.write(`${printableJson(withExitCode(entry))}\n`);
        else terminal.line(formatEntry(terminal, entry));
      });
      return signalExitCode(deps.signal) ?? ExitCode.done;
    }
    const { entries } = await sluice.log.list(filter);
    terminal.document({ entries: entries.map(withExitCode) });
    for (const entry of entries) terminal.line(formatEntry(terminal, entry));
    return ExitCode.done;
  });

/** Returns the entry as documents show it: a run with the exit code of its command. */
function withExitCode({ outcome, ...entry }: LogEntry): object {
  return entry.kind === 'run' ? { ...entry, exitCode: outcome == null ? null : toExitCode(outcome) } : entry;
}

/** Characters that are gathered before they are written. */
const CHUNK = 65_536;

/** `sluice log export FILE` */
export const logExport: CommandHandler<LogOptions> = ([name = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const filter = toFilter(config, options, 1);
    if (name === '-') {
      await writeLines(sluice, filter, async (text) => {
        refuseInterrupted(deps);
        await written(deps.stdout, text);
      });
      return ExitCode.done;
    }
    const file = path.resolve(deps.cwd, name);
    const entries = await writeFile(sluice, filter, file, deps);
    terminal.document({ file, entries });
    terminal.info(`${file}: ${entries} entries`);
    return ExitCode.done;
  });

async function writeFile(sluice: Sluice, filter: LogFilter, file: string, deps: Deps): Promise<number> {
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
    // A reader could mistake half a log for a whole one.
    target.discard();
    throw error;
  }
}

function refuseInterrupted(deps: Deps): void {
  if (!deps.signal.aborted) return;
  throw new SluiceError('interrupted', 'The export was interrupted and is incomplete. Run it again', {
    kind: 'interrupted',
  });
}

/** Waits for a slow reader, so that the output does not pile up in memory. */
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
    // Lets signals and the output be handled.
    await turn();
  });
  await write(text);
  return entries;
}

function formatEntry(terminal: Terminal, entry: LogEntry): string {
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
      return `${head} ${word('run')} ${word('command')} ${[entry.service, word('actor') && `by ${word('actor')}`].filter(Boolean).join(' ')} ${entry.outcome == null ? 'unfinished' : `exit ${toExitCode(entry.outcome)}`}${word('note') && `: ${word('note')}`}`;
  }
}

type ResolveOptions = LockOptions & { done?: boolean; notDone?: boolean };

/** `sluice action resolve ID` */
export const actionResolve: CommandHandler<ResolveOptions> = async ([id = ''], options, deps) => {
  const done = options.done === true;
  if (done === (options.notDone === true)) {
    throw usageError('bad_option', 'Check the object on the panel, then use either --done or --not-done');
  }
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const action = await sluice.log.resolve(id, { done, waitMs: parseWait(options) });
    terminal.document({ action });
    const { service, panel, type, target } = action as unknown as Record<string, string | null>;
    terminal.info(`${service ?? panel}: ${type} ${target} is recorded as ${done ? 'done' : 'not done'}`);
    return ExitCode.done;
  });
};
