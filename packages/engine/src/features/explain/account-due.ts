import type { AccountDue, AccountReason } from '@sluice/contract/documents';
import type { DecisionRecord, ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import { hasAccount, ownsAccount } from '../../kernel/subject/account.js';
import { findOpenRow } from '../provision/stored-command.js';
import type { Context } from '../../context/context.js';

/** Returns what is due about an account by the last run; null for nothing, and where commands make the accounts. */
export async function findAccountDue(
  context: Context,
  service: ServiceRecord,
  { decision, observing }: { decision: DecisionRecord | null; observing: boolean },
): Promise<AccountDue | null> {
  const kind = context.findKind(service.panel);
  const product = findEntry(context.config.products, service.product);
  if (kind?.capabilities.includes('accounts') !== true || product === undefined) return null;
  const isOwn = ownsAccount(kind, service);
  const isUnfinished = async (): Promise<boolean> => (await findOpenRow(context, service.id, 'create')) !== null;
  if (service.status === 'terminated') {
    if ((product.provision !== 'auto' && product.terminate !== 'auto') || !(isOwn || (await isUnfinished())))
      return null;
    const reason = product.terminate === 'auto' ? await findReason(context, decision, observing) : 'operator';
    return { verb: 'terminate', reason };
  }
  if (product.provision !== 'auto' || service.status === 'vanished') return null;
  if (hasAccount(kind, service) && !(isOwn && (await isUnfinished()))) return null;
  if (service.status === 'suspended') return { verb: 'create', reason: 'suspended' };
  const reason = await findReason(context, decision, observing);
  const isOpen = service.status === 'pending' && reason === 'next_run' && decision !== null;
  return { verb: 'create', reason: isOpen ? 'not_paid' : reason };
}

async function findReason(
  { store }: Context,
  decision: DecisionRecord | null,
  observing: boolean,
): Promise<AccountReason> {
  if (observing) return 'observe';
  if (decision?.errorCode != null) return 'failed';
  const run = decision === null ? null : await store.runs.get(decision.run);
  return run?.outcome === 'brake' && run.command === 'reconcile' ? 'brake' : 'next_run';
}
