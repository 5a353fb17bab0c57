import type { Credentials } from '@sluice/contract/documents';
import { type ItemError, type Panel, type ProductSettings, toItemError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { type BillingPlace, checkCredentials, findBillingPlace } from '../billing/service-credentials.js';
import type { Applied } from '../../kernel/subject/stages.js';
import type { Context } from '../../context/context.js';
import { observeServices } from '../../loop/observe.js';
import { removeDraft, writePasswordFile } from './password-file.js';
import {
  hasEarlierPassword,
  type PasswordOptions,
  type PasswordPlan,
  planPassword,
  previewPassword,
} from './password.js';
import { type EarlierCreation, NO_EARLIER, readEarlierCreation, setsOwnPassword } from './earlier-creation.js';
import { findOpenRow, parseStored } from './stored-command.js';
import type { ProvisionRequest } from './verb-command.js';

/** Returns whether the command sets a password: a new one, or that of an account that is incomplete or gone. */
export async function setsPassword(
  context: Context,
  panel: Panel,
  service: ServiceRecord,
  {
    verb,
    adopt,
    isRepeat,
    mustLook,
  }: { verb: ProvisionRequest['verb']; adopt: boolean; isRepeat: boolean; mustLook: boolean },
): Promise<boolean> {
  const { accounts, passwords } = panel;
  if (accounts === undefined || passwords === undefined) return false;
  if (verb === 'change-password') return true;
  if (verb !== 'create') return false;
  if (isRepeat || (service.ownRefs.length === 0 && !mustLook)) return true;
  const observations = await observeServices({ context, panel, scope: 'command' }, [service], { refresh: true });
  const observation = observations.get(service.id);
  return observation !== undefined && accounts.exists(observation, { adopt }) === false;
}

/**
 * Plans the password of a command, or only checks its place; `earlierFile` is the file of an interrupted run of it, and `isKnown` says
 * whether the command has the password that is in it.
 */
export async function choosePassword(
  context: Context,
  service: string,
  request: ProvisionRequest,
  {
    product,
    billing,
    earlierFile,
    accepts,
  }: {
    product: ProductSettings;
    billing: BillingPlace | null;
    earlierFile: string | null;
    accepts: PasswordOptions['accepts'];
  },
): Promise<{ plan: PasswordPlan | null; isKnown: boolean }> {
  const options = {
    file: request.passwordFile,
    given: request.password,
    folder: billing === null ? product.credentials?.writeTo : undefined,
    billing,
    service,
    shown: request.shown !== false || request.reader !== undefined,
    earlierFile,
    accepts,
  };
  previewPassword(context.deps, options);
  const isElsewhere = options.file !== undefined || options.given !== undefined;
  if (billing !== null && !isElsewhere) await checkCredentials(context, billing);
  const isKnown = hasEarlierPassword(context.deps, options);
  return { plan: request.dryRun ? null : await planPassword(context.deps, options), isKnown };
}

/** Returns why the password of an account that a run will create has no place, and the creation that the run continues. */
export async function previewCreation(
  context: Context,
  panel: Panel,
  service: ServiceRecord,
  product: ProductSettings,
): Promise<{ problem: ItemError | null } & EarlierCreation> {
  const open = await findOpenRow(context, service.id, 'create');
  const read = async (isKnown: boolean): Promise<EarlierCreation> =>
    open === null ? NO_EARLIER : readEarlierCreation(context, panel, open, isKnown);
  if (panel.passwords === undefined) return { problem: null, ...(await read(false)) };
  const billing = await findBillingPlace(context, service, product);
  const earlierFile = parseStored(open)?.passwordFile ?? null;
  const folder = billing === null ? product.credentials?.writeTo : undefined;
  const places = { file: earlierFile ?? undefined, folder, billing, earlierFile };
  const options = { ...places, service: service.id, shown: false, accepts: panel.passwords.accepts };
  try {
    previewPassword(context.deps, options);
    return { problem: null, ...(await read(hasEarlierPassword(context.deps, options))) };
  } catch (error) {
    return { problem: toItemError(error), ...NO_EARLIER };
  }
}

/** Writes the planned password to its file, if it has one; `row` is the id of the command's journal row. */
export function placePassword(
  { deps: { files } }: Context,
  { file, password, write }: PasswordPlan,
  row: string,
): void {
  if (file === null) return;
  if (write === null) removeDraft(files, file, row);
  else writePasswordFile(files, { file, password, write }, row);
}

/** Returns whether it is not known if the panel has the password of a command. */
function isPasswordInDoubt({ actions }: Pick<Applied, 'actions'>): boolean {
  const [last] = actions.filter(setsOwnPassword).slice(-1);
  return last?.state === 'in-doubt';
}

/** Returns the credentials for the caller; null where no password was set. */
export function toCredentials(
  panel: Panel,
  work: Pick<Applied, 'service' | 'passwordSet' | 'actions'>,
  { plan: password, delivery }: { plan: PasswordPlan | null; delivery: { isDone: boolean } },
  request: ProvisionRequest,
): Credentials | null {
  // The panel has not set the password.
  if (!password || request.dryRun || !work.passwordSet) return null;
  const isElsewhere = password.file !== null || password.billing !== undefined;
  // A client can't open a file of the operator's machine.
  const isClient = request.reader !== undefined;
  const isShown = isClient || request.shown === 'always' || (password.generated && !isElsewhere && request.shown);
  return {
    username: panel.passwords?.username(work.service) ?? null,
    password: isShown ? password.password : null,
    passwordFile: isClient ? null : password.file,
    ...(isPasswordInDoubt(work) ? { inDoubt: true } : {}),
    ...(password.billing !== undefined && delivery.isDone ? { writtenTo: password.billing.title } : {}),
  };
}
