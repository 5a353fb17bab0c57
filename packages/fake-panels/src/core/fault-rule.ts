import { type FakeBody } from './fake-response.js';
import { type FakeCall } from './fake-call.js';

/** What may go wrong with one call. */
export type Fault =
  /** Answers with this status instead. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: FakeBody;
    }
  /** Waits so many milliseconds, then goes on. Several latency rules add up and go with any other fault. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Waits before the panel does its work until the promise is kept, then goes on; goes with other faults as latency does. */
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
  /** Sends the honest answer changed: gets its JSON (or text), gives what is sent as JSON instead. */
  | { readonly kind: 'mutate'; readonly change: (json: unknown) => unknown }
  /** Status 200, JSON content type, no byte of body. */
  | { readonly kind: 'empty' }
  /** Status 200 and a JSON object of about so many bytes, of unannounced length. */
  | { readonly kind: 'huge'; readonly bytes: number };

/**
 * Which calls a fault meets. Rules are asked in the order of their injection; the first that meets a call decides
 * (`latency` and `wait` let the following rules decide too).
 */
export interface FaultRule {
  /** The call's `endpoint`, exactly or as a pattern. Absent: every endpoint. */
  readonly endpoint?: string | RegExp;
  /** A further condition. */
  readonly match?: (call: FakeCall) => boolean;
  /** Lets so many matching calls through before the first fault. Default 0. */
  readonly skip?: number;
  /** How many calls are spoilt. Default: all. */
  readonly times?: number;
  /**
   * `before` (default): the panel does not do its work. `after`: it did its work, only the answer is spoilt.
   * `truncated` and `mutate` need the honest answer, so for them it is always `after`.
   */
  readonly when?: 'before' | 'after';
  readonly fault: Fault;
}
