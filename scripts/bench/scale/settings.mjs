/** Of ten panels six are read per service. */
export const MIX = [
  'easydcim',
  'easydcim',
  'flvx',
  'easydcim',
  'hiddify',
  'easydcim',
  'easydcim',
  'flvx',
  'easydcim',
  'hiddify',
];

/** How a report is made. */
export const FULL = {
  kinds: ['easydcim', 'flvx', 'hiddify'],
  costs: { small: 250, large: 2000, rounds: 3 },
  // Two panels of each kind. The originals name no number of users: these are the sizes of the other parts of the bench.
  largest: { easydcim: 10_000, flvx: 10_000, hiddify: 20_000 },
  processes: {
    panels: ['easydcim', 'easydcim', 'flvx', 'easydcim', 'hiddify', 'easydcim', 'easydcim', 'flvx'],
    services: 500,
    latency: { medianMs: 50, spread: 0.5 },
    processes: [1, 2, 4],
    rounds: 2,
  },
  simulation: {
    size: { services: 1_000_000, panels: 50, each: 10, seed: 36, kinds: MIX },
    days: 1,
    workers: [1, 2, 4, 8],
    places: 8,
    databaseCores: 2,
  },
};

/** The same in seconds, to see that all of it works; its figures mean nothing. */
export const SMALL = {
  kinds: ['easydcim'],
  costs: { small: 3, large: 12, rounds: 1 },
  largest: {},
  processes: {
    panels: ['easydcim', 'easydcim'],
    services: 3,
    latency: { medianMs: 5, spread: 0.5 },
    processes: [2],
    rounds: 1,
  },
  simulation: {
    size: { services: 500, panels: 5, each: 1, seed: 36, kinds: ['easydcim'] },
    days: 1,
    workers: [1],
    places: 8,
    databaseCores: 2,
  },
};
