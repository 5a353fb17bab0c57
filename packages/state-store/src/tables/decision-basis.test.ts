import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { decision } from '../test/records.js';
import { decisionBasis } from './decisions-table.js';

describe('decisionBasis', () => {
  it('does not change with the run, the time, the usage or the order of members', () => {
    const first = decision('svc-1', { inputs: { dueDate: 'x', peak: 1, usage: { totalBytes: 1 } } });
    const second = decision('svc-1', {
      run: 'run-2',
      at: '2027-01-01T00:00:00.000Z',
      readAt: null,
      inBytes: 9,
      outBytes: 9,
      totalBytes: 9,
      inputs: { usage: { totalBytes: 9 }, peak: 9, dueDate: 'x' },
    });
    expect(decisionBasis(second)).toBe(decisionBasis(first));
  });

  it('is the digest of JSON whose members are sorted', () => {
    const inputs = { b: [{ d: 1, c: 'x "y"' }, null, true], a: undefined, usage: 1 };
    const { cycle, status, rule, mode, action, wouldHold, observing } = decision('svc-1');
    const parts = [cycle, status, rule, mode, action, null, wouldHold, observing, null, null];
    const text = JSON.stringify([...parts, { b: [{ c: 'x "y"', d: 1 }, null, true] }]);
    const digest = createHash('sha256').update(text).digest('base64url');
    expect(decisionBasis(decision('svc-1', { allowance: null, inputs }))).toBe(digest);
  });

  it('changes with anything else', () => {
    const base = decision('svc-1');
    const others = [
      decision('svc-1', { cycle: null }),
      decision('svc-1', { status: 'held' }),
      decision('svc-1', { rule: 'r' }),
      decision('svc-1', { mode: null }),
      decision('svc-1', { action: 'disable' }),
      decision('svc-1', { allowance: null }),
      decision('svc-1', { wouldHold: ['quota'] }),
      decision('svc-1', { observing: true }),
      decision('svc-1', { errorCode: 'x' }),
      decision('svc-1', { errorMessage: 'x' }),
      decision('svc-1', { inputs: null }),
      decision('svc-1', { inputs: ['peak'] }),
    ];
    const digests = [base, ...others].map(decisionBasis);
    expect(new Set(digests).size).toBe(digests.length);
  });
});
