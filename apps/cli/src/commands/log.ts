import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { printableJson } from '@sluice/panel-http/printable';
import { formatCount } from '../terminal/words.js';
import { printRows } from '../terminal/columns.js';
import { fillSink, newFileSink, outputSink } from '../terminal/files/sinks.js';
import { logColumns } from '../terminal/lists/log.js';
import type { Deps } from '../context.js';
import { type LogEntry, parseTime, type Sluice } from '@sluice/engine';
import type { LogFilter } from '@sluice/engine/options';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { ExitCode, signalExitCode, toExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import type { CommandHandler, LockOptions } from './command.js';
import { type List, listCommand, refuseUnknownNames, type ListHandler, type ListOptions } from './list.js';
import { parseWait } from './parse-wait.js';
import { withSluice } from '../open-sluice.js';
import type { Config } from '@sluice/config-file';

/** Options of `log list` and `log export`. */
export interface LogOptions extends ListOptions {
  api?: boolean;
  actions?: boolean;
  runs?: boolean;
  service?: string;
  since?: string;
  limit?: string;
  follow?: boolean;
}

/** Returns the filter that the options describe; without a choice of kinds it matches all. */
function toFilter({ timeZone }: Config, options: LogOptions, deps: Deps, defaultLimit: number): LogFilter {
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
    panel: options.panel,
    since:
      options.since === undefined
        ? undefined
        : parseTime(options.since, { timeZone, option: '--since', now: deps.clock.now() }),
    limit,
  };
}

const LOG: List<LogEntry> = {
  key: 'entries',
  empty: 'No entries.',
  keepsOrder: true,
  document: withExitCode,
  columns: logColumns(toExitCode),
};

const listLog = listCommand<LogEntry, LogOptions>(
  LOG,
  async ({ sluice, config }, _args, options, deps) =>
    (await sluice.log.list(toFilter(config, options, deps, 200))).entries,
);

/** `sluice log list` */
export const logList: ListHandler<LogOptions> = Object.assign(
  (args: string[], options: LogOptions, deps: Deps) =>
    options.follow === true ? followLog(options, deps) : listLog(args, options, deps),
  { columnNames: listLog.columnNames },
);

function followLog(options: LogOptions, deps: Deps): Promise<number> {
  if (options.csv !== undefined) throw usageError('bad_option', "--csv can't be combined with --follow");
  const signal = AbortSignal.any([deps.signal, ...(deps.readerGone ? [deps.readerGone] : [])]);
  return withSluice({ ...deps, signal }, options, async ({ sluice, config, terminal }) => {
    refuseUnknownNames(LOG, [], options, config);
    let follow: 'first' | 'next' = 'first';
    await sluice.log.follow(toFilter(config, options, deps, 200), (entry) => {
      if (terminal.json) deps.stdout.write(`${printableJson(withExitCode(entry))}\n`);
      else printRows(terminal, LOG.columns, [entry], { follow });
      follow = 'next';
    });
    return signalExitCode(deps.signal) ?? ExitCode.done;
  });
}

/** Returns the entry as documents show it: a run with the exit code of its command. */
function withExitCode({ outcome, ...entry }: LogEntry): object {
  return entry.kind === 'run' ? { ...entry, exitCode: outcome == null ? null : toExitCode(outcome) } : entry;
}

/** Characters that are gathered before they are written. */
const CHUNK = 65_536;

/** `sluice log export FILE` */
export const logExport: CommandHandler<LogOptions> = ([name = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const filter = toFilter(config, options, deps, 1);
    // A reader could mistake half a log for a whole one, so that nothing of it stays.
    const sink = name === '-' ? outputSink(deps.stdout) : newFileSink(path.resolve(deps.cwd, name));
    const { file, result: entries } = await fillSink(sink, (write) =>
      writeLines(sluice, filter, (text) => {
        if (deps.signal.aborted) throw interrupted();
        return write(text);
      }),
    );
    if (name === '-') return ExitCode.done;
    terminal.document({ file, entries });
    terminal.info(`${file}: ${formatCount(entries, 'entry', 'entries')}`);
    return ExitCode.done;
  });

function interrupted(): Error {
  const message = 'The export was interrupted and is incomplete. Run it again';
  return new SluiceError('interrupted', message, { kind: 'interrupted' });
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

type ResolveOptions = LockOptions & { done?: boolean; notDone?: boolean };

/** `sluice action resolve ID` */
export const actionResolve: CommandHandler<ResolveOptions> = async ([id = ''], options, deps) => {
  const done = options.done === true;
  if (done === (options.notDone === true)) {
    throw usageError('bad_option', 'Check the object on the panel, then use either --done or --not-done');
  }
  const how = { done, waitMs: parseWait(options) };
  return answer(deps, options, ({ sluice }) => sluice.log.resolve(id, how), {
    document: (action) => ({ action }),
    info: ({ service, panel, name }) =>
      `${service ?? panel ?? ''}: ${String(name)} is recorded as ${done ? 'done' : 'not done'}`,
  });
};
