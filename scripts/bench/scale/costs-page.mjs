import { perServiceAndDay } from './costs.mjs';
import { bytes, KIND_NAMES, number, seconds } from './words.mjs';

const POLLS = 96;

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Every measurement of this size, with its kind and store. */
const listMeasured = (costs, size) =>
  Object.entries(costs).flatMap(([store, kinds]) =>
    Object.values(kinds).flatMap((sizes) => (sizes[size] === undefined ? [] : [{ store, ...sizes[size] }])),
  );

/** `docs/costs.md`: what one process costs per service and day. */
export function costsPage({ machine, skipped, costs }) {
  const one = listMeasured(costs, 'large');
  const largest = listMeasured(costs, 'largest');
  const parts = [
    '# What a service costs',
    `Written by \`npm run bench -- scale\`, which measures the built command against fakes of the panels, on ${machine.cores} cores with ${machine.memoryGigabytes} GB of memory. The fakes answer at once: a slow panel costs time, and no processor.${skipped === null ? '' : ` Not measured: ${skipped}.`}`,
    'What is written is what the process gave to the disk, with the journal of the database; much of it replaces what was there before. The memory is the most that the process used at once, for all services.',
    '## One panel',
    `For **one service and one day**: ${POLLS} polls of all services, one every 15 minutes, or \`poll --due\` every minute with \`maxOvershoot: 1GB\`; and one \`reconcile\`. Where *all differ*, each reading finds other figures than the last one; where *none differs*, nobody uses anything. Real services are between. How many readings are due in a day is simulated with the mix of the [load test](scale-report.html).`,
    table(DAY_HEAD, one.flatMap(dayRows)),
    ...(largest.length === 0 ? [] : largestParts(largest)),
  ];
  return parts.join('\n\n');
}

function largestParts(measured) {
  return [
    '## Two large panels',
    'As many services as large users of the original modules may have on two panels. The modules name no numbers; these are sizes with which Sluice is measured elsewhere, too. For one service and one day:',
    table(DAY_HEAD, measured.flatMap(dayRows)),
    'One run over both panels:',
    table(RUN_HEAD, measured.flatMap(runRows)),
  ];
}

const nameOf = ({ kind, panels, services }) =>
  `${panels === 1 ? '' : `${panels} `}${KIND_NAMES[kind]}, ${number(services)} services`;

/** SQLite works inside the process. */
const databaseTime = ({ store }, value) => (store === 'SQLite' ? 'in CPU' : seconds(value));

const megabytes = (value) => `${number(Math.round(value))} MB`;

const DAY_HEAD = [
  'panels',
  'store',
  'poll',
  'figures',
  'calls',
  'CPU',
  'CPU of the database',
  'written',
  'rows',
  'memory',
];

/** Two rows for the fixed poll, and two for `poll --due`. */
function dayRows(measured) {
  const { dueReadings } = measured;
  const polls = [
    ['all, 15 minutes', { polls: POLLS }],
    ['due', { readings: dueReadings }],
  ];
  return polls.flatMap(([poll, how]) =>
    [1, 0].map((busyShare) => {
      const one = perServiceAndDay(measured, { ...how, busyShare });
      return [
        nameOf(measured),
        measured.store,
        poll,
        busyShare === 1 ? 'all differ' : 'none differs',
        number(one.calls),
        seconds(one.cpuSeconds),
        databaseTime(measured, one.databaseSeconds),
        bytes(one.writtenBytes),
        number(one.rowsAdded + one.rowsChanged),
        megabytes(one.peakMegabytes),
      ];
    }),
  );
}

const RUN_HEAD = ['panels', 'store', 'run', 'calls', 'CPU', 'CPU of the database', 'written', 'memory'];

function runRows(measured) {
  const { fixed, idle, reconcile } = measured;
  const runs = [
    ['poll, all differ', fixed.busy],
    ['poll, none differs', fixed.quiet],
    ['poll --due, none due', idle],
    ['reconcile', reconcile],
  ];
  return runs.map(([name, run]) => [
    nameOf(measured),
    measured.store,
    name,
    number(run.calls),
    seconds(run.cpuSeconds),
    databaseTime(measured, run.databaseSeconds),
    bytes(run.writtenBytes),
    megabytes(run.peakMegabytes),
  ]);
}
