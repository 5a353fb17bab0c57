import { expect } from '@jest/globals';
import { type EasyDcimBench, toIds } from '../bench/easydcim-bench.js';

export const TB = 1000 ** 4;
export const SECOND = 1000;

/** A service that its reading holds. */
export const HELD = { status: 'held', holds: [{ reason: 'quota' }], error: null };
/** A service whose reading is doubted. */
export const DOUBTED = { status: 'doubted', holds: [], error: { code: 'impossible_jump' } };
export const CANNOT_CARRY = { error: { message: expect.stringContaining('can carry') as unknown } };

/** Adds svc-1 on a line of unknown speed; returns its second port, which is disabled. */
export async function addUnknownLine(at: EasyDcimBench, values: Record<string, string> = {}): Promise<number> {
  at.panel.behaviour.speedWhenDown = null;
  const { port } = toIds(1);
  const disabled = { id: port(2), name: 'eth1', adminState: 'down' } as const;
  await at.addService(1, { values, ports: [{ id: port(1), name: 'eth0' }, disabled] });
  return disabled.id;
}
