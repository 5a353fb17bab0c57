import { GB } from '../bench/engine-bench.js';
import type { FlvxBench } from '../bench/flvx-bench.js';
import { type Polled, pollLater } from '../loop/polls.js';

/** The user id of the first customer, whose first forwards are 2 and 3; 1 is somebody else's. */
export const USER = 3;

/** Creates the account of `svc-1` with the running forwards 2 and 3, which a poll has seen. */
export async function addCustomer(at: FlvxBench, product = 'relay'): Promise<void> {
  await addForwards(at, product);
  await pollLater(at);
}

/** Adds the customer with a third forward, 4, which he has paused himself. */
export async function addPausingCustomer(at: FlvxBench, product = 'relay'): Promise<void> {
  const user = await addForwards(at, product);
  at.panel.addForward(user, at.tunnels.hk, { name: 'own', paused: true });
  await pollLater(at);
}

async function addForwards(at: FlvxBench, product: string): Promise<number> {
  const user = await at.create(1, { product });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web', remoteAddr: '198.51.100.7:443' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'game', remoteAddr: '198.51.100.8:80' });
  return user;
}

/** Allows the first service more traffic, and polls an hour later. */
export async function allow(at: FlvxBench, quota: string): Promise<Polled> {
  await at.sluice.overrides.set('svc-1', quota === 'unlimited' ? { unlimited: true } : { quota });
  return pollLater(at);
}

/** Uses up more than the product has, at which the panel stops the forwards by itself. */
export function useUp(at: FlvxBench): void {
  at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
}

/** Returns the codes of the alarms that nobody has acknowledged. */
export async function openAlarms({ sluice }: FlvxBench): Promise<string[]> {
  const { alarms } = await sluice.notices.alarms();
  return alarms.filter(({ acknowledged }) => acknowledged === null).map(({ code }) => code);
}

/** Acknowledges the alarms that nobody has acknowledged. */
export async function acknowledgeAll({ sluice }: FlvxBench): Promise<void> {
  const { alarms } = await sluice.notices.alarms();
  for (const { id, acknowledged } of alarms) if (acknowledged === null) await sluice.notices.acknowledge(id);
}

/** Returns the login name of the customer, which only Sluice can have given. */
export function accountName({ panel }: FlvxBench, user = USER): string {
  return panel.user(user)?.user ?? '';
}

/** Returns the names of the panel's speed limits. */
export function limitNames({ panel }: FlvxBench): string[] {
  return [...panel.world.limits.values()].map(({ name }) => name);
}

/** Names actions by what they do to which object. */
export function toSteps(actions: readonly { type: string; target: string }[]): string[] {
  return actions.map(({ type, target }) => `${type} ${target}`);
}

/** Names actions by what they do to which object, and with which outcome. */
export function toOutcomes(actions: readonly { type: string; target: string; state: string }[]): string[] {
  return actions.map(({ type, target, state }) => `${type} ${target} ${state}`);
}

/** Logs in as a customer does; returns what the panel answers, with code 0 after a success. */
export async function logIn(
  { panel }: FlvxBench,
  username: string | null | undefined,
  password: string | null | undefined,
): Promise<{ code: number; msg: string }> {
  const body = JSON.stringify({ username, password });
  const answer = await fetch(`${panel.url}/api/v1/user/login`, { method: 'POST', body });
  const { code, msg } = (await answer.json()) as { code: number; msg: string };
  return { code, msg };
}
