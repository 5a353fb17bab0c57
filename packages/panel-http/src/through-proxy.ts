import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { HttpProxyAgent } from 'hpagent';
import { SocksClient } from 'socks';
import { ConnectError } from './dial.js';
import type { PanelTlsOptions } from './types.js';

/** Host and port of a panel. */
export interface Endpoint {
  host: string;
  port: number;
}

/** Connects to the endpoint through a proxy: by CONNECT (RFC 9110, 9.3.6) or SOCKS (RFC 1928, and version 4). */
export function dialThroughProxy(
  proxy: URL,
  endpoint: Endpoint,
  options: { connectMs: number; tls: PanelTlsOptions },
): Promise<Socket> {
  return proxy.protocol.startsWith('socks')
    ? dialThroughSocks(proxy, endpoint, options.connectMs)
    : tunnel(proxy, endpoint, options);
}

async function dialThroughSocks(proxy: URL, endpoint: Endpoint, connectMs: number): Promise<Socket> {
  const type = proxy.protocol.startsWith('socks4') ? 4 : 5;
  // As usual for these schemes, only socks4a and socks5h resolve names at the proxy.
  const isResolvedHere = proxy.protocol === 'socks4:' || proxy.protocol === 'socks5:';
  const host = isResolvedHere ? (await lookup(endpoint.host, type === 4 ? { family: 4 } : {})).address : endpoint.host;
  const { socket } = await SocksClient.createConnection({
    proxy: {
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? 1080 : Number(proxy.port),
      type,
      ...(proxy.username === '' ? {} : { userId: decodeURIComponent(proxy.username) }),
      ...(proxy.password === '' ? {} : { password: decodeURIComponent(proxy.password) }),
    },
    command: 'connect',
    destination: { host, port: endpoint.port },
    timeout: connectMs,
  });
  return socket;
}

function tunnel(
  proxy: URL,
  endpoint: Endpoint,
  { connectMs, tls }: { connectMs: number; tls: PanelTlsOptions },
): Promise<Socket> {
  // The proxy needs a certificate of the system's list or of `tls.ca`; `rejectUnauthorized: false` is for the panel only.
  const ca = tls.ca === undefined ? {} : { ca: [...rootCertificates, tls.ca] };
  const agent = new HttpProxyAgent({ proxy, proxyRequestOptions: ca }) as unknown as {
    createConnection(options: object, done: (error: Error | null, socket: Socket | null) => void): void;
  };
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  return new Promise((resolve, reject) => {
    agent.createConnection({ host, port: endpoint.port, timeout: connectMs }, (error, socket) => {
      if (socket !== null) resolve(socket);
      else reject(new ConnectError('proxy', error?.message ?? 'no connection'));
    });
  });
}
