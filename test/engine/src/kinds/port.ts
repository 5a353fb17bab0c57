import type { FakeServer, FaultRule } from '@sluice/fake-panels';
import type { CallPort, FailingWay } from '@sluice/panel-kind/testing';

/** Faults of calls by the names of the ways in which they fail. */
export type Faults = Readonly<Record<string, Pick<FaultRule, 'fault' | 'when'>>>;

/** Faults that calls to every panel meet. */
export const COMMON: Faults = {
  'cut before': { fault: { kind: 'cut' }, when: 'before' },
  'cut after': { fault: { kind: 'cut' }, when: 'after' },
  '500 before': { fault: { kind: 'status', status: 500 }, when: 'before' },
  '500 after': { fault: { kind: 'status', status: 500 }, when: 'after' },
};

/** Returns the ways of faults. */
export function toWays(faults: Faults): FailingWay[] {
  return Object.entries(faults).map(([name, { fault }]) => ({ name, hangs: fault.kind === 'hang' }));
}

/** Returns the port of a fake's server. */
export function toPort(server: FakeServer, faults: Faults): CallPort {
  return {
    calls: () => server.totals.calls,
    changes: () => server.totals.changing,
    fail(way, n) {
      const rule = faults[way];
      if (rule === undefined) throw new Error(`no call fails in this way: ${way}`);
      server.inject({ ...rule, skip: n, times: 1 });
    },
    cut(n, when) {
      server.inject({ skip: n, times: 1, when, fault: { kind: 'cut' } });
      // Calls are counted by each rule that they come to: the first one has not passed the n-th on.
      server.inject({ skip: n, fault: { kind: 'cut' } });
    },
    heal: () => {
      server.clearFaults();
    },
    onCall: (listener) => server.onCall(listener),
  };
}
