import type { BillingSystem } from '@sluice/panel-kind';
import type { Session } from '../session.js';
import { createLedger } from './ledger.js';
import { openBillingKind } from './open-kind.js';

/** Opens the billing system that the config names. */
export async function openBilling(session: Session): Promise<BillingSystem> {
  const { store, deps, config } = session;
  if (config.billing !== 'ledger') return openBillingKind(session, config.billing);
  const { clock, randomBytes, actor } = deps;
  return createLedger({ store, clock, randomBytes, actor });
}
