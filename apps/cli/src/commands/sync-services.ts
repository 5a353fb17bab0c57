import type { SyncReport } from '@sluice/engine';
import { nameFew } from '@sluice/engine/words';
import { formatCount } from '../terminal/words.js';
import type { Terminal } from '../terminal/terminal.js';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import { withRemedy } from '../remedies.js';
import type { CommandHandler } from './command.js';
import { printFields } from './import-rows.js';
import type { PreviewOptions } from './import-services.js';
import { parseWait } from './parse-wait.js';

interface SyncOptions extends PreviewOptions {
  allowMass?: boolean;
  service?: string;
  product?: string;
}

/** `sluice service sync` */
export const sync: CommandHandler<SyncOptions> = (_args, options, deps) => {
  const waitMs = parseWait(options);
  const { dryRun, service, product, allowMass, allowDuplicateRefs, detailedExitcode } = options;
  const scheduled = service === undefined && product === undefined && dryRun !== true;
  return withSluice(deps, { ...options, scheduled }, async ({ sluice, terminal }) => {
    const report = await sluice.services.sync({ waitMs, dryRun, service, product, allowMass, allowDuplicateRefs });
    terminal.document(report);
    printSync(terminal, report);
    if (report.problems.length > 0) return ExitCode.partial;
    return detailedExitcode === true && dryRun === true && report.changes.length > 0 ? ExitCode.changes : ExitCode.done;
  });
};

/** Prints what a sync changed, skipped and left as it is. */
export function printSync(terminal: Terminal, report: SyncReport): void {
  const { run, totals, changes, skipped, withheld = [], problems } = report;
  if (terminal.json) return;
  const line = (text: string): void => {
    terminal.line(text);
  };
  for (const { id, change, fields } of changes) {
    line(change === 'changed' ? `${id}:` : `${id}: ${change === 'added' ? 'new' : change}`);
    printFields(line, change === 'added', fields);
  }
  for (const { reason, services } of skipped) terminal.info(`skipped, ${reason}: ${nameFew(services)}`);
  const named = withheld.filter((row) => !terminal.quiet || row.new === true);
  for (const { service, message } of named) terminal.warn(`sluice: ${service}: ${message}`);
  for (const { service, message, code = '' } of problems) {
    const left = service === '' ? '' : `${service} was left as it is: `;
    terminal.warn(`sluice: ${left}${withRemedy({ code, message, details: { service } })}`);
  }
  const { seen, added, changed, unchanged, vanished, terminated } = totals;
  const counts = `${added} added, ${changed} changed, ${unchanged} unchanged, ${vanished} vanished, ${terminated} terminated, ${totals.skipped} skipped`;
  const services = formatCount(seen, 'service');
  terminal.info(run.dryRun ? `${services} (dry run, nothing was stored): ${counts}` : `${services}: ${counts}`);
}
