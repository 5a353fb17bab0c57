import { connect, createServer, type Socket } from 'node:net';
import { closeAll, type TestProxy } from './connect-proxy.js';
import { listen } from './test-server.js';

/** A SOCKS proxy: version 4, and version 5 with or without user and password. Targets are written `4 1.2.3.4:80` or `5 name:80`. */
export async function startSocksProxy(credentials?: { user: string; password: string }): Promise<TestProxy> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const forward = (client: Socket, host: string, port: number, granted: Buffer): void => {
    const upstream = connect(port, host);
    keep(upstream);
    upstream.on('connect', () => {
      client.write(granted);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
  };
  const four = (client: Socket, data: Buffer): void => {
    const host = [...data.subarray(4, 8)].join('.');
    const port = data.readUInt16BE(2);
    targets.push(`4 ${host}:${port}`);
    forward(client, host, port, Buffer.from([0, 90, 0, 0, 0, 0, 0, 0]));
  };
  const five = (client: Socket, data: Buffer): void => {
    const named = data[3] === 3;
    const length = data[4] ?? 0;
    const host = named ? data.subarray(5, 5 + length).toString() : [...data.subarray(4, 8)].join('.');
    const port = data.readUInt16BE(named ? 5 + length : 8);
    targets.push(`5 ${host}:${port}`);
    forward(client, host, port, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
  };
  const signIn = (client: Socket, data: Buffer): void => {
    const length = data[1] ?? 0;
    const user = data.subarray(2, 2 + length).toString();
    const password = data.subarray(3 + length).toString();
    const good = user === credentials?.user && password === credentials.password;
    client.write(Buffer.from([1, good ? 0 : 1]));
    if (good)
      client.once('data', (next: Buffer) => {
        five(client, next);
      });
    else client.end();
  };
  const server = createServer((client) => {
    keep(client);
    client.once('data', (hello: Buffer) => {
      if (hello[0] === 4) {
        four(client, hello);
      } else if (credentials === undefined) {
        client.write(Buffer.from([5, 0]));
        client.once('data', (next: Buffer) => {
          five(client, next);
        });
      } else {
        client.write(Buffer.from([5, 2]));
        client.once('data', (next: Buffer) => {
          signIn(client, next);
        });
      }
    });
  });
  const port = await listen(server);
  return { port, targets, close: () => closeAll(server, sockets) };
}
