import type { CommandReport } from '@sluice/contract/documents';
import { writeBack } from '../features/billing/write-back.js';
import { usageError } from '@sluice/panel-kind';
import type { CallReports } from '../features/calls/bill-view.js';
import { runHoldCommand } from '../features/holds/holds.js';
import { commandReportFor } from '../features/provision/for-reader.js';
import { provision } from '../features/provision/provision.js';
import type { ProvisionRequest } from '../features/provision/verb-command.js';
import { type AskingOptions, type CommandOptions, type RunCall, toHow } from './call.js';

/** Where a new password is read from and written to. */
export interface PasswordOptions extends CommandOptions {
  /** The password; default a generated one. */
  password?: string | (() => Promise<string>) | undefined;
  /** Absolute path of a new file (0600) that the generated password is written to. */
  passwordFile?: string | undefined;
  /**
   * Whether the document contains a generated password that is not in a file; `false` requires a file, `'always'`: any
   * password that was set, also one that is in a file or is the caller's own. Default true.
   */
  showPassword?: boolean | 'always' | undefined;
}

/** Options of a creation. */
export interface CreateOptions extends PasswordOptions {
  /** Use an existing account. */
  adopt?: boolean | undefined;
  /** An order asks, and no operator: a line is not taken over by what its client typed there. */
  ordered?: boolean | undefined;
  /** The panel's id of its customer. */
  customer?: string | undefined;
}

/** Options of a suspension. */
export interface SuspendOptions extends CommandOptions {
  /** The reason of the hold; default `billing`. */
  as?: 'billing' | 'manual' | undefined;
  note?: string | null | undefined;
  /** Suspend the active numbers of a line, too. */
  withDids?: boolean | undefined;
  /** Reactivate a line also where somebody else suspended it. */
  force?: boolean | undefined;
}

/** Options of a termination. A line with calls that are not billed needs one of the first two. */
export interface TerminateOptions extends CommandOptions {
  /** Bill them first. */
  finalInvoice?: boolean | undefined;
  /** Never bill them. */
  forfeitUnbilled?: boolean | undefined;
  /** Writes the report of the final bill; without it none is written. */
  reports?: CallReports | undefined;
}

/** Provisioning of services; each call can be repeated safely and finishes an interrupted one. */
export interface Provision {
  /** Creates the account. */
  create(id: string, options?: CreateOptions): Promise<CommandReport>;
  suspend(id: string, options?: SuspendOptions): Promise<CommandReport>;
  unsuspend(id: string, options?: SuspendOptions): Promise<CommandReport>;
  /** Moves the due date to `until` (YYYY-MM-DD), or by one billing cycle; with `ref` once per key, else with each call. */
  renew(
    id: string,
    options?: CommandOptions & { until?: string | undefined; ref?: string | undefined },
  ): Promise<CommandReport>;
  /** Moves the service to another product of its panel. */
  changePackage(id: string, product: string, options?: CommandOptions): Promise<CommandReport>;
  /**
   * Sets a new password; a reader that has the service gets the report as it may see it, without notices for operators, and always
   * the password.
   */
  changePassword(id: string, options?: PasswordOptions & AskingOptions): Promise<CommandReport>;
  /** Removes the account and what belongs to it. */
  terminate(id: string, options?: TerminateOptions): Promise<CommandReport>;
}

function toUnbilled({ finalInvoice, forfeitUnbilled, reports }: TerminateOptions = {}): ProvisionRequest['unbilled'] {
  if (finalInvoice === true && forfeitUnbilled === true) {
    throw usageError(
      'bad_option',
      'Calls that are not billed are either billed or given up, not both; no panel was called',
    );
  }
  if (finalInvoice === true) return { how: 'bill', reports: reports ?? null };
  return forfeitUnbilled === true ? { how: 'forfeit' } : undefined;
}

/** Returns the calls that provision. */
export function provisionApi(call: RunCall): Provision {
  const perform = (
    id: string,
    options: (PasswordOptions & AskingOptions) | undefined,
    request: Pick<ProvisionRequest, 'verb'> & Partial<ProvisionRequest>,
  ) =>
    call(options, async (context) => {
      const { password } = options ?? {};
      const asked: ProvisionRequest = {
        ...request,
        ...toHow(options),
        reader: options?.reader,
        askedBy: options?.askedBy,
        permit: options?.permit,
        passwordFile: options?.passwordFile,
        password: typeof password === 'string' ? () => Promise.resolve(password) : password,
        shown: options?.showPassword ?? true,
      };
      const report = await provision(context, id, asked);
      if (options?.dryRun !== true) await writeBack(context, report, [id]);
      return commandReportFor(context, report, options?.reader);
    });
  const hold = (id: string, what: 'add' | 'release', options: SuspendOptions | undefined) =>
    call(options, (context) =>
      runHoldCommand(context, id, {
        command: what === 'add' ? 'provision suspend' : 'provision unsuspend',
        reason: options?.as ?? 'billing',
        what,
        note: options?.note ?? null,
        ...toHow(options),
        withDids: what === 'add' && options?.withDids === true,
        force: what === 'release' && options?.force === true,
      }),
    );
  return {
    create: (id, options) =>
      perform(id, options, {
        verb: 'create',
        adopt: options?.adopt === true,
        ordered: options?.ordered === true,
        customer: options?.customer,
      }),
    suspend: (id, options) => hold(id, 'add', options),
    unsuspend: (id, options) => hold(id, 'release', options),
    renew: (id, options) => perform(id, options, { verb: 'renew', until: options?.until, ref: options?.ref }),
    changePackage: (id, product, options) => perform(id, options, { verb: 'change-package', product }),
    changePassword: (id, options) => perform(id, options, { verb: 'change-password' }),
    terminate: (id, options) => perform(id, options, { verb: 'terminate', unbilled: toUnbilled(options) }),
  };
}
