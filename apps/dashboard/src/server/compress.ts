import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const compress = promisify(gzip);

/** Shorter texts gain nothing. */
export const LEAST_BYTES = 1024;

/**
 * Compresses long answers for clients that accept gzip: what programs read with a token; `prepared.ts` those that are the same for
 * all. Never pages, answers to a session, and answers to changes: they have secrets beside texts that another site can choose, and the length would give them away.
 */
export function addCompression(server: FastifyInstance): void {
  server.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || !isCompressible(request, reply)) return payload;
    reply.header('vary', 'Accept-Encoding');
    if (Buffer.byteLength(payload) < LEAST_BYTES || !acceptsGzip(request)) return payload;
    reply.header('content-encoding', 'gzip').removeHeader('content-length');
    return compress(payload);
  });
}

function isCompressible({ method, url, headers }: FastifyRequest, reply: FastifyReply): boolean {
  if (method !== 'GET' || reply.statusCode !== 200) return false;
  const [path = ''] = url.split('?');
  // No other site can make a browser send this header.
  return path.startsWith('/api/') && headers.authorization !== undefined;
}

/** Returns whether a client accepts gzip: it is named, or all are, with a weight above 0. */
export function acceptsGzip({ headers }: FastifyRequest): boolean {
  const weights = new Map(
    [headers['accept-encoding'] ?? []]
      .flat()
      .join(',')
      .split(',')
      .map((part) => {
        const [name = '', ...parameters] = part
          .trim()
          .toLowerCase()
          .split(/\s*;\s*/);
        const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
        return [name, weight === undefined ? 1 : Number(weight)] as const;
      }),
  );
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}
