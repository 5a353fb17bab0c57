import type { FastifyReply, FastifyRequest } from 'fastify';
import { announceGzip, compress } from './compress.js';

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
  return reply.send(announceGzip(request, reply, plain.length) ? await pack() : plain);
}
