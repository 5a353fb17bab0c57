import { BlockList, isIPv6 } from 'node:net';
import type { Context } from './options.js';

/** Networks of this machine and of private networks (RFC 1918, RFC 3927, RFC 4193, RFC 4291). */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  PRIVATE.addSubnet(network, bits);
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv6');

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
  return (address, hop) => hop === 0 && PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
