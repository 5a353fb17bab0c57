import { type AccountCommand, type Panel, type ProductSettings, SluiceError, toItemError } from '@sluice/panel-kind';
import type { ActionRecord, ServiceRecord } from '@sluice/state-store';
import { findBillingPlace, writeCredentials } from '../billing/service-credentials.js';
import type { Context } from '../../context/context.js';
import { choosePassword, setsPassword } from './credentials.js';
import type { PasswordPlan } from './password.js';
import {
  type EarlierCreation,
  isDelivered,
  NO_EARLIER,
  readEarlierCreation,
  readPasswordOwner,
  toTermination,
} from './earlier-creation.js';
import { parseStored } from './stored-command.js';
import type { ProvisionRequest } from './verb-command.js';

/** The password of a command, and the command about the account that follows; null for none. */
interface PlannedPassword {
  plan: PasswordPlan | null;
  /** The password file of an interrupted run of the same command. */
  earlierFile: string | null;
  account: AccountCommand | null;
  /** Whether the password is that of the interrupted run, from its file. */
  isKnown: boolean;
}

/** Plans the password of a command, and the command about the account that follows; null for none. */
export async function decidePassword(
  context: Context,
  panel: Panel,
  service: ServiceRecord,
  { request, product, open }: { request: ProvisionRequest; product: ProductSettings; open: ActionRecord | null },
): Promise<PlannedPassword> {
  const { verb, adopt = false } = request;
  if (verb === 'terminate') {
    return { plan: null, earlierFile: null, account: await toTermination(context, service.id), isKnown: false };
  }
  const billing = panel.passwords === undefined ? null : await findBillingPlace(context, service, product);
  const creation = verb === 'create' ? open : null;
  // A password that was delivered stays: another one is set only for an account that is gone.
  const stays = creation !== null && isDelivered(await readPasswordOwner(context, panel, service.id));
  const how = { verb, adopt, isRepeat: open !== null && !stays, mustLook: billing !== null || stays };
  const setPassword = await setsPassword(context, panel, service, how);
  const earlierFile = parseStored(open)?.passwordFile ?? null;
  const places = { product, billing, earlierFile, accepts: panel.passwords?.accepts };
  const { plan, isKnown } = setPassword
    ? await choosePassword(context, service.id, withEarlierFile(request, earlierFile), places)
    : { plan: null, isKnown: false };
  const made = creation === null ? NO_EARLIER : await readEarlierCreation(context, panel, creation, isKnown);
  return { plan, account: accountOrder(request, setPassword, made), earlierFile, isKnown };
}

/**
 * Writes a password that the panel has now to the billing system of its plan; returns whether there is one. It is not written
 * before, so that a creation that is refused or fails leaves the billing system unchanged.
 */
export async function deliver(
  context: Context,
  panel: Panel,
  target: ServiceRecord,
  plan: PasswordPlan | null,
): Promise<boolean> {
  if (plan?.billing === undefined) return false;
  const username = panel.passwords?.username(target) ?? target.id;
  try {
    await writeCredentials(context, plan.billing, { username, password: plan.password });
  } catch (error) {
    const { code, message } = toItemError(error);
    const rest = `the panel has a password that ${plan.billing.title} does not have`;
    const why = panel.passwords?.unchangeable?.() ?? null;
    const next =
      why === null
        ? ': the next reconcile sets another in both'
        : `, and ${why}: remove the account on the panel, so that the next reconcile makes another one`;
    throw new SluiceError(code, `${message}; ${rest}${next}`, { kind: 'billing', cause: error });
  }
  return true;
}

/** A run that finishes the command of an operator writes to the file that the operator named. */
function withEarlierFile(request: ProvisionRequest, earlierFile: string | null): ProvisionRequest {
  return request.isAutomatic === true && earlierFile !== null ? { ...request, passwordFile: earlierFile } : request;
}

function accountOrder(
  request: ProvisionRequest,
  setPassword: boolean,
  { earlier, isSet, passwordFile }: EarlierCreation,
): AccountCommand | null {
  const { verb, adopt = false, ordered = false, isAutomatic = false } = request;
  if (verb === 'create') {
    const isUnseen = ordered || isAutomatic;
    return { verb, adopt, ordered: isUnseen, setPassword: setPassword && !isSet, earlier, passwordFile };
  }
  return verb === 'change-password' ? { verb } : null;
}
