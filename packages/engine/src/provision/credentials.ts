import type { Panel, ProductSettings } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Files } from '../files.js';
import type { Credentials } from '../commands/types.js';
import type { Applied } from '../run/stages.js';
import type { Session } from '../session.js';
import { removeDraft, writePasswordFile } from './password-file.js';
import { type PasswordPlan, planPassword } from './password.js';
import type { ProvisionRequest } from './request.js';

/** Whether this order sets a password: a new one, or that of an account whose making was broken off, or that is gone. */
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
  const seen = await panel.observe([service], session.deps.signal, { scope: 'order', fresh: true });
  const observation = seen.get(service.id);
  return observation !== undefined && accounts.exists(observation) === false;
}

/** Decides on the password of an order; `earlierFile` is the file of a broken-off run of it. */
export function passwordFor(
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
    shown: request.shown,
    earlierFile,
    readExisting: request.verb === 'change-password',
  });
}

/** Writes the password file that is still to be written; `order` is the id of the order's row. */
export function placePasswordFile(files: Files, { file, password, write }: PasswordPlan, order: string): void {
  if (file === null) return;
  if (write === null) removeDraft(files, file, order);
  else writePasswordFile(files, { file, password, write }, order);
}

/** The credentials that the caller gets; null where no password was set. */
export function credentialsOf(
  panel: Panel,
  work: Pick<Applied, 'service' | 'passwordSet'>,
  password: PasswordPlan | null,
  request: ProvisionRequest,
): Credentials | null {
  // Nothing was set on the panel: the password is nobody's.
  if (!password || request.dryRun || !work.passwordSet) return null;
  const shown = password.generated && password.file === null && request.shown;
  return {
    username: panel.passwords?.username(work.service) ?? null,
    password: shown ? password.password : null,
    passwordFile: password.file,
  };
}
