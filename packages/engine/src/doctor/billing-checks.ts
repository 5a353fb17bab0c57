import { toItemError } from '@sluice/panel-kind';
import { toBillingDependencies } from '../billing/open-kind.js';
import { billingSettings } from '../config/billing-settings.js';
import type { Session } from '../session.js';
import type { Check } from './check.js';

/** Checks the configured billing systems. The ledger is a part of the store. */
export async function billingChecks(session: Session, contract: boolean): Promise<Check[]> {
  const checks: Check[] = [];
  for (const system of session.deps.billing) {
    const settings = billingSettings(session.config, system.kind);
    if (settings === undefined || system.check === undefined) continue;
    const use = {
      bills: session.config.billing === system.kind,
      products: sectionsOf(session, system.kind),
      contract,
      signal: session.deps.signal,
    };
    try {
      const found = await system.check(settings, toBillingDependencies(session), use);
      checks.push(...found.map((check) => ({ ...check, object: system.kind })));
    } catch (error) {
      const { code, message } = toItemError(error);
      checks.push({ name: 'billing system', object: system.kind, status: 'failed', message, code });
    }
  }
  return checks;
}

/** Returns the sections that products have for a billing system, by name of the product. */
export function sectionsOf({ config }: Pick<Session, 'config'>, kind: string): Record<string, unknown> {
  const sections = Object.entries(config.products).map(([name, product]): [string, unknown] => [name, product[kind]]);
  return Object.fromEntries(sections.filter(([, section]) => section !== undefined));
}
