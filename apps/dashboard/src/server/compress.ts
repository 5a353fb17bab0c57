import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Packs a text, or its bytes. */
export const compress = promisify(gzip);

/** Shorter texts gain nothing. */
const LEAST_BYTES = 1024;

/**
 * Compresses long answers for clients that accept gzip: what programs read with a token; `prepared.ts` those that are the same for
 * all. Never pages, answers to a session, and answers to changes: they have secrets beside texts that another site can choose, and the length would give them away.
 */
export function addCompression(server: FastifyInstance): void {
  server.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || !isCompressible(request, reply)) return payload;
    if (!announceGzip(request, reply, Buffer.byteLength(payload))) return payload;
    reply.removeHeader('content-length');
    return compress(payload);
  });
}

function isCompressible({ method, url, headers }: FastifyRequest, reply: FastifyReply): boolean {
  if (method !== 'GET' || reply.statusCode !== 200) return false;
  const [path = ''] = url.split('?');
  // No other site can make a browser send this header.
  return path.startsWith('/api/') && headers.authorization !== undefined;
}

/** Sets the headers of an answer that may be compressed; returns whether it has to be. */
export function announceGzip(request: FastifyRequest, reply: FastifyReply, bytes: number): boolean {
  reply.header('vary', 'Accept-Encoding');
  if (bytes < LEAST_BYTES || !acceptsGzip(request)) return false;
  reply.header('content-encoding', 'gzip');
  return true;
}

/** Returns whether a client accepts gzip: it is named, or all are, with a weight above 0. */
function acceptsGzip({ headers }: FastifyRequest): boolean {
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
