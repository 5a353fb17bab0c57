import { isIP, type Socket } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { PanelTlsOptions } from './types.js';

/** Why a connection failed. */
type ConnectFailureKind = 'refused' | 'timeout' | 'tls' | 'pin' | 'proxy' | 'closed';

/** The connection failed before any byte of the request was sent. */
export class ConnectError extends Error {
  readonly kind: ConnectFailureKind;
  /** Node's own code, e.g. `ECONNREFUSED`. */
  readonly code: string | null;

  constructor(kind: ConnectFailureKind, message: string, code: string | null = null) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

interface SecureOptions {
  host: string;
  tls: PanelTlsOptions;
  /** The pin in the form of `fingerprint256`, or `null`. */
  pin: string | null;
  session: Buffer | undefined;
  onSession: (session: Buffer) => void;
}

/**
 * Starts TLS on an open connection. Resolves only after the handshake and only with the pinned certificate, so that no byte of a
 * request can reach another host.
 */
export function secure(raw: Socket, options: SecureOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const connection: ConnectionOptions = {
      socket: raw,
      ALPNProtocols: ['http/1.1'],
      // With a pin, issuer and name of the certificate do not matter.
      rejectUnauthorized: options.pin === null && options.tls.rejectUnauthorized !== false,
    };
    if (isIP(options.host) === 0) connection.servername = options.host;
    else connection.host = options.host;
    if (options.tls.ca !== undefined) connection.ca = options.tls.ca;
    if (options.session !== undefined) connection.session = options.session;
    const socket = tlsConnect(connection);
    const failed = (error: NodeJS.ErrnoException): void => {
      socket.destroy();
      const code = error.code ?? null;
      const cut = code === 'ECONNRESET' || code === 'EPIPE';
      const what = cut ? `the connection was cut during the TLS handshake: ${error.message}` : error.message;
      reject(new ConnectError(cut ? 'refused' : 'tls', what, code));
    };
    const closed = (): void => {
      failed(Object.assign(new Error('closed by the other side'), { code: 'ECONNRESET' }));
    };
    socket.once('error', failed);
    socket.once('close', closed);
    socket.once('secureConnect', () => {
      socket.removeListener('error', failed);
      socket.removeListener('close', closed);
      if (options.pin !== null) {
        const shown = socket.getPeerCertificate().fingerprint256;
        if (shown !== options.pin) {
          socket.destroy();
          reject(new ConnectError('pin', `the certificate has the SHA-256 fingerprint ${shown}, not the pinned one`));
          return;
        }
      } else {
        // Stored only after the certificate was accepted, because a resumed session is not checked again.
        const session = socket.getSession();
        if (session !== undefined) options.onSession(session);
        socket.on('session', options.onSession);
      }
      resolve(socket);
    });
  });
}

/** Converts any failure of a connection. */
export function toConnectError(error: unknown, proxied: boolean): ConnectError {
  if (error instanceof ConnectError) return error;
  const { message, code } = error as { message?: unknown; code?: unknown };
  const text = typeof message === 'string' && message !== '' ? message : 'no connection';
  return new ConnectError(proxied ? 'proxy' : 'refused', text, typeof code === 'string' ? code : null);
}
