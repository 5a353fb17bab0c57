import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Turns } from './limits.js';

/** How long those who sent more requests at once than a connection is served have to read the answers. */
const GRACE_MS = 1000;

/** The path of requests that are answered at once. */
export const HEALTH = '/healthz';

/** Calls `done` when a request may begin. */
export type Begin = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

/**
 * Returns a function that lets each request begin in a turn of its sender, before anything is read for it, and those of a connection one
 * after the other. One that was sent before the answer of the last was read waits, so that the answers of a client that reads none do
 * not fill the memory.
 */
export function beginInTurn({ turn, senders }: Turns): Begin {
  const last = new WeakMap<Socket, ServerResponse>();
  return (request, { raw: answer }, done) => {
    const { socket, url } = request.raw;
    const before = last.get(socket);
    last.set(socket, answer);
    // The requests of a connection that ended are forgotten.
    const begin = (): void => {
      if (!socket.destroyed) void turn(senders.find(request), () => socket.destroyed).then(done);
    };
    if (before !== undefined && !before.writableFinished) before.once('close', begin);
    else if (url === HEALTH) done();
    else begin();
  };
}

/** Refuses the first request above those that a connection is served; the others are forgotten, and the connection ends soon. */
export function refuseAbove(server: Server): void {
  server.on('dropRequest', (_request, socket: Socket) => {
    forgetRest(socket);
    setTimeout(() => socket.destroy(), GRACE_MS).unref();
  });
}

/** What node parses the requests of a connection with. */
interface Parsing {
  parser?: { onIncoming: (() => number) | null } | null;
}

/**
 * Ends the handling of what a connection sent besides. Node refuses each request above the limit with an answer, which waits for those
 * before it: many thousands from one packet would fill the memory.
 */
function forgetRest(socket: Socket & Parsing): void {
  if (socket.parser != null) socket.parser.onIncoming = () => 0;
}
