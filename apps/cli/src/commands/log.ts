import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { printableJson } from '@sluice/panel-http/printable';
import { formatCount, type Output, plainInk, printRows, type Terminal, text, time } from '@sluice/terminal';
import { NewFile } from '@sluice/terminal/files';
import type { Deps } from '../context.js';
import { type LogEntry, type LogFilter, parseTime, type Sluice } from '@sluice/engine';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { ExitCode, signalExitCode, toExitCode } from '../exit-codes.js';
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

const word = (entry: LogEntry, key: string): string => {
  const value = entry[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** Returns what an entry is about. */
function toWhat(entry: LogEntry): string {
  switch (entry.kind) {
    case 'api':
      // The name of an endpoint has placeholders in place of ids.
      return word(entry, 'endpoint').includes('{')
        ? `${word(entry, 'method')} ${word(entry, 'path')}`
        : word(entry, 'endpoint');
    case 'action':
      return word(entry, 'name');
    case 'refresh':
      return 'restricted again';
    default:
      return [word(entry, 'command'), word(entry, 'actor') && `by ${word(entry, 'actor')}`].filter(Boolean).join(' ');
  }
}

/** Returns the id of an action or run; a call has none. */
function toId(entry: LogEntry): string {
  if (entry.kind === 'action') return word(entry, 'id');
  return entry.kind === 'run' ? (entry.run ?? '') : '';
}

/** Returns how what an entry is about ended. */
function toOutcome(entry: LogEntry, ink: Pick<Terminal, 'colors' | 'status'>): string {
  const { colors } = ink;
  switch (entry.kind) {
    case 'api': {
      const message = entry['ok'] === true ? '' : ` ${colors.red(word(entry, 'message'))}`;
      return `${word(entry, 'status') || word(entry, 'code')} ${word(entry, 'durationMs')} ms${message}`;
    }
    case 'action':
      return ink.status(word(entry, 'state'));
    case 'refresh': {
      const failed = entry['failed'] === 0 ? '' : colors.red(` ${word(entry, 'failed')} failed`);
      return `${formatCount(Number(entry['targets']), 'object')} in ${formatCount(Number(entry['calls']), 'call')}${failed}`;
    }
    default: {
      const end = entry.outcome == null ? 'unfinished' : `exit ${toExitCode(entry.outcome)}`;
      const note = word(entry, 'note');
      return `${end}${note && `: ${note}`}`;
    }
  }
}

const PLAIN = { colors: plainInk().colors, status: (text: string) => text };

const LOG: List<LogEntry> = {
  key: 'entries',
  empty: 'No entries.',
  keepsOrder: true,
  document: withExitCode,
  columns: [
    time('at', ({ at }) => at, { atLeast: 17 }),
    text('kind', ({ kind }) => kind, { priority: 2, atLeast: 7 }),
    text('panel', ({ panel }) => panel, { priority: 3, atLeast: 8 }),
    text('service', ({ service }) => service, { priority: 1, atLeast: 12 }),
    text('what', toWhat, { least: 24, atLeast: 26 }),
    text('type', (entry) => (entry.kind === 'action' ? word(entry, 'type') : ''), { priority: 5, atLeast: 12 }),
    {
      name: 'outcome',
      value: (entry) => toOutcome(entry, PLAIN),
      cell: (entry, terminal) => toOutcome(entry, terminal),
    },
    // `action resolve` expects this id; documents contain it.
    text('id', toId, { whole: true, priority: 4 }),
    text('run', ({ run }) => run, { extra: true, priority: 9 }),
  ],
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
  return withSluice(deps, options, async ({ sluice, config, terminal }) => {
    refuseUnknownNames(LOG, [], options, config);
    let follow: 'first' | 'next' = 'first';
    await sluice.log.follow(toFilter(config, options, deps, 200), (entry) => {
      if (options.panel !== undefined && entry.panel !== options.panel) return;
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
    terminal.info(`${file}: ${formatCount(entries, 'entry', 'entries')}`);
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
    const { service, panel, name } = action as unknown as Record<string, string | null>;
    terminal.info(`${service ?? panel}: ${name} is recorded as ${done ? 'done' : 'not done'}`);
    return ExitCode.done;
  });
};
