import type { BillingSystem } from '@sluice/panel-kind';
import type { Session } from '../session.js';

/** Opens the billing system that the config names. */
export function openBilling(_session: Session): Promise<BillingSystem> {
  throw new Error('not yet');
}
