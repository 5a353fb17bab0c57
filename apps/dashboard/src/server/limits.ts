import { SluiceError } from '@sluice/panel-kind';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toNetwork } from './networks.js';
import type { Context } from './options.js';
import type { Senders } from './senders.js';
import type { Turn } from './turns.js';
import { boundUnderWay } from './under-way.js';

/** Counts requests, and refuses those above the limit of a minute. */
export type Limiter = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** The limits of a server. */
export interface Limiters {
  /** Logins that failed: count them after the token was checked, so that a valid one is never refused. */
  logins: Limiter;
  /** Requests without a valid token. */
  refusals: Limiter;
  /** Requests that are sent to the login. They are not limited; their session has ended. */
  ended: (request: FastifyRequest) => void;
  /** Requests that need no token: small files and figures, and large documents. The connection of one that is refused ends. */
  files: Limiter;
  documents: Limiter;
  /** Requests of one token, and those of one client that are under way. */
  requests: (request: FastifyRequest, reply: FastifyReply, who: { id: string; client: string | null }) => Promise<void>;
}

/** So many addresses may reach their own limit in a minute before the limit over all of them is reached. */
const NETWORKS = 20;

/** Who sends the requests of a server, and their turns. */
export interface Turns {
  turn: Turn;
  senders: Senders;
}

/** Creates the limits of a server, which has the plugin. */
export function createLimiters(server: FastifyInstance, { limits }: Context, { turn, senders }: Turns): Limiters {
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
  const underWay = boundUnderWay(limits.requestsPerClient, turn);
  const refusals = failures(limits.refusalsPerMinute);
  const requests = limiter(limits.requestsPerMinute, (request) => who.get(request) ?? request.ip);
  return {
    logins: failures(limits.loginsPerMinute),
    files: open(limits.filesPerMinute),
    documents: open(limits.documentsPerMinute),
    ended: (request) => {
      senders.forget(request);
    },
    refusals: (request, reply) => {
      senders.forget(request);
      return refusals(request, reply);
    },
    requests: async (request, reply, viewer) => {
      const sender = senders.remember(request, viewer);
      who.set(request, viewer.id);
      await requests(request, reply);
      if (viewer.client !== null) await underWay({ request, reply }, sender);
    },
  };
}
