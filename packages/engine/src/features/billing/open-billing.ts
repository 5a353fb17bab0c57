import type { BillingDependencies, BillingKind, BillingSystem, ServiceSource } from '@sluice/contract/ports';
import { usageError } from '@sluice/panel-kind';
import type { ServiceRecord, StateStore } from '@sluice/state-store';
import { billingSettings } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import type { Dependencies } from '../../context/dependencies.js';
import { createLedger } from './ledger.js';

/** The parts of a context that a billing system is opened with. */
export interface BillingParts {
  readonly config: Config;
  readonly deps: Dependencies;
  readonly onBillingCall: BillingDependencies['onCall'];
}

/** Opens the billing system that the config names; sends nothing. */
export async function openBilling(parts: BillingParts & { readonly store: StateStore }): Promise<BillingSystem> {
  const { store, deps, config } = parts;
  const { clock, randomBytes, actor } = deps;
  if (config.billing === 'ledger') return createLedger({ store, clock, randomBytes, actor });
  const kind = deps.billing.find((known) => known.kind === config.billing);
  const settings = billingSettings(config, config.billing);
  if (kind === undefined || settings === undefined) throw new Error(`no billing system ${config.billing}`);
  return kind.open(settings, toBillingDependencies(parts));
}

/** A configured billing system that lists services. */
export interface ConfiguredSource {
  kind: BillingKind;
  settings: unknown;
  /** Opens its list of services; sends nothing. */
  open: () => Promise<ServiceSource>;
}

/** Returns the billing system of the config that lists services; null if there is none. */
export function findSource(context: BillingParts): ConfiguredSource | null {
  for (const kind of context.deps.billing) {
    const settings = billingSettings(context.config, kind.kind);
    if (settings === undefined || kind.openSource === undefined) continue;
    const openSource = kind.openSource.bind(kind);
    return { kind, settings, open: () => openSource(settings, toBillingDependencies(context)) };
  }
  return null;
}

/** Returns the title of the billing system that decides at each sync whether a service is paid; null where none does. */
export function findFollowed(context: BillingParts, { refs }: Pick<ServiceRecord, 'refs'>): string | null {
  const { title, serviceRef } = findSource(context)?.kind ?? {};
  return title !== undefined && serviceRef !== undefined && refs[serviceRef] !== undefined ? title : null;
}

/**
 * Returns the billing system of the config that lists services.
 *
 * @throws SluiceError `no_source` if there is none
 */
export function requireSource(context: BillingParts): ConfiguredSource {
  const source = findSource(context);
  if (source !== null) return source;
  const known = context.deps.billing.filter((kind) => kind.openSource !== undefined).map(({ kind }) => kind);
  const section = known.length === 0 ? '' : `: it has no section "${known.join('" or "')}"`;
  throw usageError('no_source', `The config names no billing system to take services from${section}`);
}

/** Returns what a billing system is opened with. */
export function toBillingDependencies(context: BillingParts): BillingDependencies {
  const { clock, random, secret } = context.deps;
  return { clock, random, secret, onCall: context.onBillingCall };
}
