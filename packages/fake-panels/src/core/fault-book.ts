import { type FakeCall } from './fake-call.js';
import { type Fault, type FaultRule } from './fault-rule.js';

/** What the rules decided for one call. */
export interface FaultPlan {
  readonly msBefore: number;
  readonly msAfter: number;
  /** Waited for one after the other before the work. */
  readonly waits: readonly (() => Promise<void>)[];
  /** The fault that spoils the answer, if any. */
  readonly spoil: Fault | undefined;
  /** Whether the panel does its work. */
  readonly work: boolean;
  /** For the log. */
  readonly label: string | null;
}

const honest: FaultPlan = { msBefore: 0, msAfter: 0, waits: [], spoil: undefined, work: true, label: null };

interface Entry {
  readonly rule: FaultRule;
  /** Matching calls seen so far. */
  seen: number;
}

/** The injected rules of one server, and how many calls they matched. */
export class FaultBook {
  private entries: Entry[] = [];

  /** Adds a rule; the returned function removes it again. */
  add(rule: FaultRule): () => void {
    const entry: Entry = { rule, seen: 0 };
    this.entries.push(entry);
    return () => {
      this.entries = this.entries.filter((other) => other !== entry);
    };
  }

  clear(): void {
    this.entries = [];
  }

  /** Decides for one call, and counts it in every rule that was asked. */
  plan(call: FakeCall): FaultPlan {
    if (this.entries.length === 0) return honest;
    let msBefore = 0;
    let msAfter = 0;
    const waits: (() => Promise<void>)[] = [];
    const labels: string[] = [];
    for (const entry of this.entries) {
      if (!meets(entry, call)) continue;
      const { fault, when = 'before' } = entry.rule;
      labels.push(fault.kind);
      if (fault.kind === 'latency') {
        if (when === 'before') msBefore += fault.ms;
        else msAfter += fault.ms;
        continue;
      }
      if (fault.kind === 'wait') {
        waits.push(fault.until);
        continue;
      }
      const work = when === 'after' || fault.kind === 'truncated' || fault.kind === 'mutate';
      return { msBefore, msAfter, waits, spoil: fault, work, label: labels.join('+') };
    }
    return { ...honest, msBefore, msAfter, waits, label: labels.length > 0 ? labels.join('+') : null };
  }
}

function meets(entry: Entry, call: FakeCall): boolean {
  const { endpoint, match, skip = 0, times = Infinity } = entry.rule;
  if (typeof endpoint === 'string' && endpoint !== call.endpoint) return false;
  // `search` ignores the pattern's lastIndex, so a global pattern works too.
  if (endpoint !== undefined && typeof endpoint !== 'string' && call.endpoint.search(endpoint) < 0) return false;
  if (match !== undefined && !match(call)) return false;
  entry.seen += 1;
  return entry.seen > skip && entry.seen <= skip + times;
}
