import path from 'node:path';
import { type Adoption, importKeys } from '@sluice/engine';
import { printable } from '@sluice/panel-http/printable';
import { usageError } from '@sluice/panel-kind/errors';
import { ExitCode } from '../exit-codes.js';
import { knownKinds } from '../kinds.js';
import { refuseFull, toFiles, writeFolder } from '../moving/write-folder.js';
import { withSluice } from '../open-sluice.js';
import { shellWords, formatCount } from '../terminal/words.js';
import type { Terminal } from '../terminal/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';

/** Options of `adopt`. */
export interface AdoptOptions extends GlobalOptions {
  from?: string;
  in?: string;
  out?: string;
  printQueries?: boolean;
}

/** `sluice adopt PANEL --from SOURCE` */
export const adopt: CommandHandler<AdoptOptions> = async ([panel = ''], options, deps) => {
  const { from, in: folder, printQueries = false } = options;
  if (from === undefined)
    throw usageError(
      'bad_option',
      'Name what to adopt from with --from: panel, whmcs, or the tool that managed the panel before',
    );
  if (printQueries) return print(panel, from, options, deps);
  const out = path.resolve(deps.cwd, options.out ?? `adopted-${panel.replaceAll(/[^\w.-]/g, '-')}`);
  refuseFull(out);
  const { readTables } = await import('../moving/read-tables.js');
  const tables = folder === undefined ? undefined : await readTables(path.resolve(deps.cwd, folder));
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const adoption = await sluice.adoption.read(panel, from, { tables });
    if (
      folder === undefined &&
      adoption.totals.services + adoption.totals.agents === 0 &&
      adoption.totals.undecided > 0
    )
      throw usageError(
        'bad_import',
        `Nothing of "${from}" is known without its exported tables: name their folder with --in`,
      );
    const files = await toFiles(adoption, importKeys(knownKinds(deps)));
    const written = files.size === 0 ? [] : writeFolder(out, files);
    const open = adoption.undecided.filter(({ state }) => state === 'undecided');
    const problems = open.map(({ file, object, reason }) => ({
      object: printable(object),
      message: `${file}: ${printable(reason)}`,
    }));
    terminal.document({ folder: out, files: written, totals: adoption.totals, problems });
    if (!terminal.json)
      report(terminal, adoption, { out, shown: path.relative(deps.cwd, out), files: [...files.keys()] });
    return problems.length > 0 ? ExitCode.partial : ExitCode.done;
  });
};

async function print(
  panel: string,
  from: string,
  options: AdoptOptions,
  deps: Parameters<CommandHandler>[2],
): Promise<number> {
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const { queries } = await sluice.adoption.queries(panel, from);
    terminal.document({ queries });
    if (terminal.json) return ExitCode.done;
    if (options.out !== undefined) {
      const out = path.resolve(deps.cwd, options.out);
      const { toQueryFiles } = await import('../moving/query-files.js');
      const files = toQueryFiles(queries);
      writeFolder(out, files);
      const folder = path.relative(deps.cwd, out) || '.';
      const script = shellWords([path.join(folder, 'export.sh')]);
      terminal.line(`${formatCount(files.size - 1, 'query', 'queries')} written to ${folder}. Where the database is:`);
      terminal.verbatim(`  sh ${script} DATABASE`);
      return ExitCode.done;
    }
    if (queries.length === 0) terminal.line(`Nothing has to be exported to adopt from "${from}".`);
    for (const { table, title, query, columns } of queries) {
      terminal.verbatim(`-- ${table}.csv: ${title}`);
      terminal.verbatim(query === null ? `-- columns: ${columns.join(', ')}` : `${query};`);
      terminal.line('');
    }
    return ExitCode.done;
  });
}

const WORDS: readonly (readonly [total: keyof Adoption['totals'], one: string, many: string])[] = [
  ['services', 'service', 'services'],
  ['products', 'new product', 'new products'],
  ['packages', 'new package', 'new packages'],
  ['overrides', 'override', 'overrides'],
  ['preferences', 'preference', 'preferences'],
  ['purchases', 'purchase', 'purchases'],
  ['agents', 'limit of an agent', 'limits of agents'],
  ['holds', 'hold', 'holds'],
];

/** The most reasons that are shown; undecided.csv has all. */
const MOST = 5;

function report(
  terminal: Terminal,
  { panel, from, totals, undecided }: Adoption,
  { out, shown, files }: { out: string; shown: string; files: readonly string[] },
): void {
  const counts = WORDS.flatMap(([total, one, many]) =>
    totals[total] === 0 ? [] : [formatCount(totals[total], one, many)],
  );
  terminal.info(`${panel} from ${from}: ${counts.join(', ') || 'nothing to adopt'}. Nothing was changed.`);
  for (const [state, title] of STATES)
    printReasons(
      terminal,
      undecided.filter((one) => one.state === state),
      title,
    );
  if (files.length === 0) return;
  terminal.info('');
  terminal.info(`Files for review in ${shown === '' ? out : shown}: ${files.join(', ')}`);
  if (files.some((name) => name !== 'undecided.csv'))
    terminal.info(`Next: sluice adopt apply ${shellWords([shown === '' ? out : shown])}`);
}

const STATES = [
  ['undecided', 'To be decided'],
  ['proposed', 'Adopted, to be checked'],
  ['left-out', 'Left out'],
] as const;

function printReasons(terminal: Terminal, rows: Adoption['undecided'], title: string): void {
  if (rows.length === 0) return;
  terminal.info(`${title}: ${rows.length}`);
  const byReason = new Map<string, string[]>();
  for (const { object, value, reason } of rows) {
    const objects = byReason.get(reason) ?? [];
    objects.push(value === '' ? object : `${object} → ${value}`);
    byReason.set(reason, objects);
  }
  const reasons = [...byReason];
  for (const [reason, objects] of reasons.slice(0, MOST)) {
    const others = objects.length > 3 ? ` and ${objects.length - 3} more` : '';
    terminal.info(`  ${printable(objects.slice(0, 3).join(', '))}${others}: ${printable(reason)}`);
  }
  if (reasons.length > MOST)
    terminal.info(
      `  and ${formatCount(reasons.length - MOST, 'other reason', 'other reasons')}: undecided.csv has all`,
    );
}
