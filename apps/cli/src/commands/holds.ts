import path from 'node:path';
import type { Config } from '@sluice/config-file';
import {
  type CommandOptions,
  type CommandReport,
  type HoldEntry,
  nodeFiles,
  readHoldsFile,
  type ReleasedQuota,
  type RunReport,
  type ServiceDetail,
  type Sluice,
} from '@sluice/engine';
import { describeOverdue, describeService, isPanelRemoved } from '@sluice/engine/words';
import { usageError } from '@sluice/panel-kind/errors';
import { HOLDS, HOLDS_IN_FULL } from '../terminal/lists/services.js';
import { printChangedAgents } from '../terminal/reports/agent-report.js';
import { printFirst } from '../terminal/reports/fold.js';
import { printOutcome } from '../terminal/reports/command.js';
import { printRun } from '../terminal/reports/run-report.js';
import type { Deps } from '../context.js';
import { ExitCode, toRunExitCode } from '../exit-codes.js';
import { type Opened } from '../open-sluice.js';
import { answer } from './answer.js';
import { type ChangeOptions, toHow } from './change-options.js';
import { confirm, type CommandHandler } from './command.js';
import { importRows } from './import-rows.js';
import { STATUSES } from './statuses.js';
import { listCommand, type ListHandler, type ListOptions } from './list.js';
import { printKept } from './observed.js';
import { parseWait } from './parse-wait.js';

/** Options of commands that hold or release a service. */
export interface HoldOptions extends ChangeOptions {
  reason?: string;
}

/** Holds or releases one service and prints the outcome. */
export function changeHold(
  id: string,
  change: (sluice: Sluice, how: CommandOptions) => Promise<CommandReport>,
  options: HoldOptions,
  deps: Deps,
): Promise<number> {
  return answer(
    deps,
    options,
    async ({ sluice }) => {
      const { dryRun, waitMs } = toHow(options);
      const how = { dryRun, waitMs };
      const before = await sluice.services.show(id).catch(async (error: unknown) => {
        // The change itself may say more about an id that is not a service.
        await change(sluice, how);
        throw error;
      });
      return { before, report: await change(sluice, how) };
    },
    {
      document: ({ report }) => report,
      print: (terminal, { before, report }) => {
        printOutcome(terminal, before, report, options.verbose === true);
      },
      after: ({ config, terminal }, { report: { run, service } }) => {
        const isEnd = /release|unsuspend/.test(run.command) && run.outcome === 'done' && !run.dryRun;
        const overdue = isEnd ? describeOverdue(config, service, run.startedAt) : null;
        if (overdue !== null) terminal.info(`  ${overdue}`);
      },
      exitCode: ({ report }) => toRunExitCode(report.run, options),
    },
  );
}

/** `sluice hold add SERVICE` */
export const holdAdd: CommandHandler<HoldOptions> = ([id = ''], options, deps) =>
  changeHold(id, (sluice, how) => sluice.holds.add(id, { ...how, note: options.note }), options, deps);

/** Options of `hold release`. */
interface ReleaseOptions extends HoldOptions {
  all?: boolean;
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
  billing: (id) =>
    `run "sluice provision unsuspend ${id}"; of a service from a billing system that lasts until the next sync: have its bill paid there, then run "sluice service sync"`,
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
    throw usageError(
      'bad_option',
      `--until lifts the limits of the service, not the hold "${reason}"; no panel was called`,
    );
  }
  if (reason === 'manual') return;
  const remedy = ENDED_BY[reason]?.(id) ?? 'wait for the next run after its limit is no longer exceeded';
  throw usageError(
    'bad_option',
    `--reason ${reason}: "sluice hold release ${id}" releases only the manual hold; no panel was called. To release this hold: ${remedy}`,
  );
}

function releaseAll(options: ReleaseOptions, deps: Deps): Promise<number> {
  const { panel } = options;
  const where = panel === undefined ? 'all panels' : `panel ${panel}`;
  const file = options.from === undefined ? null : readHoldsFile(nodeFiles, path.resolve(deps.cwd, options.from));
  const request = { ...toHow(options), reason: options.reason, file };
  const beforeStore = async (config: Config): Promise<void> => {
    // A panel that is not in the config is refused without a question.
    if (options.dryRun !== true && (panel === undefined || !isPanelRemoved(config, panel)))
      await confirm(deps, options, `Lift all restrictions by Sluice on ${where} and switch to observe?`);
  };
  const release = ({ sluice }: Opened): Promise<RunReport> => sluice.holds.releaseAll(request);
  const storeMayBeLost = file === null ? false : options.dryRun === true ? 'in-memory' : true;
  return answer(deps, { ...options, storeMayBeLost, beforeStore }, release, {
    print: (terminal, report) => {
      printRun(terminal, report, options.verbose === true);
      printChangedAgents(terminal, report.agents, options.verbose === true);
    },
    exitCode: ({ run }) => toRunExitCode(run, options),
  });
}

/** Options of `hold adopt`. */
interface AdoptOptions extends HoldOptions {
  from?: string;
  dryRun?: boolean;
  ports?: string;
  order?: boolean;
  forwards?: string;
}

const REASONS = ['quota', 'billing', 'manual'] as const;

/** `sluice hold adopt SERVICE`, `sluice hold adopt --from FILE` */
export const holdAdopt: CommandHandler<AdoptOptions> = async ([id], options, deps) => {
  const { from } = options;
  const alone = [options.reason, options.ports, options.order, options.forwards];
  if (from !== undefined) {
    if (id !== undefined || alone.some((value) => value !== undefined))
      throw usageError('bad_option', '--from: the file names the services and what was restricted');
    return importRows(from, options, deps, (sluice, rows, how) => sluice.holds.adoptAll(rows, how));
  }
  if (id === undefined) throw usageError('bad_option', 'Name a service, or a file with --from');
  if (options.dryRun === true) throw usageError('bad_option', '--dry-run is for a file: --from FILE');
  const reason = REASONS.find((item) => item === (options.reason ?? 'quota'));
  if (reason === undefined)
    throw usageError('bad_option', `--reason: "${String(options.reason)}" is not one of ${REASONS.join(', ')}`);
  const what = {
    reason,
    ports: parseList(options.ports),
    order: options.order === true,
    forwards: parseList(options.forwards),
    note: options.note ?? null,
    waitMs: parseWait(options),
  };
  return answer(
    deps,
    options,
    async ({ sluice }) => ({
      detail: await sluice.holds.adopt(id, what),
      ...(await sluice.holds.list({ service: id, open: true })),
    }),
    {
      document: ({ detail }) => detail,
      info: ({ holds }) => {
        const evidence = holds.find((hold) => hold.reason === reason)?.evidence ?? [];
        const targets = evidence.map(({ kind, target }) => `${kind} ${target}`).join(', ');
        return `${id}: releasing its ${reason} hold will restore ${targets}`;
      },
    },
  );
};

function parseList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Why a hold would begin and was not added; `next-run`: nothing keeps the next run from deciding. */
interface WouldHold {
  service: string;
  panel: string;
  reason: string;
  by: 'observe' | 'brake' | 'next-run';
}

/** Lists what would be held if nothing kept it: protected services would not. */
async function findWouldHold(sluice: Sluice, services: readonly ServiceDetail[]): Promise<WouldHold[]> {
  const due = services.filter(({ wouldHold }) => wouldHold.length > 0);
  const { brakes } = due.length === 0 ? { brakes: [] } : await sluice.standing();
  const isBraked = ({ panel }: ServiceDetail, reason: string): boolean =>
    brakes.some((brake) => brake.panel === panel && (brake.subjects === 'agents') === (reason === 'agent-limit'));
  return due.flatMap((service) => {
    const { id, panel, wouldHold, observing } = service;
    return wouldHold.map((reason) => {
      const by: WouldHold['by'] = observing ? 'observe' : isBraked(service, reason) ? 'brake' : 'next-run';
      return { service: id, panel, reason, by };
    });
  });
}

/** Prints what keeps holds of these services from ending. */
async function printHeldKept(
  { sluice, terminal }: Pick<Opened, 'sluice' | 'terminal'>,
  held: ReadonlySet<string>,
): Promise<void> {
  if (held.size === 0) return;
  const { services } = await sluice.services.list();
  const own = services.filter(({ id }) => held.has(id));
  await printKept({ sluice, terminal }, own, await sluice.standing());
}

const KEPT_BY: Record<WouldHold['by'], (panel: string) => string> = {
  observe: (panel) => `it is under observe on panel ${panel}`,
  brake: (panel) => `the brake stopped the last run on panel ${panel}`,
  'next-run': () => 'the next run decides',
};

const holdLists = (['folded', 'full'] as const).map((how) =>
  listCommand<HoldEntry, ListOptions, { released: ReleasedQuota[]; wouldHold: WouldHold[] }>(
    {
      ...{ key: 'holds', statuses: STATUSES.records, status: 'open', empty: 'No open holds.' },
      columns: how === 'full' ? HOLDS_IN_FULL : HOLDS,
    },
    async ({ sluice }, [service], { panel, product, client }) => {
      const { holds, released } = await sluice.holds.list({ service });
      const found = await sluice.services.list(service === undefined ? { panel, product, client } : {});
      const services = found.services.filter(({ id }) => service === undefined || id === service);
      const listed = new Set(services.map(({ id }) => id));
      const wouldHold = await findWouldHold(sluice, services);
      return { rows: holds, also: { released: released.filter((one) => listed.has(one.service)), wouldHold } };
    },
    async ({ sluice, terminal }, rows, { csv, status, verbose }, also) => {
      if (csv !== undefined) return ExitCode.done;
      // What is open now; of the past, only the holds are listed.
      if (status?.includes('open') !== true) return ExitCode.done;
      printFirst(terminal, also?.wouldHold ?? [], {
        all: verbose === true,
        print: ({ service, panel, reason, by }) => `${service}: would be held (${reason}); ${KEPT_BY[by](panel)}`,
        others: (count) => `${count} other services would be held`,
      });
      for (const { service, name, until, note } of also?.released ?? [])
        terminal.line(
          `${describeService({ id: service, name })}: its limits are released until ${until}${note === null ? '' : ` (${note})`}`,
        );
      await printHeldKept({ sluice, terminal }, new Set(rows.flatMap(({ service }) => service ?? [])));
      return ExitCode.done;
    },
  ),
);

const [foldedHolds, allHolds] = holdLists as [ListHandler, ListHandler];

/** `sluice hold list [SERVICE]` */
export const holdList: ListHandler = Object.assign(
  ((args, options, deps) =>
    (options.verbose === true ? allHolds : foldedHolds)(args, options, deps)) satisfies CommandHandler<ListOptions>,
  { columnNames: foldedHolds.columnNames },
);
