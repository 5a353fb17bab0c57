import { isPrivateAddress } from '@sluice/panel-kind';
import type { Context } from './options.js';

/**
 * Returns whose forwarded headers are read: of the configured proxies, or, where only a public address states that there is a proxy,
 * of the one that connects to the server. A further hop is a text that the client of that proxy may have sent.
 */
export function toTrust({
  publicUrl,
  trustedProxies,
}: Pick<Context, 'publicUrl' | 'trustedProxies'>): false | string[] | ((address: string, hop: number) => boolean) {
  if (trustedProxies !== undefined && trustedProxies.length > 0) return [...trustedProxies];
  if (publicUrl === undefined) return false;
  return (address, hop) => hop === 0 && isPrivateAddress(address);
}
