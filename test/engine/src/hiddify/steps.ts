import { GB } from '../bench/engine-bench.js';
import type { HiddifyBench } from '../bench/hiddify-bench.js';
import { type Polled, pollLater } from '../loop/polls.js';

/** Creates the user of `svc-1`, who uses so much before the next poll; returns his uuid. */
export async function createUsed(at: HiddifyBench, gigabytes: number): Promise<string> {
  const uuid = await at.create(1);
  at.panel.use(uuid, gigabytes * GB);
  await pollLater(at);
  return uuid;
}

/** Polls in the first hour of the next cycle of `svc-1`. */
export function pollNextCycle(at: HiddifyBench): Promise<Polled> {
  at.bench.clock.set('2026-12-15T01:00:00Z');
  return pollLater(at, 0);
}

/** Methods and bodies of the calls that change something. */
export function listBodies({ panel }: HiddifyBench): [string, unknown][] {
  const calls = panel.server.changingCalls();
  return calls.map(({ method, body }) => [method, body === '' ? null : (JSON.parse(body) as unknown)]);
}

/** The day on which the package of a user ends. */
export function lastDay({ panel }: HiddifyBench, uuid: string): string {
  const { startDate, packageDays } = panel.user(uuid);
  return new Date(Date.parse(startDate ?? '') + packageDays * 86_400_000).toISOString().slice(0, 10);
}
