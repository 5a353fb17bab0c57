import { isIPv6 } from 'node:net';
import { SluiceError } from '@sluice/panel-kind';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from './options.js';
import { boundUnderWay } from './under-way.js';

/** Counts requests, and refuses those above the limit of a minute. */
export type Limiter = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** The limits of a server. */
export interface Limiters {
  /** Logins that failed: count them after the token was checked, so that a valid one is never refused. */
  logins: Limiter;
  /** Requests without a valid token. */
  refusals: Limiter;
  /** Requests that need no token: small files and figures, and large documents. The connection of one that is refused ends. */
  files: Limiter;
  documents: Limiter;
  /** Requests of one token, and those of one client that are under way. */
  requests: (request: FastifyRequest, reply: FastifyReply, who: { id: string; client: string | null }) => Promise<void>;
}

/** So many addresses may reach their own limit in a minute before the limit over all of them is reached. */
const NETWORKS = 20;

/** Creates the limits of a server, which has the plugin. */
export function createLimiters(server: FastifyInstance, { limits }: Context): Limiters {
  const limiter = (max: number, toKey: (request: FastifyRequest) => string): Limiter => {
    const check = server.createRateLimit({ max, timeWindow: 60_000, keyGenerator: toKey });
    return async (request, reply) => {
      const result = await check(request);
      if (result.isAllowed || !result.isExceeded) return;
      reply.header('retry-after', result.ttlInSeconds);
      throw new SluiceError('too_many_requests', `Too many requests; try again in ${result.ttlInSeconds} seconds`, {
        kind: 'busy',
      });
    };
  };
  const open = (max: number): Limiter => {
    const ofNetwork = limiter(max, ({ ip }) => toNetwork(ip));
    return async (request, reply) => {
      try {
        await ofNetwork(request, reply);
      } catch (error) {
        reply.header('connection', 'close');
        throw error;
      }
    };
  };
  const failures = (max: number): Limiter => {
    const ofNetwork = limiter(max, ({ ip }) => toNetwork(ip));
    const ofAll = limiter(max * NETWORKS, () => 'all');
    return async (request, reply) => {
      await ofNetwork(request, reply);
      await ofAll(request, reply);
    };
  };
  const who = new WeakMap<FastifyRequest, string>();
  const underWay = boundUnderWay(limits.requestsPerClient);
  const requests = limiter(limits.requestsPerMinute, (request) => who.get(request) ?? request.ip);
  return {
    logins: failures(limits.loginsPerMinute),
    files: open(limits.filesPerMinute),
    documents: open(limits.documentsPerMinute),
    refusals: failures(limits.refusalsPerMinute),
    requests: async (request, reply, { id, client }) => {
      who.set(request, id);
      await requests(request, reply);
      if (client !== null) await underWay({ request, reply }, client);
    },
  };
}

/** Returns the network of an address: a customer of IPv6 usually has all addresses of a /64. */
export function toNetwork(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [plain = address] = address.split('%');
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...(tail ?? '').split(':')];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
