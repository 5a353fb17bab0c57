import { type FakeServer } from './fake-server.js';
import { type FakeServerOptions } from './fake-server-options.js';
import { HttpFakeServer } from './http-fake-server.js';

/** Starts a fake panel's server on 127.0.0.1. Rejects when the port is taken. */
export async function startFakeServer(options: FakeServerOptions): Promise<FakeServer> {
  const server = new HttpFakeServer(options);
  await server.listen();
  return server;
}
