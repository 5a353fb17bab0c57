import { SluiceError } from '@sluice/panel-kind';
import { isOnServer } from '@sluice/state-store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toNetwork } from './networks.js';
import type { Context } from './options.js';
import { toOutsider } from './outsider.js';
import type { Senders } from './senders.js';
import { countFailure } from './shared-failures.js';
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
  requests: (
    request: FastifyRequest,
    reply: FastifyReply,
    who: { id: string; client: string | null; agent: string | null },
  ) => Promise<void>;
}

/** So many addresses may reach their own limit in a minute before the limit over all of them is reached. */
const NETWORKS = 20;

/** Who sends the requests of a server, and their turns. */
export interface Turns {
  turn: Turn;
  senders: Senders;
}

/** Creates the limits of a server, which has the plugin. */
export function createLimiters(server: FastifyInstance, context: Context, { turn, senders }: Turns): Limiters {
  const { limits } = context;
  const limiter = (max: number, toKey: (request: FastifyRequest) => string): Limiter => {
    const check = server.createRateLimit({ max, timeWindow: 60_000, keyGenerator: toKey });
    return async (request, reply) => {
      const result = await check(request);
      if (result.isAllowed || !result.isExceeded) return;
      throw tooMany(reply, result.ttlInSeconds);
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
  const logins = failures(limits.loginsPerMinute);
  const refusals = failures(limits.refusalsPerMinute);
  const requests = limiter(limits.requestsPerMinute, (request) => who.get(request) ?? request.ip);
  return {
    logins: isOnServer(context.store.location) ? overAll(logins, context) : logins,
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
      if (toOutsider(viewer) !== null) await underWay({ request, reply }, sender);
    },
  };
}

/** The limiter of one server, and then the same limits over all that share its store. */
function overAll(ofServer: Limiter, context: Context): Limiter {
  const { loginsPerMinute } = context.limits;
  return async (request, reply) => {
    await ofServer(request, reply);
    const most = { [`of ${toNetwork(request.ip)}`]: loginsPerMinute, all: loginsPerMinute * NETWORKS };
    const seconds = await countFailure(context, most);
    if (seconds !== null) throw tooMany(reply, seconds);
  };
}

function tooMany(reply: FastifyReply, seconds: number): SluiceError {
  reply.header('retry-after', seconds);
  return new SluiceError('too_many_requests', `Too many requests; try again in ${seconds} seconds`, { kind: 'busy' });
}
