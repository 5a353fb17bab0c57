import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut. */
export interface CuttableWay {
  readonly port: number;
  /** Ends all connections; new ones are possible. */
  cut(): void;
  /** Refuses new connections. */
  refuse(): void;
  accept(): void;
  /**
   * Passes nothing on from now on, in either direction, also on new connections, as a network that lost its way: nobody hears of it. What is sent
   * meanwhile, and the ends of connections, arrive late, after `unblock`.
   */
  block(): void;
  unblock(): void;
  /** Ends all connections right after the client has sent this text: nothing of the answer arrives. */
  cutAfter(text: string): void;
  close(): void;
}

/**
 * Opens a way to a port of this host.
 *
 * @example
 * const way = await openWay(5432);
 * way.cut();
 */
// oxlint-disable-next-line max-lines-per-function -- its parts share what is cut
export function openWay(to: number): Promise<CuttableWay> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isBlocked = false;
  let isRefusing = false;
  let last: string | null = null;
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
  };
  const server = createServer((client) => {
    if (isRefusing) {
      client.destroy();
      return;
    }
    const behind = connect(to, '127.0.0.1');
    const pair = [client, behind] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [behind, client]] as const) {
      if (isBlocked) from.pause();
      from.on('error', () => undefined);
      // A socket that is not read from does not show its end either.
      from.on('close', (failed) => {
        pairs.delete(pair);
        if (failed) to.destroy();
        else to.end();
      });
    }
    client.on('data', (data) => {
      const isLast = last !== null && data.includes(last);
      behind.write(data, () => {
        if (!isLast) return;
        last = null;
        // The server has it, and goes on without the client.
        client.destroy();
        behind.end();
      });
    });
    behind.on('data', (data) => client.write(data));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        cut,
        refuse: () => {
          isRefusing = true;
        },
        accept: () => {
          isRefusing = false;
        },
        block: () => {
          isBlocked = true;
          for (const pair of pairs) for (const socket of pair) socket.pause();
        },
        unblock: () => {
          isBlocked = false;
          for (const pair of pairs) for (const socket of pair) socket.resume();
        },
        cutAfter: (text) => {
          last = text;
        },
        close: () => {
          cut();
          server.close();
        },
      });
    });
  });
}
