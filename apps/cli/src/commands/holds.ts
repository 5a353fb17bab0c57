import path from 'node:path';
import { usageError } from '@sluice/panel-kind/errors';
import { type CommandOptions, nodeFiles, type CommandReport, readHoldsFile, type Sluice } from '@sluice/engine';
import { ExitCode, exitCodeOfRun } from '../exit-codes.js';
import { printSwept } from '../output/agent-report.js';
import { printPass } from '../output/pass-report.js';
import { Terminal } from '../output/terminal.js';
import type { Deps } from '../context.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { printDetail } from './services.js';
import { confirm, waitOf } from './shared.js';
import { withSluice } from '../open-sluice.js';

/** Options of what holds or releases one service by name. */
export interface OrderOptions extends GlobalOptions {
  note?: string;
  reason?: string;
  waitLock?: string;
  dryRun?: boolean;
  detailedExitcode?: boolean;
}

/** Gives an order about one hold and prints how it went. */
export async function giveOrder(
  order: (sluice: Sluice, how: CommandOptions) => Promise<CommandReport>,
  options: OrderOptions,
  deps: Deps,
): Promise<number> {
  return withSluice(deps, options, async (sluice) => {
    const report = await order(sluice, { waitMs: waitOf(options), dryRun: options.dryRun === true });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(report);
    else if (!terminal.quiet || report.run.outcome !== 'done') printOrder(terminal, report);
    return exitCodeOfRun(report.run, options);
  });
}

/** An order's outcome for people. */
export function printOrder(terminal: Terminal, report: CommandReport): void {
  printDetail(terminal, report.service);
  for (const action of report.actions)
    terminal.line(`  ${action.type} ${action.target} ${terminal.status(action.state)}`);
  if (report.actions.length === 0) terminal.line('  nothing had to be changed on the panel');
  if (report.stillHeld.length > 0) terminal.line(`  still held: ${report.stillHeld.join(', ')}`);
  for (const notice of report.notices) terminal.line(`  ${terminal.notice(notice)}`);
}

/** `sluice hold add SERVICE` */
export const holdAdd: CommandHandler<OrderOptions> = ([id = ''], options, deps) =>
  giveOrder((sluice, how) => sluice.holds.add(id, { ...how, note: options.note }), options, deps);

/** Options of `hold release`. */
export interface ReleaseOptions extends OrderOptions {
  all?: boolean;
  panel?: string;
  yes?: boolean;
  from?: string;
}

/** `sluice hold release SERVICE` and `sluice hold release --all` */
export const holdRelease: CommandHandler<ReleaseOptions> = ([id], options, deps) => {
  if (options.all === true) {
    if (id !== undefined) throw usageError('bad_option', `Name "${id}" or --all, not both; nothing was called`);
    return releaseEverything(options, deps);
  }
  if (id === undefined) throw usageError('bad_option', 'Name a service, or --all; nothing was called');
  refuseOtherHolds(id, options);
  return releaseOne(id, options, deps);
};

/** What ends a hold that is not an operator's own. */
const ENDED_BY: Record<string, (id: string) => string> = {
  quota: (id) => `a higher allowance ("sluice override set ${id} …") and the next poll`,
  billing: (id) => `"sluice provision unsuspend ${id}"`,
  'agent-limit': () =>
    'a higher limit of its agent ("sluice agent limit AGENT --gb N") and the next "sluice agent check", or "sluice agent restore AGENT --force", which lasts until that check',
};

/** By name only a manual hold is released: a run would only bring back any other. */
function refuseOtherHolds(id: string, { reason = 'manual', panel, from }: ReleaseOptions): void {
  if (panel !== undefined || from !== undefined)
    throw usageError('bad_option', `--panel and --from go with --all, not with "${id}"; nothing was called`);
  if (reason === 'manual') return;
  const remedy = ENDED_BY[reason]?.(id) ?? 'what it is for';
  throw usageError(
    'bad_option',
    `--reason ${reason}: "hold release ${id}" releases the manual hold only; ${remedy} ends this one; nothing was called`,
  );
}

async function releaseEverything(options: ReleaseOptions, deps: Deps): Promise<number> {
  const where = options.panel === undefined ? 'all panels' : `panel ${options.panel}`;
  if (options.dryRun !== true) {
    await confirm(deps, options, `Give back everything that Sluice restricted on ${where} and put it under observe?`);
  }
  const file = options.from === undefined ? null : readHoldsFile(nodeFiles, path.resolve(deps.cwd, options.from));
  return withSluice(deps, { ...options, storeMayBeLost: file !== null }, async (sluice) => {
    const report = await sluice.holds.releaseAll({
      panel: options.panel,
      reason: options.reason,
      dryRun: options.dryRun === true,
      waitMs: waitOf(options),
      file,
    });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(report);
    else printPass(terminal, report, true);
    if (!terminal.json) printSwept(terminal, report.agents);
    return exitCodeOfRun(report.run, options);
  });
}

function releaseOne(id: string, options: OrderOptions, deps: Deps): Promise<number> {
  return giveOrder((sluice, how) => sluice.holds.release(id, how), options, deps);
}

/** Options of `hold adopt`. */
export interface AdoptOptions extends OrderOptions {
  ports?: string;
  order?: boolean;
  forwards?: string;
}

const REASONS = ['quota', 'billing', 'manual'] as const;

/** `sluice hold adopt SERVICE` */
export const holdAdopt: CommandHandler<AdoptOptions> = ([id = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const reason = REASONS.find((item) => item === (options.reason ?? 'quota'));
    if (reason === undefined)
      throw usageError('bad_option', `--reason: "${String(options.reason)}" is none of ${REASONS.join(', ')}`);
    const detail = await sluice.holds.adopt(id, {
      reason,
      ports: listOf(options.ports),
      order: options.order === true,
      forwards: listOf(options.forwards),
      note: options.note ?? null,
      waitMs: waitOf(options),
    });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(detail);
    else {
      const { holds } = await sluice.holds.list({ service: id, open: true });
      const evidence = holds.find((hold) => hold.reason === reason)?.evidence ?? [];
      terminal.info(
        `${id}: ${evidence.map((item) => `${item.kind} ${item.target}`).join(', ')} will be given back when its ${reason} hold ends`,
      );
    }
    return ExitCode.done;
  });

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** `sluice hold list [SERVICE]` */
export const holdList: CommandHandler = ([id], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const { holds } = await sluice.holds.list({ service: id });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ holds });
    else if (holds.length === 0) terminal.line('No holds.');
    else {
      terminal.table(
        ['service', 'reason', 'since', 'until', 'done for it', 'note'],
        holds.map((hold) => [
          hold.service,
          hold.reason,
          hold.since,
          hold.until,
          hold.evidence.length === 0
            ? null
            : hold.evidence.map(
                (item) => `${item.kind} ${item.target}${item.until === null ? '' : ` (${item.outcome ?? 'ended'})`}`,
              ),
          hold.note,
        ]),
      );
    }
    return ExitCode.done;
  });
