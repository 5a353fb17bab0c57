import type { AutoBuySubject, AutoBuyView } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { bytesCell, type Terminal } from '@sluice/terminal';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';

interface SubjectOptions extends LockOptions {
  client?: string;
}

function toSubject([service]: string[], { client }: SubjectOptions): AutoBuySubject {
  if ((service === undefined) === (client === undefined))
    throw usageError('bad_option', 'Name a service, or a client with --client ID');
  return service === undefined ? { client: client ?? '' } : { service };
}

const nameOf = ({ service, client }: AutoBuySubject): string => service ?? `client ${client}`;

/** `sluice auto-buy show` */
export const autoBuyShow: CommandHandler<SubjectOptions> = (args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const subject = toSubject(args, options);
    const document = await sluice.autoBuy.show(subject);
    terminal.document(document);
    print(terminal, subject, document.autoBuy);
    return ExitCode.done;
  });

interface SetOptions extends SubjectOptions {
  on?: boolean;
  off?: boolean;
  package?: string;
  threshold?: string;
  max?: string;
}

/** `sluice auto-buy set` */
export const autoBuySet: CommandHandler<SetOptions> = (args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { on, off, package: name, threshold, max } = options;
    if (on === true && off === true) throw usageError('bad_option', 'Use --on or --off, not both');
    const subject = toSubject(args, options);
    const enabled = on === true ? true : off === true ? false : undefined;
    const request = { enabled, package: name, threshold, maxPerCycle: max === undefined ? undefined : Number(max) };
    const document = await sluice.autoBuy.set(subject, request, { waitMs: parseWait(options) });
    terminal.document(document);
    terminal.info(`${nameOf(subject)}: ${describe(document.autoBuy)}; in force from the next poll`);
    if (options.verbose === true) print(terminal, subject, document.autoBuy);
    return ExitCode.done;
  });

/** `sluice auto-buy clear` */
export const autoBuyClear: CommandHandler<SubjectOptions> = (args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const subject = toSubject(args, options);
    const { autoBuy, ended } = await sluice.autoBuy.clear(subject, { waitMs: parseWait(options) });
    terminal.document({ autoBuy });
    terminal.info(`${nameOf(subject)}: ${ended ? `cleared; ${describe(autoBuy)}` : 'had no preference'}`);
    return ExitCode.done;
  });

/** Where a rule comes from, as people read it. */
const SOURCES: Record<AutoBuyView['source'], string> = {
  service: 'set for the service',
  client: 'set for the client',
  product: 'from the product',
  global: 'from the config',
  default: 'the default',
};

function describe({ enabled, package: name, maxPerCycle, source, ...rule }: AutoBuyView): string {
  if (!enabled) return `auto-buy off (${SOURCES[source]})`;
  const what = name ?? 'no package';
  return `auto-buy on (${SOURCES[source]}): ${what} at ${thresholdText(rule)} left, at most ${maxPerCycle} per cycle`;
}

function thresholdText({ threshold, thresholdBytes }: Pick<AutoBuyView, 'threshold' | 'thresholdBytes'>): string {
  const bytes = bytesCell(thresholdBytes);
  if (!threshold.endsWith('%')) return bytes ?? threshold;
  return bytes === null ? threshold : `${threshold} (${bytes})`;
}

function print(terminal: Terminal, subject: AutoBuySubject, rule: AutoBuyView): void {
  terminal.line(nameOf(subject));
  const { enabled, package: name, maxPerCycle, bought, source } = rule;
  terminal.table(
    ['', ''],
    [
      ['auto-buy', `${enabled ? 'on' : 'off'} (${SOURCES[source]})`],
      ['package', name],
      ['when at most', `${thresholdText(rule)} remain`],
      ['maximum', `${maxPerCycle} per cycle`],
      ...(bought === null ? [] : [['bought', `${bought} in this cycle`]]),
    ],
  );
}
