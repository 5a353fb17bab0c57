import { usageError } from '@sluice/panel-kind/errors';
import { formatCount } from '../terminal/words.js';
import { describeChange } from '../terminal/reports/outcome.js';
import { printService } from '../terminal/reports/service.js';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler } from './command.js';
import { printChanges } from './import-rows.js';
import { type PreviewOptions, type RefOptions, toChangesExitCode } from './import-services.js';
import { parsePair, parsePairs } from './parse-pairs.js';
import { parseWait } from './parse-wait.js';

type SetOptions = PreviewOptions & { where?: string[] };

/** `sluice service add ID KEY=VALUE…` */
export const add: CommandHandler<RefOptions> = ([id = '', ...pairs], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { allowDuplicateRefs } = options;
    const detail = await sluice.services.add(id, parsePairs(pairs), { allowDuplicateRefs });
    terminal.document(detail);
    terminal.info(`${id}: added to panel ${detail.panel}, product ${detail.product}`);
    if (options.verbose === true) printService(terminal, detail);
    return ExitCode.done;
  });

/** `sluice service set SERVICE KEY=VALUE…`, `sluice service set --where KEY=VALUE KEY=VALUE…` */
export const set: CommandHandler<SetOptions> = (args, options, deps) => {
  const { where = [], allowDuplicateRefs } = options;
  if (where.length > 0) return setMany(args, options, deps);
  const [id, ...pairs] = args;
  if (id === undefined || pairs.length === 0)
    throw usageError('bad_option', 'Name a service and at least one KEY=VALUE; nothing was changed');
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const how = { waitMs: parseWait(options), allowDuplicateRefs };
    if (options.dryRun !== true) {
      const { changes, ...detail } = await sluice.services.set(id, parsePairs(pairs), how);
      terminal.document(detail);
      for (const change of changes) terminal.info(describeChange(change));
      if (changes.length === 0) terminal.info(`${id}: nothing had to be changed`);
      if (options.verbose === true) printService(terminal, detail);
      return ExitCode.done;
    }
    await sluice.services.show(id);
    const report = await sluice.services.planSetWhere([['id', id]], parsePairs(pairs), { allowDuplicateRefs });
    terminal.document(report);
    printChanges(terminal, report);
    if (report.totals.changed === 0) terminal.info(`${id}: nothing would be changed`);
    return toChangesExitCode(report, options);
  });
};

/** Changes all services that match `--where`, or none. */
const setMany: CommandHandler<SetOptions> = ([...args], options, deps) => {
  const { where = [], allowDuplicateRefs } = options;
  const [first] = args;
  if (first === undefined) throw usageError('bad_option', 'Name at least one KEY=VALUE to set; nothing was changed');
  if (!first.includes('='))
    throw usageError('bad_option', `Use either "${first}" or --where, not both; nothing was changed`);
  const wanted = where.map(parsePair);
  const texts = parsePairs(args);
  const waitMs = parseWait(options);
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const match = (count: number): string => formatCount(count, 'service matches', 'services match');
    if (options.dryRun === true) {
      const report = await sluice.services.planSetWhere(wanted, texts, { allowDuplicateRefs });
      const { rows, changed } = report.totals;
      terminal.document(report);
      printChanges(terminal, report, options.verbose === true);
      terminal.info(`${match(rows)} (dry run): ${changed} would be changed, nothing was stored`);
      return toChangesExitCode(report, options);
    }
    const { services, changed, changes } = await sluice.services.setWhere(wanted, texts, {
      waitMs,
      allowDuplicateRefs,
    });
    terminal.document({ services });
    if (services.length === 1 || options.verbose === true)
      for (const change of changes) terminal.info(describeChange(change));
    terminal.info(`${match(services.length)}: ${changed} changed, ${services.length - changed} unchanged`);
    return ExitCode.done;
  });
};
