import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long those who sent more requests at once than a connection is served have to read the answers. */
const GRACE_MS = 1000;

/**
 * Answers the requests of a connection one after the other. One that was sent before the answer of the last was read waits, so that the
 * answers of a client that reads none do not fill the memory. The first request above those that a connection is served is refused,
 * the others are forgotten, and the connection ends soon.
 */
export function answerInTurn(server: FastifyInstance): void {
  const last = new WeakMap<Socket, ServerResponse>();
  server.addHook('onRequest', ({ raw: { socket } }, { raw: answer }, done) => {
    const before = last.get(socket);
    last.set(socket, answer);
    if (before === undefined || before.writableFinished) {
      done();
      return;
    }
    before.once('close', () => {
      // What others have sent meanwhile comes first.
      setImmediate(() => {
        // The other requests of a connection that ended are forgotten.
        if (!socket.destroyed) done();
      });
    });
  });
  server.server.on('dropRequest', (_request, socket: Socket) => {
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
