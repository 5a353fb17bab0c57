import type { ServiceRecord } from '@sluice/state-store';
import { toPublicAddress } from '../../base/config/public-address.js';
import type { Context } from '../../context/context.js';
import { findPages } from '../billing/billing-pages.js';

/**
 * Returns the page of a service that the reader of a notice can open: for a client the one in the billing system, for operators the one of
 * the server where its address is known (`serve.publicUrl`). Null for none.
 */
export function serviceLink(
  { config, deps }: Pick<Context, 'config' | 'deps'>,
  { service, for: reader }: { service: ServiceRecord | undefined; for: 'operator' | 'client' },
): string | null {
  if (service === undefined) return null;
  if (reader === 'client') {
    const { kind, pages } = findPages({ config, billing: deps.billing });
    const id = kind?.serviceRef === undefined ? undefined : service.refs[kind.serviceRef];
    return id === undefined ? null : (pages?.service?.(id) ?? null);
  }
  return toPublicAddress(config, `/services/${encodeURIComponent(service.id)}`);
}
