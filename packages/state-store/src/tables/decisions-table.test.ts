import { describe, expect, it } from '@jest/globals';
import { decision, minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('decisions', () => {
  const at = useStore();

  it('keeps the latest, and the history of what changed it', async () => {
    await at.store.decisions.record([decision('svc-1')]);
    const later = decision('svc-1', {
      run: 'run-2',
      at: minute(5),
      readAt: minute(5),
      totalBytes: 9,
      inputs: { peak: 9, dueDate: '2026-04-01' },
    });
    await at.store.decisions.record([later]);
    const over = decision('svc-1', { run: 'run-3', at: minute(10), status: 'held', totalBytes: 10 });
    await at.store.decisions.record([over]);
    expect(await at.store.decisions.latest()).toEqual([over]);
    expect(await at.store.decisions.at('svc-1', minute(7))).toEqual(decision('svc-1'));
    expect(await at.store.decisions.at('svc-1', minute(10))).toEqual(over);
    expect(await at.store.decisions.at('svc-1', minute(-1))).toBeNull();
    expect(await at.store.decisions.ofRun('svc-1', 'run-3')).toEqual(over);
    expect(await at.store.decisions.ofRun('svc-1', 'run-2')).toBeNull();
    expect(await at.store.decisions.at('svc-2', minute(10))).toBeNull();
    expect(await at.store.decisions.latest(['svc-2'])).toEqual([]);
  });

  it.each([
    ['status', { status: 'held' }],
    ['rule', { rule: 'other' }],
    ['allowance', { allowance: { allowedBytes: 11 } }],
    ['would-be holds', { wouldHold: ['quota'] }],
    ['observing', { observing: true }],
    ['error', { errorCode: 'PANEL_TIMEOUT' }],
    ['inputs', { inputs: { dueDate: '2026-04-02', peak: 3 } }],
  ])('writes history when the %s changes', async (_, change) => {
    await at.store.decisions.record([decision('svc-1')]);
    const changed = decision('svc-1', { at: minute(1), ...change });
    await at.store.decisions.record([changed]);
    await at.store.decisions.record([decision('svc-1', { at: minute(2) })]);
    expect(await at.store.decisions.at('svc-1', minute(1))).toEqual(changed);
  });
});
