import type { RecordChange } from '@sluice/engine';
import type { Telephony } from '@sluice/engine/options';
import type { TelephonyResource } from '@sluice/panel-kind';
import { printRecord, printRecordChange } from '../terminal/telephony/records.js';
import { TELEPHONY_LISTS, type TelephonyNoun } from '../terminal/telephony/lists.js';
import type { Deps } from '../context.js';
import { toRunExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import { type ChangeHow, type ChangeOptions, toHow } from './change-options.js';
import { type CommandHandler, confirm, type GlobalOptions } from './command.js';
import { listCommand, type ListHandler, type ListOptions } from './list.js';
import { readPairs } from './parse-pairs.js';
import { STATUSES } from './statuses.js';

/** Returns an option's name as commander keeps it: `plan_id` as `planId`. */
function toOption(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

/** `sluice NOUN list` */
export function recordList(noun: TelephonyNoun, statuses?: keyof typeof STATUSES): ListHandler {
  const { resource, filters, ...list } = TELEPHONY_LISTS[noun];
  return listCommand(
    { ...list, statuses: statuses && STATUSES[statuses] },
    async ({ sluice }, _args, options: ListOptions) => {
      const stated = filters.flatMap((name): [string, string][] => {
        const value = (options as Record<string, unknown>)[toOption(name)];
        return typeof value === 'string' ? [[name, value]] : [];
      });
      const { panel } = options;
      return (await sluice.telephony.list(resource, { panel, filters: Object.fromEntries(stated) })).records;
    },
  );
}

/** `sluice NOUN show ID` */
export function recordShow(noun: TelephonyNoun): CommandHandler<GlobalOptions & { panel?: string }> {
  const { resource, key } = TELEPHONY_LISTS[noun];
  return ([id = ''], options, deps) =>
    answer(deps, options, ({ sluice }) => sluice.telephony.show(resource, id, { panel: options.panel }), {
      document: ({ records }) => ({ [key]: records }),
      print: (terminal, { records }) => {
        for (const record of records) printRecord(terminal, record);
      },
    });
}

/** What is done to records of which list, and with which options. */
interface Changing {
  noun: TelephonyNoun;
  verb: 'created' | 'changed' | 'removed';
  options: ChangeOptions;
  deps: Deps;
}

function changeRecord(
  { noun, verb, options, deps }: Changing,
  change: (telephony: Telephony, resource: TelephonyResource, how: ChangeHow) => Promise<RecordChange>,
): Promise<number> {
  const { resource, key } = TELEPHONY_LISTS[noun];
  return answer(deps, options, ({ sluice }) => change(sluice.telephony, resource, toHow(options)), {
    document: ({ run, record, changed, differs, putBackBy }) => ({
      [key]: [record],
      ...{ changed, differs, putBackBy },
      dryRun: run.dryRun,
    }),
    print: (terminal, made) => {
      printRecordChange(terminal, noun, made, verb);
    },
    exitCode: ({ run }) => toRunExitCode(run, options),
  });
}

/** `sluice NOUN create KEY=VALUE…` */
export function recordCreate(noun: TelephonyNoun): CommandHandler<ChangeOptions> {
  return async (pairs, options, deps) => {
    const values = await readPairs(pairs, deps);
    return await changeRecord({ noun, verb: 'created', options, deps }, (telephony, resource, how) =>
      telephony.create(resource, values, how),
    );
  };
}

/** `sluice NOUN set ID KEY=VALUE…` */
export function recordSet(noun: TelephonyNoun): CommandHandler<ChangeOptions> {
  return async ([id = '', ...pairs], options, deps) => {
    const values = await readPairs(pairs, deps);
    return await changeRecord({ noun, verb: 'changed', options, deps }, (telephony, resource, how) =>
      telephony.set(resource, id, { ...how, values }),
    );
  };
}

/** `sluice NOUN remove ID` */
export function recordRemove(noun: TelephonyNoun): CommandHandler<ChangeOptions> {
  return async ([id = ''], options, deps) => {
    if (options.dryRun !== true) await confirm(deps, options, `Remove ${noun} "${id}" from the panel?`);
    return changeRecord({ noun, verb: 'removed', options, deps }, (telephony, resource, how) =>
      telephony.remove(resource, id, how),
    );
  };
}
