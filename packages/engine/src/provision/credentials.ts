import type { Panel, ProductSettings } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { type BillingPlace, writeCredentials } from '../billing/service-credentials.js';
import type { Credentials } from '../commands/types.js';
import type { Applied } from '../run/stages.js';
import type { Session } from '../session.js';
import { removeDraft, writePasswordFile } from './password-file.js';
import { type PasswordPlan, planPassword } from './password.js';
import type { ProvisionRequest } from './verb-command.js';

/** Returns whether the command sets a password: a new one, or that of an account that is incomplete or gone. */
export async function setsPassword(
  session: Session,
  panel: Panel,
  service: ServiceRecord,
  { verb, isRepeat, mustLook }: { verb: ProvisionRequest['verb']; isRepeat: boolean; mustLook: boolean },
): Promise<boolean> {
  const { accounts, passwords } = panel;
  if (accounts === undefined || passwords === undefined) return false;
  if (verb === 'change-password') return true;
  if (verb !== 'create') return false;
  if (isRepeat || (service.ownRefs.length === 0 && !mustLook)) return true;
  const observations = await panel.observe([service], session.deps.signal, { scope: 'command', refresh: true });
  const observation = observations.get(service.id);
  return observation !== undefined && accounts.exists(observation) === false;
}

/** Plans the password of a command; `earlierFile` is the file of an interrupted run of it. */
export function choosePassword(
  session: Session,
  service: string,
  request: ProvisionRequest,
  {
    product,
    billing,
    earlierFile,
  }: { product: ProductSettings; billing: BillingPlace | null; earlierFile: string | null },
): Promise<PasswordPlan> {
  return planPassword(session.deps, {
    file: request.passwordFile,
    given: request.password,
    folder: billing === null ? product.credentials?.writeTo : undefined,
    billing,
    service,
    shown: request.shown !== false,
    earlierFile,
  });
}

/** Writes the planned password to its file or billing system; `row` is the id of the command's journal row. */
export async function placePassword(
  session: Session,
  { file, password, write, billing }: PasswordPlan,
  { row, username }: { row: string; username: string },
): Promise<void> {
  const { files } = session.deps;
  if (billing !== undefined) await writeCredentials(session, billing, { username, password });
  if (file === null) return;
  if (write === null) removeDraft(files, file, row);
  else writePasswordFile(files, { file, password, write }, row);
}

/** Returns the credentials for the caller; null where no password was set. */
export function toCredentials(
  panel: Panel,
  work: Pick<Applied, 'service' | 'passwordSet'>,
  password: PasswordPlan | null,
  request: ProvisionRequest,
): Credentials | null {
  // The panel has not set the password.
  if (!password || request.dryRun || !work.passwordSet) return null;
  const isElsewhere = password.file !== null || password.billing !== undefined;
  const isShown = request.shown === 'always' || (password.generated && !isElsewhere && request.shown);
  return {
    username: panel.passwords?.username(work.service) ?? null,
    password: isShown ? password.password : null,
    passwordFile: password.file,
    ...(password.billing === undefined ? {} : { writtenTo: password.billing.title }),
  };
}
