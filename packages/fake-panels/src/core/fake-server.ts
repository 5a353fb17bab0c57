import { type FakeCall } from './fake-call.js';
import { type FaultRule } from './fault-rule.js';

/** A fake panel's web server on 127.0.0.1, with its log of calls and its faults. */
export interface FakeServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` (or `https:`), without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** All calls since the last `clearCalls()`, in order of arrival; always empty with `keepCalls: false`. */
  readonly calls: readonly FakeCall[];
  /** Numbers of calls since the last `clearCalls()`; counted with `keepCalls: false` too. */
  readonly totals: Readonly<CallTotals>;
  /** What the panel's logic threw, each answered with 500: a fault of the fake or of the test, never injected. */
  readonly failures: readonly string[];
  /** Milliseconds that every call waits before the panel does its work. Can be set at any time. */
  latencyMs: number;
  /** Whether answers carry a `Date` header; default true. Some proxies remove it. Can be set at any time. */
  sendsDate: boolean;
  /** The logged calls that ask for a change. */
  changingCalls(): FakeCall[];
  /** Clears the logged calls and `totals`. */
  clearCalls(): void;
  /** Adds a fault rule; the returned function removes it. */
  inject(rule: FaultRule): () => void;
  /** Removes all fault rules. */
  clearFaults(): void;
  /** Calls the listener when a call arrives, before any work is done; the returned function removes the listener. */
  onCall(listener: (call: FakeCall) => void): () => void;
  /** Resolves with the first call from now on that matches (default: any), at its arrival. */
  waitForCall(match?: (call: FakeCall) => boolean): Promise<FakeCall>;
  /** Ends all connections, hanging ones too, and stops listening. */
  close(): Promise<void>;
}

/** Numbers of calls. */
export interface CallTotals {
  calls: number;
  changing: number;
  /** Calls that arrived and are not answered. */
  inFlight: number;
  /** The most calls that were in flight at once. */
  maxInFlight: number;
}
