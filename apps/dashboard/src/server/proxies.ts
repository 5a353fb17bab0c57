import { BlockList, isIPv6 } from 'node:net';
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

/** Returns a test of whether an address that connects is that of a proxy whose forwarded headers are read. */
export function toProxyTest(context: Pick<Context, 'publicUrl' | 'trustedProxies'>): (address: string) => boolean {
  const trust = toTrust(context);
  if (trust === false) return () => false;
  if (typeof trust === 'function') return (address) => trust(address, 0);
  const list = new BlockList();
  for (const each of trust) {
    const [address = '', bits] = each.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
