import { type CustomerLink, type PanelKind, withoutCredentials } from './kind.js';
import type { PanelToOpen } from './panel-to-open.js';
import { isPublicHost } from './private-networks.js';
import type { PanelSettings } from './settings.js';

/** The addresses of a panel: of its API, and the one that its customers are shown. */
export type Addressed = Pick<PanelSettings, 'url' | 'publicUrl'>;

/**
 * Returns the address of a panel that its customers are shown: `publicUrl`, or else `url` where its host is public, without a secret
 * path and credentials; null where they are shown none.
 */
export function customerAddress(
  { secretPath }: Pick<PanelKind, 'secretPath'>,
  { url, publicUrl }: Addressed,
): string | null {
  const shown = publicUrl ?? url;
  if (!URL.canParse(shown)) return null;
  const address = new URL(shown);
  if (!/^https?:$/.test(address.protocol)) return null;
  if (publicUrl === undefined && !isPublicHost(address.hostname)) return null;
  if (secretPath === true) return address.origin;
  return withoutCredentials(shown);
}

/**
 * Returns a link to a panel as its customers are shown it: one that begins with the address of the API begins with theirs instead. Where
 * they have no address, `ADDRESS` stands for it, and `unknown` says which key to set.
 */
export function customerLink(
  kind: Pick<PanelKind, 'secretPath'>,
  { name, settings }: { name: PanelToOpen['name']; settings: Addressed },
  link: CustomerLink,
): CustomerLink {
  const rest = pathBelow(link.url, settings.url);
  if (rest === null) return link;
  const address = customerAddress(kind, settings);
  if (address !== null) return { ...link, url: address.replace(/\/+$/, '') + rest };
  const missing = `Set panels.${name}.publicUrl to the address at which customers reach the panel, in place of ADDRESS: panels.${name}.url is not public`;
  return { url: `https://ADDRESS${rest}`, unknown: link.unknown === null ? missing : `${missing}. ${link.unknown}` };
}

/** Returns what of a link follows an address, or else its origin; null for a link to another place. */
function pathBelow(link: string, url: string): string | null {
  const { origin } = new URL(url);
  for (const base of [url.replace(/\/+$/, ''), origin]) {
    const rest = link.slice(base.length);
    if (link.startsWith(base) && /^($|[/?#])/.test(rest)) return rest;
  }
  return null;
}
