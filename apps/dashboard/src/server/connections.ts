import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { toNetwork } from './networks.js';
import type { Context } from './options.js';
import { toProxyTest } from './proxies.js';

/** Connections of one network, or of all: the oldest first, those that wait for a request apart. */
class Connections {
  readonly #most: number;
  readonly #all = new Set<Socket>();
  readonly #idle = new Set<Socket>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#all.size;
  }

  /**
   * Adds a connection. Returns the one that has to end for it: the oldest that waits for a request, or that has sent only a part of one;
   * the new one, which is not added, where all are served.
   */
  add(socket: Socket, requests: ReadonlyMap<Socket, IncomingMessage>): Socket | null {
    const isFull = this.#all.size >= this.#most;
    const [ended = isFull ? (this.#findPart(requests) ?? socket) : null] = isFull ? this.#idle : [];
    if (ended === socket) return socket;
    this.#all.add(socket);
    this.#idle.add(socket);
    return ended;
  }

  serve(socket: Socket): void {
    this.#idle.delete(socket);
  }

  rest(socket: Socket): void {
    if (this.#all.has(socket)) this.#idle.add(socket);
  }

  remove(socket: Socket): void {
    this.#all.delete(socket);
    this.#idle.delete(socket);
  }

  #findPart(requests: ReadonlyMap<Socket, IncomingMessage>): Socket | undefined {
    for (const socket of this.#all) if (requests.get(socket)?.complete === false) return socket;
    return undefined;
  }
}

/**
 * Bounds the connections of each network and of all together. Many that ask nothing keep nobody else out: for a
 * new one the oldest that is not served ends. Trusted proxies connect for many.
 */
export function boundConnections(server: Server, context: Context): void {
  const { connections, connectionsPerNetwork } = context.limits;
  const isProxy = toProxyTest(context);
  const all = new Connections(connections);
  const networks = new Map<string, Connections>();
  const requests = new Map<Socket, IncomingMessage>();
  const toGroups = (address: string): [string, Connections[]] => {
    const network = toNetwork(address);
    if (isProxy(address)) return [network, [all]];
    const own = networks.get(network) ?? new Connections(connectionsPerNetwork);
    networks.set(network, own);
    return [network, [own, all]];
  };
  const found = new WeakMap<Socket, Connections[]>();
  // The bounds below are exact; this one holds while connections that were ended are not yet gone.
  server.maxConnections = connections * 2;
  server.on('connection', (socket: Socket) => {
    const [network, groups] = toGroups(socket.remoteAddress ?? '');
    found.set(socket, groups);
    for (const group of groups) {
      const ended = socket.destroyed ? null : group.add(socket, requests);
      if (ended === null) continue;
      ended.destroy();
      for (const other of found.get(ended) ?? []) other.remove(ended);
    }
    socket.once('close', () => {
      requests.delete(socket);
      for (const group of groups) group.remove(socket);
      if (networks.get(network)?.size === 0) networks.delete(network);
    });
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const groups = found.get(socket) ?? [];
    requests.set(socket, request);
    for (const group of groups) group.serve(socket);
    response.once('close', () => {
      if (requests.get(socket) !== request) return;
      requests.delete(socket);
      for (const group of groups) group.rest(socket);
    });
  });
}
