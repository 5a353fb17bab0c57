/** One call in a fake's log. It is logged when the request has arrived in full, before any work is done. */
export interface FakeCall {
  /** 1 for the first call of this server. */
  readonly n: number;
  /** When the call arrived: real milliseconds since 1970, by the real clock. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** The path with its ids named, such as `POST /api/v3/admin/ports/{id}/disable`. */
  readonly endpoint: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text. */
  readonly body: string;
  /** Whether this call asks the panel for a change (whatever came of it). */
  readonly changing: boolean;
  /** Status of the answer; `null` before it is sent, and for a call that hangs or is cut. */
  status: number | null;
  /** The faults injected into this call, such as `latency+status`; `null` when it was served honestly. */
  fault: string | null;
}
