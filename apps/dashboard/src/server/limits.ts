import { SluiceError } from '@sluice/panel-kind';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from './options.js';

/** Counts requests, and refuses those above the limit of a minute. */
export type Limiter = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** The limits of a server. */
export interface Limiters {
  logins: Limiter;
  /** Requests without a valid token. */
  refusals: Limiter;
  /** Requests of one token. */
  requests: (request: FastifyRequest, reply: FastifyReply, who: string) => Promise<void>;
}

const WHO = Symbol('who');
type Counted = FastifyRequest & { [WHO]?: string };

/** Creates the limits of a server, which has the plugin. */
export function createLimiters(server: FastifyInstance, { limits }: Context): Limiters {
  const limiter = (max: number): Limiter => {
    const check = server.createRateLimit({
      max,
      timeWindow: 60_000,
      keyGenerator: (request) => (request as Counted)[WHO] ?? request.ip,
    });
    return async (request, reply) => {
      const result = await check(request);
      if (result.isAllowed || !result.isExceeded) return;
      reply.header('retry-after', result.ttlInSeconds);
      throw new SluiceError('too_many_requests', `Too many requests; try again in ${result.ttlInSeconds} seconds`, {
        kind: 'busy',
      });
    };
  };
  const requests = limiter(limits.requestsPerMinute);
  return {
    logins: limiter(limits.loginsPerMinute),
    refusals: limiter(limits.refusalsPerMinute),
    requests: (request, reply, who) => requests(Object.assign(request, { [WHO]: who }), reply),
  };
}
