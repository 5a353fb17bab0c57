import { toItemError } from '@sluice/panel-kind';
import { toBillingDependencies } from '../billing/open-billing.js';
import { billingSections, billingSettings } from '../config/find-entry.js';
import { listFacts } from '../services/sync/apply-fills.js';
import type { Session } from '../session.js';
import { type Check, checksOf } from './check.js';

/** Checks the configured billing systems. The ledger is a part of the store. */
export async function billingChecks(session: Session, contract: boolean): Promise<Check[]> {
  const checks: Check[] = [];
  for (const system of session.deps.billing) {
    const settings = billingSettings(session.config, system.kind);
    if (settings === undefined || system.check === undefined) continue;
    const products = Object.values(session.config.products);
    const use = {
      orders: products.some(({ provision }) => provision === 'auto'),
      credentials: products.some(({ credentials }) => credentials?.writeTo === system.kind),
      bills: session.config.billing === system.kind,
      products: billingSections(session.config, system.kind),
      facts: listFacts(session),
      contract,
      signal: session.deps.signal,
    };
    try {
      const found = await system.check(settings, toBillingDependencies(session), use);
      checks.push(...found.map((check) => ({ ...check, object: system.kind })));
    } catch (error) {
      const { code, message } = toItemError(error);
      checks.push(checksOf('billing system', system.kind)('failed', message, code));
    }
  }
  return checks;
}
