import type { CustomerAccess, ServiceDetail } from '@sluice/contract/documents';
import { customerLink, type ProductSettings } from '@sluice/panel-kind';
import { type ServiceRecord, zonedMidnight } from '@sluice/quota-core';
import { findEntry, findTimeZone } from '../../base/config/find-entry.js';
import { isLiving } from '../../base/lifecycle.js';
import { findAddress } from '../panels/customer-address.js';
import type { Context } from '../../context/context.js';
import type { Reader } from '../../context/reader.js';
import { hasAccount, lacksOwnAccount } from '../../kernel/subject/account.js';

/** Returns how the customer of a service uses its account; calls no panel. */
export function toServiceAccess(
  context: Context,
  { id, panel, refs, nextDueDate }: ServiceRecord,
  { account }: Pick<ServiceDetail, 'account'>,
  { username, product }: { username: string | null; product: ProductSettings | undefined },
): CustomerAccess {
  const kind = context.findKind(panel);
  const last = kind?.accountsExpire === true ? nextDueDate : null;
  const due = last === null ? null : zonedMidnight(last, findTimeZone(context.config, panel));
  const expiresAt = account?.expiresAt ?? due;
  return {
    ...toPlaces(context, panel, refs[kind?.requiredRef ?? '']),
    username: username ?? id,
    expiresAt,
    daysFromFirstUse: expiresAt === null && product !== undefined ? (kind?.daysFromFirstUse?.(product) ?? null) : null,
  };
}

/** What a client reads of a link that lacks something in the config. */
const NOT_SET_UP = 'The provider has not set up this link yet';

/**
 * Returns how a reader uses the account of a service, with the apps that import its link; nothing where customers use no link. What is
 * stored decides: while the panel is down, it is the same.
 */
export function shownAccess(
  context: Context,
  service: ServiceRecord,
  detail: ServiceDetail,
  reader: Reader,
): Pick<ServiceDetail, 'access'> {
  const kind = context.findKind(service.panel);
  if (kind?.customerLinks === undefined) return {};
  const isOwn = isLiving(service) && hasAccount(kind, service) && !lacksOwnAccount(detail.error?.code ?? '');
  if (!isOwn) return { access: null };
  const product = findEntry(context.config.products, service.product);
  const { links, ...access } = toServiceAccess(context, service, detail, { username: null, product });
  const known = links.find(({ unknown }) => unknown === null);
  const apps = known === undefined ? [] : (kind.customerApps?.(known.url) ?? []);
  const shown = links.map(({ url, unknown }) => ({
    url,
    unknown: unknown === null || reader === undefined ? unknown : NOT_SET_UP,
  }));
  return { access: { ...access, links: shown, apps } };
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
