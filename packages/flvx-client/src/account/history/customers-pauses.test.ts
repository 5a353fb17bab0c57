import { describe, expect, it } from '@jest/globals';
import type { FlvxForward } from '../../client/records.js';
import { listStoppedByPanel } from './comparison.js';

const forward = (id: number, tunnelId = 1): FlvxForward =>
  ({ id, tunnelId, inBytes: 0, outBytes: 0, status: 0 }) as FlvxForward;
const ids = (rows: readonly FlvxForward[]): number[] => rows.map((row) => row.id);

/** Which of these are taken for stopped by the panel, by when each was last written to. */
function stopped(at: Record<number, number>, known: number[] = [], tunnels: Record<number, number> = {}): number[] {
  const rows = Object.keys(at).map((id) => forward(Number(id), tunnels[Number(id)]));
  const unseen = rows.filter((row) => !known.includes(row.id));
  const before = rows.filter((row) => known.includes(row.id));
  return ids(listStoppedByPanel(unseen, before, rows, new Map(Object.entries(at).map(([id, ms]) => [Number(id), ms]))));
}

describe('paused forwards that were never observed before', () => {
  it('were stopped by the panel when they bear one instant, and by the customer when they are older', () => {
    expect(stopped({ 1: 500, 2: 500, 3: 200 })).toEqual([1, 2]);
  });

  it('were stopped by the panel together with one that is known to have run', () => {
    expect(stopped({ 1: 500, 2: 500, 3: 200 }, [1])).toEqual([2]);
    expect(stopped({ 1: 500, 2: 200 }, [1])).toEqual([]);
  });

  it('were stopped again when the customer had started them anew meanwhile', () => {
    expect(stopped({ 1: 500, 2: 500, 3: 700, 4: 200 })).toEqual([1, 2, 3]);
  });

  it('are judged by tunnel, each of which the panel stops by itself', () => {
    expect(stopped({ 1: 500, 2: 500, 3: 300, 4: 300, 5: 100 }, [], { 3: 2, 4: 2, 5: 2 })).toEqual([1, 2, 3, 4]);
  });

  it('are the last one alone, where each was paused at a time of its own', () => {
    expect(stopped({ 1: 500, 2: 300, 3: 200 })).toEqual([1]);
  });
});
