import { type FakeCall } from './fake-call.js';
import { type CallTotals } from './fake-server.js';

/** Logs and counts the calls of one server, and calls the listeners. */
export class CallLog {
  readonly totals: CallTotals = { calls: 0, changing: 0, inFlight: 0, maxInFlight: 0 };
  private kept: FakeCall[] = [];
  private lastN = 0;
  private readonly listeners = new Set<(call: FakeCall) => void>();

  /** Without `keepCalls` the calls are only counted. */
  constructor(private readonly keepCalls: boolean) {}

  get calls(): readonly FakeCall[] {
    return this.kept;
  }

  /** The number of the next call. */
  nextN(): number {
    this.lastN += 1;
    return this.lastN;
  }

  /** Logs a call that has arrived. */
  add(call: FakeCall): void {
    const { totals } = this;
    if (this.keepCalls) this.kept.push(call);
    totals.calls += 1;
    if (call.changing) totals.changing += 1;
    totals.inFlight += 1;
    totals.maxInFlight = Math.max(totals.maxInFlight, totals.inFlight);
  }

  /** Counts a call that is no longer in flight. */
  end(): void {
    this.totals.inFlight -= 1;
  }

  /** Calls the listeners back. */
  announce(call: FakeCall): void {
    for (const listener of this.listeners) listener(call);
  }

  changing(): FakeCall[] {
    return this.kept.filter((call) => call.changing);
  }

  clear(): void {
    this.kept = [];
    this.totals.calls = 0;
    this.totals.changing = 0;
    this.totals.maxInFlight = this.totals.inFlight;
  }

  /** Adds a listener; the returned function removes it. */
  listen(listener: (call: FakeCall) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves with the next call that matches, when it is announced. */
  next(match: (call: FakeCall) => boolean): Promise<FakeCall> {
    return new Promise((resolve) => {
      const listener = (call: FakeCall): void => {
        if (!match(call)) return;
        this.listeners.delete(listener);
        resolve(call);
      };
      this.listeners.add(listener);
    });
  }
}
