export interface AttemptRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query on the wire. */
  target: string;
  headers: Record<string, string>;
  body: string | undefined;
  attemptMs: number;
  maxBodyBytes: number;
  signal: AbortSignal | undefined;
  sink: (() => (chunk: Buffer) => void) | undefined;
}

export interface AttemptAnswer {
  status: number;
  /** Names in lower case; of a repeated header all values, or the first where only one makes sense. */
  headers: Record<string, string>;
  /** Empty when a sink took it. */
  body: Buffer;
  receivedBytes: number;
}

/** How an attempt can end without an answer. */
export type LostReason = 'connect' | 'cut' | 'timeout' | 'too_large' | 'aborted';

/** How far an attempt had come when its answer was lost. */
export interface AttemptProgress {
  /** The request may have reached the panel. */
  readonly sent: boolean;
  readonly status: number | null;
  readonly receivedBytes: number;
}

export class LostAnswer implements AttemptProgress {
  readonly reason: LostReason;
  readonly sent: boolean;
  readonly status: number | null;
  readonly receivedBytes: number;
  readonly cause: unknown;

  constructor(reason: LostReason, { sent, status, receivedBytes }: AttemptProgress, cause: unknown) {
    this.reason = reason;
    this.sent = sent;
    this.status = status;
    this.receivedBytes = receivedBytes;
    this.cause = cause;
  }
}
