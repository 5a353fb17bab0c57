import { connect, type Socket } from 'node:net';
import { Pool } from 'undici';
import { PanelConfigError } from './config-error.js';
import { asConnectError, secure, withDeadline } from './dial.js';
import type { Endpoint } from './through-proxy.js';
import type { PanelTlsOptions } from './types.js';

export interface PanelPoolOptions {
  /** The panel's own address: every connection leads there. */
  target: URL;
  /** Calls that are under way at the same time. */
  calls: number;
  connectMs: number;
  tls: PanelTlsOptions;
  proxy: string | undefined;
}

/** Idle connections are given up before usual servers (5 s) do: a write on a dying connection would be in doubt for nothing. */
const idleMs = 4_000;

/** What every connection to the panel goes through, whichever way it is dialled. */
class Door {
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
    this.#pin = options.tls.pinSha256 === undefined ? null : normalisePin(options.tls.pinSha256);
  }

  open(dial: () => Promise<Socket>, proxied: boolean): Promise<Socket> {
    const connecting = dial()
      .catch((error: unknown) => {
        throw asConnectError(error, proxied);
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

  /** A client that undici has dropped after a failed dial keeps its connection: the pool does not know of it any more. */
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

/** The connections to one panel, kept between calls and made for its address only. `PanelConfigError` for a proxy or pin that cannot be. */
export function createPanelPool(options: PanelPoolOptions): { pool: Pool; close: () => void } {
  const door = new Door(options);
  const dial = dialOf(options, door.endpoint);
  const pool = new Pool(options.target.origin, {
    connections: connectionsFor(options.calls),
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    // Time is taken per attempt.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_, settled) => {
      door.open(dial, options.proxy !== undefined).then(
        (socket) => {
          settled(null, socket);
        },
        (error: unknown) => {
          settled(error as Error, null);
        },
      );
    },
  });
  return {
    pool,
    close: () => {
      void pool.destroy();
      door.close();
    },
  };
}

/**
 * After an answer a connection rests for a turn of the event loop: undici looks whether the other side closes it. With a quarter
 * more connections than calls, from four on, the next call does not wait for that.
 */
function connectionsFor(calls: number): number {
  return calls + Math.floor(calls / 4);
}

function dialOf(options: PanelPoolOptions, endpoint: Endpoint): () => Promise<Socket> {
  if (options.proxy === undefined) return () => dialDirectly(endpoint);
  const proxy = proxyUrl(options.proxy);
  return async () => {
    // Loaded when it is needed: most panels are reached directly.
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

const schemes = ['http:', 'https:', 'socks4:', 'socks4a:', 'socks5:', 'socks5h:'];

function proxyUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new PanelConfigError(
      'proxy_invalid',
      'The proxy is not a valid URL. Write it like http://user:password@host:port.',
    );
  }
  if (!schemes.includes(url.protocol)) {
    throw new PanelConfigError(
      'proxy_invalid',
      `The proxy begins with ${url.protocol}//. Use http, https, socks4, socks4a, socks5 or socks5h.`,
    );
  }
  return url;
}

function normalisePin(text: string): string {
  const hex = text.replace(/[:\s]/g, '').toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(hex)) {
    throw new PanelConfigError(
      'pin_invalid',
      'pinSha256 is not a SHA-256 fingerprint. Give its 64 hex digits, as openssl x509 -noout -fingerprint -sha256 prints them.',
    );
  }
  return hex.replace(/(..)(?!$)/g, '$1:');
}
