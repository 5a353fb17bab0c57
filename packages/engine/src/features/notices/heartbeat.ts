import type { RunOutcome } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import type { Dependencies } from '../../context/dependencies.js';
import type { Config } from '../../base/config/schema.js';
import { findOverAll, isLate } from '../schedule/last-run.js';

/** Outcomes of a run that did its work: some services may have failed. */
const SUCCESSES: readonly RunOutcome[] = ['done', 'partial'];

/**
 * Runs `work` between the calls of the heartbeat: `/start` before it, the address itself on success, `/fail` otherwise. A run that
 * found another one at work calls nothing at its end. No failure of the heartbeat reaches the run.
 */
export function withHeartbeat<T extends Ended>(context: Pinging, work: () => Promise<T>): Promise<T> {
  return between(context, { start: true, success: true }, work);
}

/**
 * Runs `work`, a job of the schedule besides the watched runs, and calls the heartbeat's `/fail` where it fails. A success calls nothing:
 * it would hide that polls fail.
 */
export function withFailure<T extends Ended>(context: Pinging, work: () => Promise<T>): Promise<T> {
  return between(context, { start: false, success: false }, work);
}

/**
 * Runs `work`, one over a panel that workers run by itself, and calls the heartbeat's address where each panel had a run that succeeded
 * not long ago, `/fail` where this one fails.
 */
export function withSharedHeartbeat<T extends Ended>(context: Context, work: () => Promise<T>): Promise<T> {
  const isFresh = async (): Promise<boolean> => {
    const last = await findOverAll(context, 'poll', ({ outcome }) => outcome !== null && SUCCESSES.includes(outcome));
    return last !== null && !isLate(context, last, context.config.poll.interval);
  };
  return between(context, { start: false, success: isFresh }, work);
}

interface Ended {
  run: { outcome: RunOutcome };
}
interface Pinging {
  config: Pick<Config, 'heartbeat'>;
  deps: Pick<Dependencies, 'ping' | 'secret'>;
}

async function between<T extends Ended>(
  { config, deps }: Pinging,
  calls: { start: boolean; success: boolean | (() => Promise<boolean>) },
  work: () => Promise<T>,
): Promise<T> {
  const { heartbeat } = config;
  if (heartbeat === undefined || deps.ping === null) return work();
  const { ping } = deps;
  const call = async (suffix: string): Promise<void> => {
    try {
      await ping(withSuffix(deps.secret(heartbeat, 'heartbeat'), suffix));
    } catch {
      // What watches the heartbeat reports that it is missing.
    }
  };
  const started = calls.start ? call('/start') : null;
  try {
    const report = await work();
    await started;
    const { outcome } = report.run;
    const isSuccess = SUCCESSES.includes(outcome);
    const isCalled = !isSuccess || (typeof calls.success === 'boolean' ? calls.success : await calls.success());
    if (outcome !== 'busy' && isCalled) await call(isSuccess ? '' : '/fail');
    return report;
  } catch (error) {
    await started;
    if ((error as { kind?: unknown }).kind !== 'busy') await call('/fail');
    throw error;
  }
}

/** Calls the address of a heartbeat for a run that could not begin. No failure of the call is thrown. */
export async function reportUnstartedRun(address: string, ping: (url: string) => Promise<void>): Promise<void> {
  try {
    await ping(withSuffix(address, '/fail'));
  } catch {
    // What watches the heartbeat reports that it is missing.
  }
}

/** Adds a part to the path of an address, before its query. */
function withSuffix(address: string, suffix: string): string {
  if (suffix === '') return address;
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${suffix}`;
  return url.href;
}
