import { type FakeBody } from './fake-response.js';
import { type FakeCall } from './fake-call.js';

/** A fault of one call. */
export type Fault =
  /** Answers with this status instead. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: FakeBody;
    }
  /** Waits this many milliseconds, then continues. Several latency rules add up, and combine with other faults. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Waits before the panel does its work until the promise resolves, then continues; combines with other faults like latency. */
  | { readonly kind: 'wait'; readonly until: () => Promise<void> }
  /** Never answers; the connection stays open until the client or `close()` ends it. */
  | { readonly kind: 'hang' }
  /** Destroys the connection without an answer. */
  | { readonly kind: 'cut' }
  /** Sends the honest answer's head and half of its body, then destroys the connection. */
  | { readonly kind: 'truncated' }
  /** Answers with a sign-in page; status 200 unless given. */
  | { readonly kind: 'html'; readonly status?: number }
  /** Answers with this body; status 200 unless given. */
  | {
      readonly kind: 'body';
      readonly body: FakeBody;
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Sends the honest answer changed: receives its JSON (or text) and returns the JSON to send. */
  | { readonly kind: 'mutate'; readonly change: (json: unknown) => unknown }
  /** Status 200, JSON content type, no byte of body. */
  | { readonly kind: 'empty' }
  /** Status 200 and a JSON object of about so many bytes, of unannounced length. */
  | { readonly kind: 'huge'; readonly bytes: number };

/**
 * Which calls a fault applies to. Rules are tried in the order of their injection; the first that matches a call decides
 * (`latency` and `wait` let the following rules decide too).
 */
export interface FaultRule {
  /** The call's `endpoint`, exactly or as a pattern. Absent: every endpoint. */
  readonly endpoint?: string | RegExp;
  /** A further condition. */
  readonly match?: (call: FakeCall) => boolean;
  /** Number of matching calls before the first fault. Default 0. */
  readonly skip?: number;
  /** Number of calls with the fault. Default: all. */
  readonly times?: number;
  /**
   * `before` (default): the panel does not do its work. `after`: it did its work, only the answer is replaced.
   * `truncated` and `mutate` need the honest answer, so for them it is always `after`.
   */
  readonly when?: 'before' | 'after';
  readonly fault: Fault;
}
