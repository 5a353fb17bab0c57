import type { RecordChange, TelephonyDocument } from '@sluice/engine';
import { describeValue, type Terminal } from '@sluice/terminal';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import { type CommandHandler, confirm, type LockOptions } from './command.js';
import { listCommand, type ListHandler, type ListOptions } from './list.js';
import { parsePairs } from './parse-pairs.js';
import { parseWait } from './parse-wait.js';
import { FAMILIES, type Family, type Noun } from './telephony-lists.js';

/** Returns an option's name as commander keeps it: `plan_id` as `planId`. */
function toOption(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

/** `sluice NOUN list` */
export function recordList(noun: Noun): ListHandler {
  const { resource, filters, list }: Family = FAMILIES[noun];
  return listCommand(list, async ({ sluice }, _args, options: ListOptions) => {
    const stated = filters.flatMap((name): [string, string][] => {
      const value = (options as Record<string, unknown>)[toOption(name)];
      return typeof value === 'string' ? [[name, value]] : [];
    });
    const { panel } = options;
    return (await sluice.telephony.list(resource, { panel, filters: Object.fromEntries(stated) })).records;
  });
}

interface PanelOptions extends LockOptions {
  panel?: string;
}

/** Prints a record, one field a line. */
export function printRecord(terminal: Terminal, record: TelephonyDocument): void {
  for (const [name, value] of Object.entries(record)) {
    const words = /_at$/.test(name) && typeof value === 'string' ? terminal.times.at(value) : describeValue(value);
    if (words !== null && words !== '') terminal.line(`${name.padEnd(26)} ${words}`);
  }
}

/** `sluice NOUN show ID` */
export function recordShow(noun: Noun): CommandHandler<PanelOptions> {
  const { resource, list } = FAMILIES[noun];
  return ([id = ''], options, deps) =>
    withSluice(deps, options, async ({ sluice, terminal }) => {
      const { records } = await sluice.telephony.show(resource, id, { panel: options.panel });
      terminal.document({ [list.key]: records });
      for (const record of records) printRecord(terminal, record);
      return ExitCode.done;
    });
}

/** Options of a command that changes a record. */
export interface ChangeOptions extends PanelOptions {
  dryRun?: boolean;
  detailedExitcode?: boolean;
  yes?: boolean;
}

function howOf(options: ChangeOptions): { panel: string | undefined; dryRun: boolean; waitMs: number } {
  return { panel: options.panel, dryRun: options.dryRun === true, waitMs: parseWait(options) };
}

/** `sluice NOUN create KEY=VALUE…` */
export function recordCreate(noun: Noun): CommandHandler<ChangeOptions> {
  return (pairs, options, deps) => {
    const values = parsePairs(pairs);
    return withSluice(deps, options, async ({ sluice, terminal }) => {
      const change = await sluice.telephony.create(FAMILIES[noun].resource, values, howOf(options));
      return report(terminal, noun, change, { ...options, done: 'created' });
    });
  };
}

/** `sluice NOUN set ID KEY=VALUE…` */
export function recordSet(noun: Noun): CommandHandler<ChangeOptions> {
  return ([id = '', ...pairs], options, deps) => {
    const values = parsePairs(pairs);
    return withSluice(deps, options, async ({ sluice, terminal }) => {
      const change = await sluice.telephony.set(FAMILIES[noun].resource, id, { ...howOf(options), values });
      return report(terminal, noun, change, { ...options, done: `changed: ${change.changed.join(', ')}` });
    });
  };
}

/** `sluice NOUN remove ID` */
export function recordRemove(noun: Noun): CommandHandler<ChangeOptions> {
  return async ([id = ''], options, deps) => {
    if (options.dryRun !== true) await confirm(deps, options, `Remove ${noun} "${id}" from the panel?`);
    return withSluice(deps, options, async ({ sluice, terminal }) => {
      const change = await sluice.telephony.remove(FAMILIES[noun].resource, id, howOf(options));
      return report(terminal, noun, change, { ...options, done: 'removed' });
    });
  };
}

function report(
  terminal: Terminal,
  noun: Noun,
  { run, panel, record, changed, differs }: RecordChange,
  { done, detailedExitcode }: ChangeOptions & { done: string },
): number {
  terminal.document({ [FAMILIES[noun].list.key]: [record], changed, differs, dryRun: run.dryRun });
  const what = `${noun} ${describeValue(record['id'] ?? record['name'])}`.trim();
  const outcome = changed.length === 0 ? 'was so before' : run.dryRun ? `would be ${done}` : done;
  terminal.info(`${what} on ${panel}: ${outcome}`);
  for (const name of differs)
    terminal.warn(`${what}: the panel shows ${name} as "${describeValue(record[name])}", which is not what was sent`);
  return run.dryRun && changed.length > 0 && detailedExitcode === true ? ExitCode.changes : ExitCode.done;
}
