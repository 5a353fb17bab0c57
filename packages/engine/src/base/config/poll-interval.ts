import type { Config } from './schema.js';

/** So many floors may pass between the polls of what is due before they are missed. */
const FLOORS = 5;

/** Returns the time between polls by which missing ones are noticed, in milliseconds. */
export function pollInterval({ poll }: Pick<Config, 'poll'>): number {
  const { interval, maxOvershoot, floor } = poll;
  return maxOvershoot === undefined ? interval : Math.min(interval, FLOORS * floor);
}
