import type { CustomerAccess, ServiceDetail } from '@sluice/contract/documents';
import { customerLink, type ProductSettings } from '@sluice/panel-kind';
import { type ServiceRecord, zonedMidnight } from '@sluice/quota-core';
import { findEntry, findTimeZone } from '../../base/config/find-entry.js';
import { findAddress } from '../panels/customer-address.js';
import type { Context } from '../../context/context.js';

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
