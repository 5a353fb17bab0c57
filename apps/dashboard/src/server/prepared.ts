import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptsGzip, LEAST_BYTES } from './compress.js';

const compress = promisify(gzip);

/** A text that is the same for many requests: it is in memory once, however many answers with it wait to be read. */
export interface Prepared {
  plain: Buffer;
  gzip: () => Promise<Buffer>;
}

/** Prepares a text to be sent. */
export function prepare(text: string): Prepared {
  const plain = Buffer.from(text);
  let packed: Promise<Buffer> | undefined;
  return { plain, gzip: () => (packed ??= compress(plain)) };
}

/** Sends a prepared text, compressed to those that accept it: it has no secrets. */
export async function sendPrepared(
  request: FastifyRequest,
  reply: FastifyReply,
  { plain, gzip: pack }: Prepared,
): Promise<FastifyReply> {
  reply.header('vary', 'Accept-Encoding');
  if (plain.length < LEAST_BYTES || !acceptsGzip(request)) return reply.send(plain);
  return reply.header('content-encoding', 'gzip').send(await pack());
}
