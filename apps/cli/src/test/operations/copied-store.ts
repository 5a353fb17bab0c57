import { copyFileSync, existsSync } from 'node:fs';
import type { Bench } from '../harness.js';

/** Copies store and config to another machine, as a backup or a standby does. */
export function copyTo(other: Bench, from: Bench, change: (config: string) => string = (config) => config): void {
  Object.assign(other.env, from.env);
  other.write('sluice.yaml', change(from.read('sluice.yaml')));
  for (const end of ['', '-wal', '-shm']) {
    if (existsSync(from.path(`sluice.db${end}`)))
      copyFileSync(from.path(`sluice.db${end}`), other.path(`sluice.db${end}`));
  }
}

/** Parts of a command that runs on a host. */
export const on = (host: string) => ({ host, owner: { host: `${host} (boot 1234)`, pid: 1, processStart: '1' } });
