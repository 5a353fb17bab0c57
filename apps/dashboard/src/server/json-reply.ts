import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Failure, toFailure } from './failure.js';
import type { Context } from './options.js';

/** Sends an error as JSON. */
export async function sendError(context: Context, reply: FastifyReply, error: unknown): Promise<FastifyReply> {
  const failure: Failure = toFailure(error);
  if (failure.defect) context.onError?.(error);
  const { status, code, message, details } = failure;
  if (code === 'no_token') reply.header('www-authenticate', 'Bearer');
  return reply.code(status).header('cache-control', 'no-store').send({ error: { code, message, details } });
}

/** Returns whether a request is one of a program. */
export function isApi({ url }: FastifyRequest): boolean {
  return /^\/(api|metrics|healthz)(\/|\?|$)/.test(url);
}
