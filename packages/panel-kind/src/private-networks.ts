import { BlockList, isIP } from 'node:net';

/** Networks of this machine and of private networks (RFC 1918, RFC 3927, RFC 4193, RFC 4291). */
const PRIVATE = {
  ipv4: ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  ipv6: ['::1/128', 'fc00::/7', 'fe80::/10'],
};

/** Addresses that nobody on the internet connects to, besides: RFC 6890, multicast. */
const UNROUTED = {
  ipv4: ['0.0.0.0/8', '100.64.0.0/10', '192.0.0.0/24', '198.18.0.0/15', '224.0.0.0/3'],
  ipv6: ['::/128', 'fec0::/10', 'ff00::/8'],
};

type Family = keyof typeof PRIVATE;

/** Made when they are first asked: most commands never do. */
const lists = new Map<Record<Family, string[]>, BlockList>();

function isIn(networks: Record<Family, string[]>, address: string): boolean {
  let list = lists.get(networks);
  if (list === undefined) {
    list = new BlockList();
    for (const family of ['ipv4', 'ipv6'] as const) {
      for (const network of networks[family]) {
        const [first = '', bits] = network.split('/');
        list.addSubnet(first, Number(bits), family);
      }
    }
    lists.set(networks, list);
  }
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Endings of names that only a local network knows (RFC 6761, RFC 6762, RFC 8375, and what routers use). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|private|corp|home|lan|home\.arpa)$/;

/** Returns whether an IP address is one of this machine or of a private network. */
export function isPrivateAddress(address: string): boolean {
  return isIn(PRIVATE, address);
}

/**
 * Returns whether a host may be reached from the internet, by its name or address alone, without a question to a name server; `host` is the
 * `hostname` of a `URL`: an IPv6 address is in brackets.
 */
export function isPublicHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  const version = isIP(name);
  if (version === 0) return name.includes('.') && !LOCAL_NAME.test(name);
  return !isPrivateAddress(name) && !isIn(UNROUTED, name);
}
