import { describe, expect, it } from '@jest/globals';
import type { FlvxEvidence } from './evidence.js';
import { mergeEvidence } from './merge-evidence.js';

const none: FlvxEvidence = { user: null, permissions: [], forwards: [], speed: null };

describe('the evidence of two holds', () => {
  it('says what was before the first of them', () => {
    const earlier: FlvxEvidence = {
      user: null,
      permissions: [{ id: 1, tunnelId: 1, priorStatus: 1 }],
      forwards: [
        { id: 1, wasRunning: true, remoteAddr: null },
        { id: 3, wasRunning: false, remoteAddr: 'c:1' },
      ],
      speed: { ourName: 'sluice:k:8M', ourSpeedId: 4, prior: [{ tunnelId: 1, priorSpeedId: 2 }] },
    };
    const later: FlvxEvidence = {
      user: { priorStatus: 1 },
      permissions: [
        { id: 1, tunnelId: 1, priorStatus: 0 },
        { id: 2, tunnelId: 2, priorStatus: 1 },
      ],
      forwards: [
        { id: 1, wasRunning: false, remoteAddr: 'a:1' },
        { id: 2, wasRunning: true, remoteAddr: 'b:1' },
      ],
      speed: {
        ourName: 'sluice:k:1M',
        ourSpeedId: 5,
        prior: [
          { tunnelId: 1, priorSpeedId: 4 },
          { tunnelId: 2, priorSpeedId: null },
        ],
      },
    };
    expect(mergeEvidence(earlier, later)).toEqual({
      user: { priorStatus: 1 },
      permissions: [
        { id: 1, tunnelId: 1, priorStatus: 1 },
        { id: 2, tunnelId: 2, priorStatus: 1 },
      ],
      forwards: [
        { id: 1, wasRunning: true, remoteAddr: 'a:1' },
        { id: 2, wasRunning: true, remoteAddr: 'b:1' },
        { id: 3, wasRunning: false, remoteAddr: 'c:1' },
      ],
      speed: {
        ourName: 'sluice:k:1M',
        ourSpeedId: 5,
        prior: [
          { tunnelId: 1, priorSpeedId: 2 },
          { tunnelId: 2, priorSpeedId: null },
        ],
      },
    });
  });

  it('is the one that there is where the other is empty', () => {
    const one: FlvxEvidence = { ...none, speed: { ourName: 'sluice:k:1M', ourSpeedId: null, prior: [] } };
    expect(mergeEvidence(none, one)).toEqual(one);
    expect(mergeEvidence(one, none)).toEqual(one);
  });
});
