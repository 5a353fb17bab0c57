import type { RecordsReport, Sluice } from '@sluice/engine';
import type { RecordsRequest } from '@sluice/engine/options';
import { usageError } from '@sluice/panel-kind/errors';
import { type CallRecord, createCallReport } from '@sluice/quota-core/telephony';
import { formatCount } from '../terminal/words.js';
import { fillSink } from '../terminal/files/sinks.js';
import { CALLS, printCallTotals, printSimulatedCall } from '../terminal/telephony/calls.js';
import { ExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import { csvSink } from './call-reports.js';
import { withSluice } from '../open-sluice.js';
import { toFormat } from './calls.js';
import type { CommandHandler } from './command.js';
import { listCommand, type ListHandler, type ListOptions } from './list.js';

interface RecordsOptions extends ListOptions {
  service?: string;
  did?: string;
  direction?: string;
  search?: string;
  outcome?: string;
  period?: string;
  whole?: boolean;
  day?: string;
  from?: string;
  to?: string;
  csvFormat?: string;
  force?: boolean;
}

/** Returns a record with the names of the contract. */
function toDocument(record: CallRecord): Record<string, unknown> {
  const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [snake(name), value as unknown]));
}

type Seen = Pick<RecordsReport, 'period' | 'provisional' | 'totals' | 'whole' | 'owners'>;

const listed = listCommand<CallRecord & { panel: string }, RecordsOptions, Seen>(
  {
    key: 'records',
    empty: 'No calls.',
    keepsOrder: true,
    columns: CALLS,
    document: ({ panel: _panel, ...record }) => toDocument(record),
  },
  async ({ sluice }, _args, options) => {
    const rows: CallRecord[] = [];
    const { panel, ...also } = await read(sluice, options, (call) => {
      rows.push(call);
    });
    return { rows: rows.map((row) => ({ ...row, panel })), also };
  },
  ({ terminal }, _rows, _options, also) => {
    if (also !== null) printCallTotals(terminal, also);
    return ExitCode.done;
  },
);

/** `sluice call records` */
export const callRecords: ListHandler<RecordsOptions> = Object.assign(
  ((args, options, deps) => {
    const format = toFormat(options);
    const { service, did, day, period, from, to, csv } = options;
    if (service !== undefined && did !== undefined)
      throw usageError('bad_option', 'Name either --service or --did, or neither for all calls of the panel');
    if ([day, period, from ?? to].filter((time) => time !== undefined).length > 1)
      throw usageError('bad_option', 'Name either --day, or --period, or --from and --to');
    if (csv === undefined || options.json === true) return listed(args, options, deps);
    return withSluice(deps, options, async ({ sluice, config, terminal }) => {
      const sink = csvSink(deps, csv, options);
      const { file, result } = await fillSink(sink, async (write) => {
        await write(createCallReport({ format, timeZone: config.timeZone }).header());
        return read(sluice, options, (call, { timeZone }) => write(createCallReport({ format, timeZone }).row(call)));
      });
      const { timeZone } = result.period;
      const zone = timeZone === config.timeZone ? '' : `, times in ${timeZone}`;
      if (csv !== '-') terminal.info(`${file}: ${formatCount(result.totals.calls, 'call')}${zone}`);
      return ExitCode.done;
    });
  }) satisfies CommandHandler<RecordsOptions>,
  { columnNames: listed.columnNames },
);

async function read(sluice: Sluice, options: RecordsOptions, onCall: RecordsRequest['onCall']): Promise<RecordsReport> {
  const { service = null, did = null, panel = null, search = null, whole = false } = options;
  const { period = null, day = null, from = null, to = null } = options;
  const direction = oneOf(options.direction, DIRECTIONS, '--direction');
  const outcome = oneOf(options.outcome, OUTCOMES, '--outcome');
  const which = { service, did, panel, direction, search, outcome };
  return sluice.calls.records({ ...which, period, day, from, to, whole, onCall });
}

const DIRECTIONS = ['inbound', 'outbound'] as const;
const OUTCOMES = ['answered', 'unanswered'] as const;

function oneOf<Word extends string>(value: string | undefined, words: readonly Word[], option: string): Word | null {
  const found = words.find((word) => word === value);
  if (value === undefined || found !== undefined) return found ?? null;
  throw usageError('bad_option', `${option}: "${value}" is not one of ${words.join(', ')}`);
}

interface SimulateOptions extends ListOptions {
  seconds?: string;
  plan?: string;
  service?: string;
  at?: string;
  local?: boolean;
  incrementBase?: string;
}

const BASES = ['after-initial', 'whole-duration'] as const;

/** `sluice call simulate DEST` */
export const callSimulate: CommandHandler<SimulateOptions> = ([destination = ''], options, deps) => {
  const { seconds = '', plan = null, service = null, panel = null, at = null, local = false } = options;
  if (!/^\d{1,6}$/.test(seconds)) throw usageError('bad_option', `--seconds: "${seconds}" is not a whole number`);
  if ((plan === null) === (service === null)) throw usageError('bad_option', 'Name either --plan or --service');
  const incrementBase = oneOf(options.incrementBase, BASES, '--increment-base');
  const isLocal = local || options.incrementBase !== undefined;
  const request = { destination, seconds: Number(seconds), plan, service, panel, at, local: isLocal, incrementBase };
  return answer(deps, options, ({ sluice }) => sluice.calls.simulate(request), { print: printSimulatedCall });
};
