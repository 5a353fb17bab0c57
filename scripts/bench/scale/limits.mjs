import { percent } from './words.mjs';

/** From this share of its time on, something is full. */
const FULL = 0.95;

const NAMES = { cpu: 'CPU of the workers', places: 'jobs at once', database: 'database', panel: 'busiest panel' };

/** What is full in a simulation, and what would be full next if there was more of that: two texts. */
export function findLimits({ shares }) {
  const known = Object.entries(shares)
    .filter(([, share]) => share !== null)
    .sort(([, a], [, b]) => b - a);
  const full = known.filter(([, share]) => share >= FULL);
  const [next] = known.filter(([, share]) => share < FULL);
  return [
    full.length === 0 ? 'nothing' : full.map(([key]) => NAMES[key]).join(', '),
    next === undefined ? '' : `${NAMES[next[0]]} (${percent(next[1])} used)`,
  ];
}
