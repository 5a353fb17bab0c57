import type { Session } from '../session.js';
import type { RunRequest } from './request.js';

/** Counts services of a run that are read, or need no reading. */
export type Advance = (services: number) => void;

/** Returns the progress of a run over these panels, or over one service, whose total stays what it is from the beginning. */
export async function startProgress(
  { store }: Session,
  { service, onProgress }: RunRequest,
  panels: readonly string[],
): Promise<Advance> {
  if (onProgress === undefined) return () => undefined;
  let total = service === undefined ? 0 : 1;
  if (service === undefined) for (const panel of panels) total += await store.services.count(panel);
  let done = 0;
  return (services) => {
    done += services;
    // Services may be added meanwhile.
    onProgress(done, Math.max(total, done));
  };
}
