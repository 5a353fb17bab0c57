import path from 'node:path';
import { usageError } from '@sluice/panel-kind';
import { ExitCode, exitCodeOf } from '../exit-codes.js';
import {
  adoptHold,
  type HoldOrder,
  holdViews,
  orderHold,
  type OrderReport,
  readHoldsFile,
  releaseAll,
  requirePanelName,
  requireService,
  serviceDetail,
  nodeFiles,
} from '@sluice/engine';
import { printSwept } from '../output/agent-report.js';
import { printPass } from '../output/pass-report.js';
import { Terminal } from '../output/terminal.js';
import type { Deps } from '../context.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { printDetail } from './services.js';
import { confirm, waitOf } from './shared.js';
import { withSession } from '../session.js';

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
  id: string,
  order: Omit<HoldOrder, 'waitMs' | 'dryRun'>,
  options: OrderOptions,
  deps: Deps,
): Promise<number> {
  const dryRun = options.dryRun === true;
  return withSession(deps, options, async (session) => {
    const { report, outcome } = await orderHold(session, id, { ...order, waitMs: waitOf(options), dryRun });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(report);
    else if (!terminal.quiet || outcome !== 'done') printOrder(terminal, report);
    const changes = dryRun && report.actions.length > 0 && options.detailedExitcode === true;
    return outcome === 'done' && changes ? ExitCode.changes : exitCodeOf(outcome);
  });
}

/** An order's outcome for people. */
export function printOrder(terminal: Terminal, report: OrderReport): void {
  printDetail(terminal, report.service);
  for (const action of report.actions)
    terminal.line(`  ${action.type} ${action.target} ${terminal.status(action.state)}`);
  if (report.actions.length === 0) terminal.line('  nothing had to be changed on the panel');
  if (report.stillHeld.length > 0) terminal.line(`  still held: ${report.stillHeld.join(', ')}`);
  for (const { code, message } of report.notices)
    terminal.line(`  ${terminal.colors.cyan(`notice ${code}: ${message}`)}`);
}

/** `sluice hold add SERVICE` */
export const holdAdd: CommandHandler<OrderOptions> = ([id = ''], options, deps) =>
  giveOrder(id, { command: 'hold add', reason: 'manual', what: 'add', note: options.note ?? null }, options, deps);

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
const REMEDIES: Record<string, (id: string) => string> = {
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
  const remedy = REMEDIES[reason]?.(id) ?? 'what it is for';
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
  return withSession(deps, { ...options, storeMayBeLost: file !== null }, async (session) => {
    if (options.panel !== undefined) requirePanelName(session, options.panel);
    const { report, outcome } = await releaseAll(session, {
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
    const changes = options.dryRun === true && options.detailedExitcode === true && report.totals.actions > 0;
    return outcome === 'done' && changes ? ExitCode.changes : exitCodeOf(outcome);
  });
}

function releaseOne(id: string, options: OrderOptions, deps: Deps): Promise<number> {
  return giveOrder(
    id,
    { command: 'hold release', reason: 'manual', what: 'release', note: options.note ?? null },
    options,
    deps,
  );
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
  withSession(deps, options, async (session) => {
    const reason = REASONS.find((item) => item === (options.reason ?? 'quota'));
    if (reason === undefined)
      throw usageError('bad_option', `--reason: "${String(options.reason)}" is none of ${REASONS.join(', ')}`);
    await requireService(session, id);
    const hold = await adoptHold(session, id, {
      reason,
      ports: listOf(options.ports),
      order: options.order === true,
      forwards: listOf(options.forwards),
      note: options.note ?? null,
      waitMs: waitOf(options),
    });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(await serviceDetail(session, await requireService(session, id)));
    else
      terminal.info(
        `${id}: ${hold.evidence.map((item) => `${item.kind} ${item.target}`).join(', ')} will be given back when its ${reason} hold ends`,
      );
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
  withSession(deps, options, async (session) => {
    if (id !== undefined) await requireService(session, id);
    const holds = await holdViews(session, id);
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
