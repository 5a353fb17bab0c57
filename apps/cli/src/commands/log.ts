import { ExitCode, usageError } from '../errors.js';
import { readLog, type LogEntry, type LogFilter } from '../operations/log.js';
import { parseTime } from '../operations/times.js';
import { requireService, withSession, type Session } from '../operations/session.js';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';

/** Options of `log list` and `log export`. */
export interface LogOptions extends GlobalOptions {
  api?: boolean;
  actions?: boolean;
  runs?: boolean;
  service?: string;
  since?: string;
  limit?: string;
}

/** The filter that the options describe; without a choice of kinds all are meant. */
export async function filterOf(session: Session, options: LogOptions, defaultLimit: number): Promise<LogFilter> {
  if (options.service !== undefined) await requireService(session, options.service);
  const chosen: LogEntry['kind'][] = [
    ...(options.api === true ? (['api'] as const) : []),
    ...(options.actions === true ? (['action'] as const) : []),
    ...(options.runs === true ? (['run'] as const) : []),
  ];
  const limit = options.limit === undefined ? defaultLimit : Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw usageError('bad_option', `--limit: "${String(options.limit)}" is no whole number above zero`);
  return {
    kinds: chosen.length > 0 ? chosen : ['run', 'action', 'api'],
    service: options.service,
    since: options.since === undefined ? undefined : parseTime(options.since, session.config.timeZone, '--since'),
    limit,
  };
}

/** `sluice log list` */
export const logList: CommandHandler<LogOptions> = (_args, options, deps) =>
  withSession(deps, options, async (session) => {
    const entries = await readLog(session, await filterOf(session, options, 200));
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ entries });
    else for (const entry of entries) terminal.line(lineOf(terminal, entry));
    return ExitCode.done;
  });

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
      return `${head} ${place} ${word('type')} ${word('target')} ${terminal.status(word('state'))}`;
    default:
      return `${head} ${word('run')} ${word('command')} ${entry['exitCode'] === null ? 'unfinished' : `exit ${word('exitCode')}`}`;
  }
}
