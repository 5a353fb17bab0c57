import type { BillingSystem } from '@sluice/panel-kind';
import type { Session } from '../session.js';
import { createLedger } from './ledger.js';

/** Opens the billing system that the config names. */
export function openBilling({ store, deps }: Session): Promise<BillingSystem> {
  const { clock, randomBytes, actor } = deps;
  return Promise.resolve(createLedger({ store, clock, randomBytes, actor }));
}
