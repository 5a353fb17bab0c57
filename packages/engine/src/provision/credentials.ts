import type { Panel, ProductSettings } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Files } from '../files.js';
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
  { verb, isRepeat }: { verb: ProvisionRequest['verb']; isRepeat: boolean },
): Promise<boolean> {
  const { accounts, passwords } = panel;
  if (accounts === undefined || passwords === undefined) return false;
  if (verb === 'change-password') return true;
  if (verb !== 'create') return false;
  if (isRepeat || service.ownRefs.length === 0) return true;
  const observations = await panel.observe([service], session.deps.signal, { scope: 'command', refresh: true });
  const observation = observations.get(service.id);
  return observation !== undefined && accounts.exists(observation) === false;
}

/** Plans the password of a command; `earlierFile` is the file of an interrupted run of it. */
export function choosePassword(
  session: Session,
  service: string,
  request: ProvisionRequest,
  { product, earlierFile }: { product: ProductSettings; earlierFile: string | null },
): Promise<PasswordPlan> {
  const writeTo = product.credentials?.writeTo;
  return planPassword(session.deps, {
    file: request.passwordFile,
    given: request.password,
    folder: writeTo,
    service,
    shown: request.shown !== false,
    earlierFile,
  });
}

/** Writes the planned password file; `row` is the id of the command's journal row. */
export function placePasswordFile(files: Files, { file, password, write }: PasswordPlan, row: string): void {
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
  const isShown = request.shown === 'always' || (password.generated && password.file === null && request.shown);
  return {
    username: panel.passwords?.username(work.service) ?? null,
    password: isShown ? password.password : null,
    passwordFile: password.file,
  };
}
