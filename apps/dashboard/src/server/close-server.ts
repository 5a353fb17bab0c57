import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Watches the connections of a server. The returned function ends those whose request has not arrived whole; those that wait for
 * an answer stay.
 */
export function watchRequests(server: Server): () => void {
  const sockets = new Map<Socket, IncomingMessage | null>();
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, null);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (request: IncomingMessage) => {
    if (sockets.has(request.socket)) sockets.set(request.socket, request);
  });
  return () => {
    for (const [socket, request] of sockets) if (request?.complete !== true) socket.destroy();
  };
}

/** Closes a server. Answers under way are waited for; requests that are half sent only for `endMs` milliseconds. */
export async function closeServer(server: FastifyInstance, cutHalfSent: () => void, endMs: number): Promise<void> {
  const cut = setTimeout(cutHalfSent, endMs);
  try {
    await server.close();
  } finally {
    clearTimeout(cut);
  }
}
