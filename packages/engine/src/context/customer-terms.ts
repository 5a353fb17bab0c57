import type { CustomerTerms } from '@sluice/contract';
import type { ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../base/config/find-entry.js';
import type { Context } from './context.js';
import { readEnforcements } from './enforcement.js';
import { refuseOtherClient } from './find-service.js';
import { findCapabilities, findLacks } from './lacks.js';
import type { Reader } from './reader.js';
import { readStoredNames } from './stored-names.js';

/**
 * Returns what the product and the panel of a service let its client change, and whether its panel is only observed: nothing then. The
 * config is asked as it is by now: a change may have waited since it began.
 */
export async function customerTerms(
  context: Context,
  { panel, product: name }: Pick<ServiceRecord, 'panel' | 'product'>,
): Promise<CustomerTerms> {
  const { config } = await readStoredNames(context.deps.latestConfig(), context.store);
  if ((await readEnforcements(config, context.store)).isObserving(panel, name))
    return { fields: [], passwords: false, observing: true };
  const product = findEntry(config.products, name);
  const fields = product === undefined ? [] : (context.findKind(panel)?.customerMay?.(product) ?? []);
  const { customerFields } = await findLacks(context, panel);
  const passwords = (await findCapabilities(context, panel)).includes('passwords');
  return { fields: fields.filter((field) => !customerFields.includes(field)), passwords, observing: false };
}

/** Who asks for a change of a service. */
export interface Asking {
  /** The client that asks; undefined: an operator. */
  reader?: Reader;
  /** The client that a program asks for, which may then only what the client itself may; undefined: it asks for itself. */
  askedBy?: string | undefined;
  /** Called with what the client may change of its service by then; throws to refuse. */
  permit?: ((terms: CustomerTerms) => void) | undefined;
}

/** Refuses a change, under the lease of a service, that the client who asks may not make by then. */
export async function refuseUnpermitted(
  context: Context,
  service: ServiceRecord,
  { reader, askedBy, permit }: Asking,
): Promise<void> {
  if ((reader ?? askedBy) === undefined) return;
  for (const client of [reader, askedBy]) refuseOtherClient(service, client);
  permit?.(await customerTerms(context, service));
}
