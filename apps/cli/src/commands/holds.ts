import path from 'node:path';
import {
  type CommandOptions,
  nodeFiles,
  type CommandReport,
  type HoldEntry,
  readHoldsFile,
  type ServiceDetail,
  type Sluice,
} from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { describeRule } from '@sluice/quota-core';
import { type ColumnInk, type Terminal, text, time } from '@sluice/terminal';
import { describeOutcome, printActions, printChangedAgents, printRun, printService } from '@sluice/terminal/reports';
import type { Deps } from '../context.js';
import { ExitCode, toRunExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import { confirm, type CommandHandler, type LockOptions } from './command.js';
import { findObserved } from './observed.js';
import { STATUSES } from './statuses.js';
import { type List, listCommand, type ListOptions } from './list.js';
import { parseWait } from './parse-wait.js';

/** Options of commands that change one service on its panel. */
export interface ChangeOptions extends LockOptions {
  note?: string;
  reason?: string;
  dryRun?: boolean;
  detailedExitcode?: boolean;
}

/** Holds or releases one service and prints the outcome. */
export async function changeHold(
  id: string,
  change: (sluice: Sluice, how: CommandOptions) => Promise<CommandReport>,
  options: ChangeOptions,
  deps: Deps,
): Promise<number> {
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const how = { waitMs: parseWait(options), dryRun: options.dryRun === true };
    const before = await sluice.services.show(id).catch(async (error: unknown) => {
      // The change itself may say more about an id that is not a service.
      await change(sluice, how);
      throw error;
    });
    const report = await change(sluice, how);
    terminal.document(report);
    printOutcome(terminal, before, report, options.verbose === true);
    return toRunExitCode(report.run, options);
  });
}

/** Prints how a command about one service ended: one line, and all details with `--verbose`. */
export function printOutcome(terminal: Terminal, before: ServiceDetail, report: CommandReport, showAll: boolean): void {
  const { run, service, actions, notices, error } = report;
  const isDone = run.outcome === 'done';
  if (terminal.quiet && isDone && !hasChanged(before, report)) return;
  terminal.line(describeOutcome(before, report));
  if (showAll) printService(terminal, service);
  if (showAll || run.dryRun || !isDone) printActions(terminal, actions);
  const failure = error ?? service.error;
  if (failure !== null && !showAll && (!isDone || run.dryRun))
    terminal.line(`  ${terminal.error(failure, { service: service.id })}`);
  if (!terminal.quiet) for (const notice of notices) terminal.line(`  ${terminal.notice(notice)}`);
}

/** Returns whether a command changed the service or its panel. */
function hasChanged(before: ServiceDetail, { run, service, actions }: CommandReport): boolean {
  if (run.dryRun) return false;
  const stated = ({ holds, lifecycle, product, nextDueDate, quotaReleasedUntil }: ServiceDetail): string =>
    JSON.stringify([holds, lifecycle, product, nextDueDate, quotaReleasedUntil]);
  return stated(before) !== stated(service) || actions.some(({ state }) => state === 'applied');
}

/** `sluice hold add SERVICE` */
export const holdAdd: CommandHandler<ChangeOptions> = ([id = ''], options, deps) =>
  changeHold(id, (sluice, how) => sluice.holds.add(id, { ...how, note: options.note }), options, deps);

/** Options of `hold release`. */
export interface ReleaseOptions extends ChangeOptions {
  all?: boolean;
  panel?: string;
  yes?: boolean;
  from?: string;
  until?: string;
}

/** `sluice hold release SERVICE` and `sluice hold release --all` */
export const holdRelease: CommandHandler<ReleaseOptions> = ([id], options, deps) => {
  if (options.all === true) {
    if (options.until !== undefined) throw usageError('bad_option', '--until requires a service; no panel was called');
    if (id !== undefined) throw usageError('bad_option', `Use either "${id}" or --all, not both; no panel was called`);
    return releaseAll(options, deps);
  }
  if (id === undefined) throw usageError('bad_option', 'Name a service, or use --all; no panel was called');
  refuseOtherHolds(id, options);
  const until = options.until === 'none' ? null : options.until;
  return changeHold(id, (sluice, how) => sluice.holds.release(id, { ...how, until }), options, deps);
};

/** What ends a hold that is not manual. */
const ENDED_BY: Record<string, (id: string) => string> = {
  quota: (id) =>
    `raise the allowance with "sluice override set ${id} …", and the next poll releases it; or lift it for some time with "sluice hold release ${id} --until DATE"`,
  billing: (id) => `run "sluice provision unsuspend ${id}"`,
  'agent-limit': (id) =>
    `"sluice explain ${id}" names its agent: raise its limit with "sluice agent limit", or restore its users regardless with "sluice agent restore"; the suspension of an agent ends with "sluice agent unsuspend"`,
};

/** Only a manual hold is released by name: the next run would restore any other. */
function refuseOtherHolds(
  id: string,
  { until, reason = until === undefined ? 'manual' : 'quota', panel, from }: ReleaseOptions,
): void {
  if (panel !== undefined || from !== undefined)
    throw usageError(
      'bad_option',
      `--panel and --from require --all and can't be combined with "${id}"; no panel was called`,
    );
  if (until !== undefined) {
    if (reason === 'quota') return;
    throw usageError('bad_option', `--until releases the quota hold, not the hold "${reason}"; no panel was called`);
  }
  if (reason === 'manual') return;
  const remedy = ENDED_BY[reason]?.(id) ?? 'wait for the next run after its limit is no longer exceeded';
  throw usageError(
    'bad_option',
    `--reason ${reason}: "sluice hold release ${id}" releases only the manual hold; no panel was called. To release this hold: ${remedy}`,
  );
}

async function releaseAll(options: ReleaseOptions, deps: Deps): Promise<number> {
  const where = options.panel === undefined ? 'all panels' : `panel ${options.panel}`;
  if (options.dryRun !== true) {
    await confirm(deps, options, `Lift all restrictions by Sluice on ${where} and switch to observe?`);
  }
  const file = options.from === undefined ? null : readHoldsFile(nodeFiles, path.resolve(deps.cwd, options.from));
  return withSluice(deps, { ...options, storeMayBeLost: file !== null }, async ({ sluice, terminal }) => {
    const report = await sluice.holds.releaseAll({
      panel: options.panel,
      reason: options.reason,
      dryRun: options.dryRun === true,
      waitMs: parseWait(options),
      file,
    });
    terminal.document(report);
    printRun(terminal, report, true);
    printChangedAgents(terminal, report.agents);
    return toRunExitCode(report.run, options);
  });
}

/** Options of `hold adopt`. */
export interface AdoptOptions extends ChangeOptions {
  ports?: string;
  order?: boolean;
  forwards?: string;
}

const REASONS = ['quota', 'billing', 'manual'] as const;

/** `sluice hold adopt SERVICE` */
export const holdAdopt: CommandHandler<AdoptOptions> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const reason = REASONS.find((item) => item === (options.reason ?? 'quota'));
    if (reason === undefined)
      throw usageError('bad_option', `--reason: "${String(options.reason)}" is not one of ${REASONS.join(', ')}`);
    const detail = await sluice.holds.adopt(id, {
      reason,
      ports: parseList(options.ports),
      order: options.order === true,
      forwards: parseList(options.forwards),
      note: options.note ?? null,
      waitMs: parseWait(options),
    });
    terminal.document(detail);
    const { holds } = await sluice.holds.list({ service: id, open: true });
    const evidence = holds.find((hold) => hold.reason === reason)?.evidence ?? [];
    const targets = evidence.map(({ kind, target }) => `${kind} ${target}`).join(', ');
    terminal.info(`${id}: releasing its ${reason} hold will restore ${targets}`);
    return ExitCode.done;
  });

function parseList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function describeEvidence(hold: HoldEntry, { times }: ColumnInk): string[] {
  return hold.evidence.map(({ kind, target, until, outcome }) =>
    until === null
      ? `${kind} ${target}`
      : `${kind} ${target} (${outcome ?? `ended ${times.at(until, hold.panel) ?? ''}`})`,
  );
}

/** Returns in words the rule that the note of a run's hold is; null for a hold with a note of an operator, or without one. */
function describeStoredRule({ origin, note }: HoldEntry): string | null {
  return origin !== 'run' || note === null ? null : describeRule(note);
}

const HOLDS: List<HoldEntry> = {
  key: 'holds',
  statuses: STATUSES.records,
  empty: 'No holds.',
  columns: [
    text('subject', ({ service, agent }) => service ?? `agent ${agent?.name ?? agent?.uuid ?? ''}`),
    text('panel', ({ panel }) => panel, { extra: true, priority: 8 }),
    text('product', ({ product }) => product, { extra: true, priority: 9 }),
    text('client', ({ client }) => client, { extra: true, priority: 9 }),
    text('reason', ({ reason }) => reason),
    text('status', ({ until }) => (until === null ? 'open' : 'past'), { extra: true, priority: 7 }),
    time('since', ({ since }) => since, { priority: 2 }),
    time('until', ({ until }) => until),
    {
      name: 'restricted',
      value: ({ evidence }) => evidence.map(({ kind, target }) => `${kind} ${target}`).join(', ') || null,
      cell: (hold, terminal) => (hold.evidence.length === 0 ? null : describeEvidence(hold, terminal)),
      priority: 3,
    },
    text('rule', describeStoredRule, { priority: 1 }),
    text('note', (hold) => (describeStoredRule(hold) === null ? hold.note : null), { priority: 1 }),
  ],
};

/** `sluice hold list [SERVICE]` */
export const holdList: CommandHandler<ListOptions> = listCommand(
  HOLDS,
  async ({ sluice }, [service], { panel, product, client }) => {
    const { holds, released } = await sluice.holds.list({ service });
    const services = (await sluice.services.list(service === undefined ? { panel, product, client } : {})).services;
    const observed = services.filter(({ id }) => service === undefined || id === service);
    const wouldHold = (await findObserved(sluice, observed)).flatMap(({ id, panel: name, wouldHold: reasons }) =>
      reasons.map((reason) => ({ service: id, panel: name, reason })),
    );
    return { rows: holds, also: { released, wouldHold } };
  },
  (terminal, _rows, { csv, status }, also) => {
    if (csv !== undefined) return ExitCode.done;
    for (const { service, panel, reason } of status === 'past' ? [] : (also?.wouldHold ?? []))
      terminal.line(`${service}: would be held (${reason}); panel ${panel} is under observe`);
    for (const { service, until, note } of also?.released ?? [])
      terminal.line(`${service}: the quota hold is released until ${until}${note === null ? '' : ` (${note})`}`);
    return ExitCode.done;
  },
);
