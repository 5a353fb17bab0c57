import { connect, type Socket } from 'node:net';
import type { Client, Dispatcher } from 'undici';
import { Clients } from './clients.js';
import { PanelConfigError } from './config-error.js';
import type { RequestHandler } from './clients.js';
import { ConnectError, secure, toConnectError } from './dial.js';
import type { Endpoint } from './through-proxy.js';
import type { PanelTlsOptions } from './types.js';

/** Address and limits of a pool. */
interface PanelPoolOptions {
  /** The panel's address. */
  target: URL;
  /** Calls in flight at the same time. */
  calls: number;
  connectMs: number;
  tls: PanelTlsOptions;
  proxy: string | undefined;
}

/** Idle connections are closed before usual servers close them (5 s), where a write would be in doubt. */
const IDLE_MS = 4_000;

/** Opens the connections to one panel, directly or through a proxy. */
class Connector {
  readonly endpoint: Endpoint;
  readonly secured: boolean;
  readonly #options: PanelPoolOptions;
  readonly #pin: string | null;
  #session: Buffer | undefined;
  readonly #open = new Set<Socket>();

  constructor(options: PanelPoolOptions) {
    const { target } = options;
    this.secured = target.protocol === 'https:';
    this.endpoint = {
      host: target.hostname.replace(/^\[|\]$/g, ''),
      port: target.port === '' ? (this.secured ? 443 : 80) : Number(target.port),
    };
    this.#options = options;
    this.#pin = options.tls.pinSha256 === undefined ? null : parsePin(options.tls.pinSha256);
  }

  open(dial: () => Promise<Socket>, proxied: boolean): Promise<Socket> {
    const connecting = dial()
      .catch((error: unknown) => {
        throw toConnectError(error, proxied);
      })
      .then((raw) => {
        raw.setNoDelay(true);
        this.#open.add(raw);
        raw.once('close', () => this.#open.delete(raw));
        return this.secured ? this.#secure(raw) : raw;
      });
    return withDeadline(
      connecting,
      this.#options.connectMs,
      proxied ? 'the connection through the proxy' : 'the connection',
    );
  }

  /** Closes all connections, also those of clients that undici has dropped from the pool after a failed dial. */
  close(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #secure(raw: Socket): Promise<Socket> {
    return secure(raw, {
      host: this.endpoint.host,
      tls: this.#options.tls,
      pin: this.#pin,
      session: this.#session,
      onSession: (session) => {
        this.#session = session;
      },
    });
  }
}

/** Rejects after `ms`; a connection that opens later is closed. */
function withDeadline(connecting: Promise<Socket>, ms: number, what: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new ConnectError('timeout', `${what} was not open after ${ms} ms`, 'ETIMEDOUT'));
    }, ms);
    connecting
      .finally(() => {
        clearTimeout(timer);
      })
      .then((socket) => {
        if (late) socket.destroy();
        else resolve(socket);
      }, reject);
  });
}

/** The connections to one panel. */
export interface PanelPool {
  /** Sends a request, whose handler gets what becomes of it. */
  dispatch(request: Dispatcher.DispatchOptions, handler: RequestHandler): void;
  close(): void;
}

// Loaded on demand: what calls no panel need not read it.
const loadUndici = () => import('undici');

/** Creates the pool of connections to one panel. Throws a `PanelConfigError` for an invalid proxy or pin. */
export function createPanelPool(options: PanelPoolOptions, load = loadUndici): PanelPool {
  const connector = new Connector(options);
  const dial = createDial(options, connector.endpoint);
  let pool: Clients | null = null;
  let closed = false;
  const open = async (): Promise<Clients> => {
    const { Client } = await load();
    const ofClient = toClientOptions(options, connector, dial);
    pool ??= new Clients(() => new Client(options.target.origin, ofClient), countConnections(options.calls));
    // It refuses what is sent later.
    if (closed) pool.close();
    return pool;
  };
  return {
    dispatch(request, handler) {
      if (pool !== null) {
        pool.dispatch(request, handler);
        return;
      }
      open()
        .then((opened) => {
          opened.dispatch(request, handler);
        })
        .catch((error: unknown) => {
          handler.onResponseError(undefined, toConnectError(error, false));
        });
    },
    close() {
      closed = true;
      pool?.close();
      connector.close();
    },
  };
}

function toClientOptions(options: PanelPoolOptions, connector: Connector, dial: () => Promise<Socket>): Client.Options {
  return {
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    // Each attempt has a time-out of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_, done) => {
      connector.open(dial, options.proxy !== undefined).then(
        (socket) => {
          done(null, socket);
        },
        (error: unknown) => {
          done(error as Error, null);
        },
      );
    },
  };
}

/**
 * Returns a quarter more connections than calls, from four on, so that no call waits for a connection that rests: after an answer
 * undici waits for one turn of the event loop whether the other side closes it.
 */
function countConnections(calls: number): number {
  return calls + Math.floor(calls / 4);
}

function createDial(options: PanelPoolOptions, endpoint: Endpoint): () => Promise<Socket> {
  if (options.proxy === undefined) return () => dialDirectly(endpoint);
  const proxy = parseProxy(options.proxy);
  return async () => {
    // Loaded on demand, because most panels are reached directly.
    const { dialThroughProxy } = await import('./through-proxy.js');
    return dialThroughProxy(proxy, endpoint, options);
  };
}

function dialDirectly(endpoint: Endpoint): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(endpoint);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

const SCHEMES = ['http:', 'https:', 'socks4:', 'socks4a:', 'socks5:', 'socks5h:'];

function parseProxy(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
    decodeURIComponent(url.username + url.password);
  } catch {
    throw new PanelConfigError(
      'proxy_invalid',
      'The proxy is not a valid URL. Write it like http://user:password@host:port, with user and password percent-encoded.',
    );
  }
  if (!SCHEMES.includes(url.protocol)) {
    throw new PanelConfigError(
      'proxy_invalid',
      `The proxy URL begins with ${url.protocol}//. Use http, https, socks4, socks4a, socks5 or socks5h.`,
    );
  }
  return url;
}

function parsePin(text: string): string {
  const hex = text.replace(/[:\s]/g, '').toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(hex)) {
    throw new PanelConfigError(
      'pin_invalid',
      'pinSha256 is not a SHA-256 fingerprint. Set its 64 hex digits, as openssl x509 -noout -fingerprint -sha256 prints them.',
    );
  }
  return hex.replace(/(..)(?!$)/g, '$1:');
}
