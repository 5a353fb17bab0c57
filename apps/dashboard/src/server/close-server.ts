import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A request with its answer. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

/**
 * Watches the connections of a server. The returned function ends those whose request has not arrived whole, and those whose
 * client does not read an answer that is made; those that wait for an answer stay.
 */
export function watchRequests(server: Server): () => void {
  const sockets = new Map<Socket, Exchange | null>();
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, null);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (sockets.has(request.socket)) sockets.set(request.socket, { request, response });
  });
  return () => {
    for (const [socket, exchange] of sockets)
      if (exchange?.request.complete !== true || exchange.response.writableEnded) socket.destroy();
  };
}

/** Closes a server. Answers under way are waited for; requests that are half sent, and answers that are not read, only for `endMs` milliseconds. */
export async function closeServer(server: FastifyInstance, cutSlow: () => void, endMs: number): Promise<void> {
  const cut = setTimeout(cutSlow, endMs);
  try {
    await server.close();
  } finally {
    clearTimeout(cut);
  }
}
