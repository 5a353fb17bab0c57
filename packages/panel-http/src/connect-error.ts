/** Why no connection came about: nothing of the request has left us. */
export type ConnectFailureKind = 'refused' | 'timeout' | 'tls' | 'pin' | 'proxy' | 'closed';

/** The connection failed before a single byte of the request was sent. */
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
