import { createServer, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server before `serve`, which loses answers. */
export interface LosingProxy {
  port: number;
  /** Requests whose path matches are done, and their answer is lost. */
  loses: RegExp | null;
  close: () => Promise<void>;
}

/** Starts a server that passes everything on to `url`. */
export async function startLosingProxy(url: string): Promise<LosingProxy> {
  const server: Server = createServer((request, reply) => {
    const { method, headers, url: path = '' } = request;
    const onward = send(new URL(path, url), { method, headers }, (answer) => {
      if (proxy.loses?.test(path) === true) {
        answer.resume().on('end', () => reply.socket?.destroy());
        return;
      }
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    onward.on('error', () => reply.socket?.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: LosingProxy = {
    port: (server.address() as AddressInfo).port,
    loses: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return proxy;
}
