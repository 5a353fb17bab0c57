import { isAlive, realClock } from '@sluice/engine';
import type { Deps } from '../context.js';
import { processParts } from '@sluice/engine/process';

/**
 * Lets `Bench.sluice` take turns with commands in processes of their own, by the computer's clock: leases that a killed one of them
 * left behind are not waited for. Runs in this process come one after the other, so none of theirs is held when the next begins.
 */
export const REAL_PROCESS: Partial<Deps> = {
  clock: realClock,
  owner: { host: processParts().owner.host, pid: process.pid, processStart: 'a run in this process' },
  isAlive: (owner) => isAlive(owner, processParts().owner.host),
};
