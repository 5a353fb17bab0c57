/** The body of an answer: text and bytes are sent unchanged, everything else as JSON. */
export type FakeBody = string | Buffer | object | null;

/** One answer of a fake panel. */
export interface FakeResponse {
  readonly status: number;
  /**
   * Added to the answer. Without a `content-type`, objects and `null` are sent as JSON,
   * text as HTML when it begins with `<` and as plain text otherwise.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: an empty body. */
  readonly body?: FakeBody;
  /** The panel did its work but does not answer: the connection is destroyed. */
  readonly cut?: boolean;
}
