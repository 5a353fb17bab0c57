import type { FastifyRequest } from 'fastify';

/** Returns whether a part of the body of a request is still to come. */
export function isArriving({ raw: { complete, headers } }: FastifyRequest): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  // A request without a body is complete only a moment after it began.
  return !complete && (encoding !== undefined || Number(length) > 0);
}
