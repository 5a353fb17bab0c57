import { type CustomerLink, customerLink, type ProductSettings } from '@sluice/panel-kind';
import { type ServiceRecord, zonedMidnight } from '@sluice/quota-core';
import { findEntry, findTimeZone } from '../../base/config/find-entry.js';
import { findAddress } from '../panels/customer-address.js';
import type { ServiceDetail } from './show.js';
import type { Context } from '../../context/context.js';

/** What a customer needs to use an account, without the password (docs/json.md). */
export interface CustomerAccess {
  username: string;
  /** Address of the panel for its customers (`customerAddress`); null where they have none. */
  url: string | null;
  links: CustomerLink[];
  expiresAt: string | null;
  /** Days that the account is valid from its first use; null where it has a date, or no end. */
  daysFromFirstUse: number | null;
}

/** Returns how the customer of a service uses its account; calls no panel. */
export function toServiceAccess(
  context: Context,
  { id, panel, refs, nextDueDate }: ServiceRecord,
  { account }: Pick<ServiceDetail, 'account'>,
  { username, product }: { username: string | null; product: ProductSettings },
): CustomerAccess {
  const kind = context.findKind(panel);
  const last = kind?.accountsExpire === true ? nextDueDate : null;
  const due = last === null ? null : zonedMidnight(last, findTimeZone(context.config, panel));
  const expiresAt = account?.expiresAt ?? due;
  return {
    ...toPlaces(context, panel, refs[kind?.requiredRef ?? '']),
    username: username ?? id,
    expiresAt,
    daysFromFirstUse: expiresAt === null ? (kind?.daysFromFirstUse?.(product) ?? null) : null,
  };
}

/** Returns how a user of an agent uses its account; calls no panel. */
export function toUserAccess(
  context: Context,
  panel: string,
  { uuid, name, packageDays }: { uuid: string; name: string; packageDays?: number },
): CustomerAccess {
  const places = toPlaces(context, panel, uuid);
  return { ...places, username: name, expiresAt: null, daysFromFirstUse: packageDays ?? null };
}

function toPlaces(context: Context, panel: string, account: string | undefined): Pick<CustomerAccess, 'url' | 'links'> {
  const kind = context.findKind(panel);
  const settings = findEntry(context.config.panels, panel);
  if (kind === undefined || settings === undefined) return { url: null, links: [] };
  const links = account === undefined ? [] : (kind.customerLinks?.({ name: panel, settings }, account) ?? []);
  return {
    url: findAddress(context, panel),
    links: links.map((link) => customerLink(kind, { name: panel, settings }, link)),
  };
}
