import { existsSync } from 'node:fs';
import path from 'node:path';
import { type CommandReport, findEntry, type ServiceDetail } from '@sluice/engine';
import type { PasswordOptions, Provision } from '@sluice/engine/options';
import { usageError } from '@sluice/panel-kind/errors';
import { type Config, privateFolder } from '@sluice/config-file';
import { readStdinText } from '../terminal/files/read-input.js';
import { readText } from '@sluice/config-file/files';
import { printAccess, printMessage } from '../terminal/reports/customer.js';
import { printOutcome } from '../terminal/reports/command.js';
import { printBills } from '../terminal/telephony/calls.js';
import { hasPlaceholder } from '@sluice/config-file';
import type { Deps } from '../context.js';
import { toRunExitCode } from '../exit-codes.js';
import { billReports } from './calls.js';
import { confirm, type CommandHandler } from './command.js';
import { parseWait } from './parse-wait.js';
import { changeHold, type HoldOptions } from './holds.js';
import { findPanelKind, withSluice } from '../open-sluice.js';

/** Options of the provisioning verbs. */
export interface ProvisionOptions extends HoldOptions {
  as?: string;
  adopt?: boolean;
  until?: string;
  ref?: string;
  passwordFile?: string;
  passwordFrom?: string;
  passwordStdin?: boolean;
  message?: boolean;
  showPassword?: boolean;
  /** The file of an earlier password stays. */
  keepsEarlier?: boolean;
  customerId?: string;
  withDids?: boolean;
  force?: boolean;
  finalInvoice?: boolean;
  forfeitUnbilled?: boolean;
}

function parseReason(options: ProvisionOptions): 'billing' | 'manual' {
  if (options.as === undefined || options.as === 'billing') return 'billing';
  if (options.as === 'manual') return 'manual';
  throw usageError('bad_option', `--as: "${options.as}" is neither billing nor manual`);
}

/** `sluice provision suspend SERVICE` */
export const suspend: CommandHandler<ProvisionOptions> = ([id = ''], options, deps) => {
  const as = parseReason(options);
  return changeHold(
    id,
    (sluice, how) =>
      sluice.provision.suspend(id, {
        ...how,
        as,
        note: options.reason ?? options.note,
        withDids: options.withDids,
      }),
    options,
    deps,
  );
};

/** `sluice provision unsuspend SERVICE` */
export const unsuspend: CommandHandler<ProvisionOptions> = ([id = ''], options, deps) => {
  const as = parseReason(options);
  const { force } = options;
  return changeHold(id, (sluice, how) => sluice.provision.unsuspend(id, { ...how, as, force }), options, deps);
};

/** Returns how the new password is read; undefined for one to generate. */
function givenPassword(
  { passwordFile, passwordFrom, passwordStdin }: ProvisionOptions,
  deps: Deps,
): (() => Promise<string>) | undefined {
  const named = [passwordFile, passwordFrom, passwordStdin].filter((option) => option !== undefined);
  if (named.length > 1) {
    throw usageError(
      'bad_option',
      'Use one of --password-file (a new file for a generated password), --password-from and --password-stdin; no panel was called',
    );
  }
  if (passwordFrom === undefined) return passwordStdin === true ? () => readStdinText(deps) : undefined;
  const file = path.resolve(deps.cwd, passwordFrom);
  return () => Promise.resolve(readText(file, { code: 'bad_password', label: 'The new password in ' }));
}

/** Returns the message of a product: its own, or the default. */
function messageTemplate(
  { products }: Pick<Config, 'products'>,
  product: string,
): { text: string | undefined; hasPassword: boolean } {
  const file = findEntry(products, product)?.credentials?.message;
  if (file === undefined) return { text: undefined, hasPassword: true };
  const text = readText(file, { code: 'config_invalid', label: `products.${product}.credentials.message: ` });
  return { text, hasPassword: hasPlaceholder(text, 'password') };
}

/** Returns the file for a new password: the stated one, or of a line one beside the store. */
function choosePasswordFile(of: {
  config: Config;
  deps: Deps;
  options: ProvisionOptions;
  before: Pick<ServiceDetail, 'id' | 'panel' | 'product'>;
}): string | undefined {
  const { config, deps, options, before } = of;
  if (options.passwordFile !== undefined) return path.resolve(deps.cwd, options.passwordFile);
  const kind = findPanelKind(deps, config, before.panel);
  const isElsewhere =
    options.showPassword === true ||
    options.passwordFrom !== undefined ||
    options.passwordStdin === true ||
    findEntry(config.products, before.product)?.credentials?.writeTo !== undefined;
  if (isElsewhere || kind?.capabilities.includes('calls') !== true) return undefined;
  const file = path.join(privateFolder(config), 'secrets', before.id);
  // A new password of a line that has one already gets a file of its own.
  if (options.keepsEarlier !== true || !existsSync(file)) return file;
  return `${file}.${new Date(deps.clock.now()).toISOString().replaceAll(/[:.]/g, '-')}`;
}

/** What a command is about. */
interface Of {
  config: Config;
  before: ServiceDetail;
}

async function perform(
  id: string,
  command: (provision: Provision, how: PasswordOptions, of: Of) => Promise<CommandReport>,
  options: ProvisionOptions,
  deps: Deps,
): Promise<number> {
  return withSluice(deps, options, async ({ sluice, config, terminal, outcome }) => {
    const before = await sluice.services.show(id);
    const template = options.message === true ? messageTemplate(config, before.product) : undefined;
    const given = givenPassword(options, deps);
    const how: PasswordOptions = {
      dryRun: options.dryRun === true,
      waitMs: parseWait(options),
      passwordFile: choosePasswordFile({ config, deps, options, before }),
      password: given,
      // The message is for the customer alone, so that it has the password wherever else that is written.
      showPassword: template
        ? template.hasPassword && 'always'
        : options.showPassword === true || terminal.json || deps.stdout.isTTY === true,
    };
    const report = await command(sluice.provision, how, { config, before });
    terminal.document(report);
    printOutcome(outcome, before, report, options.verbose === true);
    printBills(outcome, { bills: report.bills ?? [] }, options.dryRun === true);
    const { access, credentials } = report;
    if (given !== undefined && credentials === null && report.run.outcome === 'done' && options.dryRun !== true)
      terminal.warn(
        `sluice: warning: The account existed before and keeps its password: the one that was passed is not set; set it with "sluice provision change-password ${id}"`,
      );
    if (credentials) {
      const { username, password, passwordFile, writtenTo, inDoubt = false } = credentials;
      const doubt = inDoubt ? '; it is not known whether the panel has it' : '';
      outcome.line(`  account ${username ?? ''}`);
      const isElsewhere = passwordFile !== null || writtenTo !== undefined || given !== undefined;
      // Without an account there is no message that contains it.
      if (password !== null && !isElsewhere && !(access && template))
        terminal.verbatim(`  password ${password} (shown only once${doubt})`);
      if (passwordFile !== null) outcome.line(`  password in ${passwordFile}${doubt}`);
      if (writtenTo !== undefined) outcome.line(`  password in ${writtenTo}`);
    }
    if (access) {
      const kind = findPanelKind(deps, config, before.panel);
      const hasPassword = kind?.login !== undefined;
      const account = { service: id, panel: before.panel, access, credentials, hasPassword };
      if (template === undefined) printAccess(terminal, account);
      else if (printMessage(terminal, account, template.text).lacksPassword)
        terminal.warn(
          `sluice: warning: The account existed before, so its password is not known; set a new one with "sluice provision change-password ${id}"`,
        );
    }
    return toRunExitCode(report.run, options);
  });
}

/** `sluice provision create SERVICE` */
export const create: CommandHandler<ProvisionOptions> = ([id = ''], options, deps) =>
  perform(
    id,
    (provision, how) => provision.create(id, { ...how, adopt: options.adopt, customer: options.customerId }),
    options,
    deps,
  );

/** `sluice provision renew SERVICE` */
export const renew: CommandHandler<ProvisionOptions> = ([id = ''], options, deps) =>
  perform(
    id,
    (provision, { dryRun, waitMs }) => provision.renew(id, { dryRun, waitMs, until: options.until, ref: options.ref }),
    options,
    deps,
  );

/** `sluice provision change-package SERVICE PRODUCT` */
export const changePackage: CommandHandler<ProvisionOptions> = ([id = '', product = ''], options, deps) =>
  perform(
    id,
    (provision, { dryRun, waitMs }) => provision.changePackage(id, product, { dryRun, waitMs }),
    options,
    deps,
  );

/** `sluice provision change-password SERVICE` */
export const changePassword: CommandHandler<ProvisionOptions> = ([id = ''], options, deps) =>
  perform(id, (provision, how) => provision.changePassword(id, how), { ...options, keepsEarlier: true }, deps);

/** Returns the name that is typed to confirm a removal; null where a yes is enough. */
function findTypedWord(config: Config, deps: Deps, { panel, refs }: ServiceDetail): string | null {
  const kind = findPanelKind(deps, config, panel);
  return kind?.confirmedBy === undefined ? null : (refs[kind.confirmedBy] ?? null);
}

/** `sluice provision terminate SERVICE` */
export const terminate: CommandHandler<ProvisionOptions> = async ([id = ''], options, deps) => {
  const question = `Remove everything that Sluice created for "${id}" from its panel?`;
  const { finalInvoice, forfeitUnbilled } = options;
  if (options.dryRun !== true && !deps.ask) await confirm(deps, options, question);
  return perform(
    id,
    async (provision, { dryRun, waitMs }, { config, before }) => {
      if (options.dryRun !== true) await confirm(deps, options, question, findTypedWord(config, deps, before));
      const reports = billReports(config, 'excel-ptbr');
      return provision.terminate(id, { dryRun, waitMs, finalInvoice, forfeitUnbilled, reports });
    },
    options,
    deps,
  );
};
