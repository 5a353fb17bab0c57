import { isIP, type Socket } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { ConnectError } from './connect-error.js';
import type { PanelTlsOptions } from './types.js';

export interface SecureOptions {
  host: string;
  tls: PanelTlsOptions;
  /** The pin as `fingerprint256` shows it, or `null`. */
  pin: string | null;
  session: Buffer | undefined;
  onSession: (session: Buffer) => void;
}

/**
 * TLS over a standing connection. Resolves only when the handshake is done and the certificate is the pinned one, so that no
 * byte of a request, the token least of all, can reach anybody else.
 */
export function secure(raw: Socket, options: SecureOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const connection: ConnectionOptions = {
      socket: raw,
      ALPNProtocols: ['http/1.1'],
      // A pin names one certificate; who signed it and for which name no longer matters.
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
        // Kept only once the certificate has been accepted: a resumed session is not checked again.
        const session = socket.getSession();
        if (session !== undefined) options.onSession(session);
        socket.on('session', options.onSession);
      }
      resolve(socket);
    });
  });
}

/** The first to be done: the connection, or the time. A connection that comes too late is closed. */
export function withDeadline(connecting: Promise<Socket>, ms: number, what: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new ConnectError('timeout', `${what} did not stand after ${ms} ms`, 'ETIMEDOUT'));
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

/** Any failure of the dialling as a `ConnectError`. */
export function asConnectError(error: unknown, proxied: boolean): ConnectError {
  if (error instanceof ConnectError) return error;
  const { message, code } = error as { message?: unknown; code?: unknown };
  const text = typeof message === 'string' && message !== '' ? message : 'no connection';
  return new ConnectError(proxied ? 'proxy' : 'refused', text, typeof code === 'string' ? code : null);
}
