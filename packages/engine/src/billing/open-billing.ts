import type { BillingSystem } from '@sluice/panel-kind';
import type { StateStore } from '@sluice/state-store';
import { createLedger } from './ledger.js';
import { type BillingParts, openBillingKind } from './open-kind.js';

/** Opens the billing system that the config names. */
export async function openBilling(parts: BillingParts & { readonly store: StateStore }): Promise<BillingSystem> {
  const { store, deps, config } = parts;
  if (config.billing !== 'ledger') return openBillingKind(parts, config.billing);
  const { clock, randomBytes, actor } = deps;
  return createLedger({ store, clock, randomBytes, actor });
}
