import path from 'node:path';
import { usageError } from '@sluice/panel-kind';
import { ExitCode, exitCodeOf } from '../exit-codes.js';
import { provision, type ProvisionRequest } from '@sluice/engine';
import { Terminal } from '../output/terminal.js';
import type { Deps } from '../context.js';
import type { CommandHandler } from './command.js';
import { giveOrder, printOrder, type OrderOptions } from './holds.js';
import { confirm, waitOf } from './shared.js';
import { withSession } from '../session.js';

/** Options of the provisioning verbs. */
export interface ProvisionOptions extends OrderOptions {
  as?: string;
  adopt?: boolean;
  until?: string;
  passwordFile?: string;
  passwordStdin?: boolean;
  yes?: boolean;
}

function reasonOf(options: ProvisionOptions): 'billing' | 'manual' {
  if (options.as === undefined || options.as === 'billing') return 'billing';
  if (options.as === 'manual') return 'manual';
  throw usageError('bad_option', `--as: "${options.as}" is neither billing nor manual`);
}

/** `sluice provision suspend SERVICE` */
export const suspend: CommandHandler<ProvisionOptions> = ([id = ''], options, deps) => {
  const note = options.reason ?? null;
  return giveOrder(id, { command: 'provision suspend', reason: reasonOf(options), what: 'add', note }, options, deps);
};

/** `sluice provision unsuspend SERVICE` */
export const unsuspend: CommandHandler<ProvisionOptions> = ([id = ''], options, deps) =>
  giveOrder(
    id,
    { command: 'provision unsuspend', reason: reasonOf(options), what: 'release', note: null },
    options,
    deps,
  );

async function perform(
  id: string,
  request: Pick<ProvisionRequest, 'verb'> & Partial<ProvisionRequest>,
  options: ProvisionOptions,
  deps: Deps,
): Promise<number> {
  const dryRun = options.dryRun === true;
  return withSession(deps, options, async (session) => {
    const terminal = new Terminal(deps, options);
    const { report, outcome } = await provision(session, id, {
      ...request,
      dryRun,
      waitMs: waitOf(options),
      passwordFile: options.passwordFile === undefined ? undefined : path.resolve(deps.cwd, options.passwordFile),
      password: options.passwordStdin === true ? deps.readStdin : undefined,
      shown: terminal.json || deps.stdout.isTTY === true,
    });
    if (terminal.json) terminal.document(report);
    else {
      if (!terminal.quiet || outcome !== 'done') printOrder(terminal, report);
      if (report.credentials) {
        const { username, password, passwordFile } = report.credentials;
        terminal.line(`  account ${username ?? ''}`);
        if (password !== null) terminal.line(`  password ${password} (shown this once)`);
        if (passwordFile !== null) terminal.line(`  password in ${passwordFile}`);
      }
    }
    const changes = dryRun && report.actions.length > 0 && options.detailedExitcode === true;
    return outcome === 'done' && changes ? ExitCode.changes : exitCodeOf(outcome);
  });
}

/** `sluice provision create SERVICE` */
export const create: CommandHandler<ProvisionOptions> = ([id = ''], options, deps) =>
  perform(id, { verb: 'create', adopt: options.adopt === true }, options, deps);

/** `sluice provision renew SERVICE` */
export const renew: CommandHandler<ProvisionOptions> = ([id = ''], options, deps) =>
  perform(id, { verb: 'renew', until: options.until }, options, deps);

/** `sluice provision change-package SERVICE PRODUCT` */
export const changePackage: CommandHandler<ProvisionOptions> = ([id = '', product = ''], options, deps) =>
  perform(id, { verb: 'change-package', product }, options, deps);

/** `sluice provision change-password SERVICE` */
export const changePassword: CommandHandler<ProvisionOptions> = ([id = ''], options, deps) =>
  perform(id, { verb: 'change-password' }, options, deps);

/** `sluice provision terminate SERVICE` */
export const terminate: CommandHandler<ProvisionOptions> = async ([id = ''], options, deps) => {
  if (options.dryRun !== true) {
    await confirm(deps, options, `Remove everything that Sluice made for "${id}" from its panel?`);
  }
  return perform(id, { verb: 'terminate' }, options, deps);
};
