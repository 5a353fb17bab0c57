import { chartStyles, plainAxis, responsiveChart } from '../../../packages/charts/dist/index.js';
import { findLimits } from './limits.mjs';
import { bytes, KIND_NAMES, number, percent, seconds } from './words.mjs';

/** The simulated day, for the axis of the charts. */
const DAY = Date.parse('2026-01-01T00:00:00Z');

const STYLE = `
body{font:16px/1.5 system-ui,sans-serif;color:#111827;background:#fff;max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.5rem}p,li{max-width:46rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}
th,td{padding:.35rem .7rem;border-bottom:1px solid #e5e7eb;text-align:right;vertical-align:top}
th{text-align:right;font-weight:600}th:first-child,td:first-child{text-align:left}td.text{text-align:left}
figure{margin:1.5rem 0}figcaption{font-size:.9rem;color:#374151}
@media (prefers-color-scheme:dark){body{color:#e5e7eb;background:#111827}th,td{border-color:#374151}figcaption{color:#d1d5db}}`;

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const paragraph = (text) => `<p>${escape(text)}</p>`;

function table(head, rows) {
  const line = (cells, tag) => `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table><thead>${line(head, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('\n')}</tbody></table></div>`;
}

/** `docs/scale-report.html`: the load test as one page without anything from elsewhere. */
export function scaleReport(measured) {
  const { machine, skipped, simulation } = measured;
  const parts = [
    '<h1>Load test</h1>',
    paragraph(
      `Written by "npm run bench -- scale" on ${machine.cores} cores with ${machine.memoryGigabytes} GB of memory. Costs are measured on the built command against fakes of the panels. The large installation is simulated with these costs, because nobody has such a one at hand; when a service is read, there too decides the code of Sluice.${skipped === null ? '' : ` Not measured: ${skipped}.`}`,
    ),
    '<h2>What a run costs</h2>',
    paragraph(
      'Of a run by itself, and for each reading of a service: where the figures are the same as before, and where they are other ones. Fixed: a poll of all services. Due: poll --due.',
    ),
    costsTable(measured.costs),
    '<h2>Several workers</h2>',
    ...workersPart(measured.processes),
    ...simulationPart(measured.rules, simulation, machine),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sluice: load test</title>
<style>${STYLE}
${chartStyles()}</style></head>
<body>
${parts.join('\n')}
</body></html>
`;
}

const COSTS_HEAD = [
  'panel and store',
  'poll',
  'CPU of a run',
  'of a reading, same',
  'of a reading, other',
  'of the database, other',
  'written, same',
  'written, other',
  'rows, other',
];

function costsTable(costs) {
  const rows = [];
  for (const [store, kinds] of Object.entries(costs)) {
    for (const [kind, { fit }] of Object.entries(kinds)) {
      for (const [poll, { quiet, busy }] of Object.entries(fit)) {
        rows.push([
          `${KIND_NAMES[kind]}, ${store}`,
          poll,
          seconds(quiet.cpuSeconds.perRun),
          seconds(quiet.cpuSeconds.perReading),
          seconds(busy.cpuSeconds.perReading),
          store === 'SQLite' ? 'in CPU' : seconds(busy.databaseSeconds.perReading),
          bytes(quiet.writtenBytes.perReading),
          bytes(busy.writtenBytes.perReading),
          number(busy.rowsAdded.perReading + busy.rowsChanged.perReading),
        ]);
      }
    }
  }
  return table(COSTS_HEAD, rows);
}

function workersPart(processes) {
  const rows = Object.entries(processes).flatMap(([store, runs]) =>
    runs.map((run) => [
      run.load === null
        ? `poll on ${store}`
        : `${run.processes} ${run.processes === 1 ? 'worker' : 'workers'} on ${store}`,
      number(run.services),
      seconds(run.seconds),
      number(run.services / run.seconds),
      run.load === null ? '' : seconds(run.lagSeconds),
      seconds(run.cpuSeconds),
      bytes(run.writtenBytes + (run.load?.writtenBytes ?? 0)),
      run.load === null ? '' : seconds(run.load.seconds),
      run.load === null ? '' : number(run.load.transactions),
      run.load === null ? '' : number(run.load.rolledBack),
    ]),
  );
  const head = [
    'polled by',
    'services',
    'all read in',
    'readings a second',
    'mean wait of a job',
    'CPU',
    'written',
    'database',
    'transactions',
    'of them repeated or given up',
  ];
  return [
    paragraph(
      'All panels, whose answers come after 50 ms in the median, are polled once: by the command, and by workers (sluice worker --concurrency 4, which ask for jobs every two seconds) from the moment in which the queue adds the jobs. Half of the services have used something since the poll before. Workers, database and fakes share the cores. Processor time and bytes are those from one round to the next, signs of life included.',
    ),
    table(head, rows),
  ];
}

function simulationPart({ size, places }, { store, results }, { cores }) {
  const fixed = results.filter(({ policy }) => policy === 'fixed');
  const due = results.filter(({ policy }) => policy === 'due');
  return [
    `<h2>${number(size.services)} services on ${size.panels} panels</h2>`,
    paragraph(
      `Simulated: one day of ${number(size.services)} services on ${size.panels} panels, six of ten read per service (80 ms a call, 8 at once, one of them at most 20 calls a second), the others by whole lists. Traffic follows the day, one service in three is quiet by night, and 2 hours in 1,000 are bursts at 90 % of the line. One service in a hundred is new; two panels don't answer for two hours. A worker does ${places} jobs at once. Costs are those above with ${store}.${size.each === 1 ? '' : ` Each service that is simulated stands for ${size.each} that are just like it.`}`,
    ),
    paragraph(
      'Fixed: every service every 15 minutes. Due: deadline polling, maxOvershoot 1 GB, a minute at least and an hour at most between two readings. Late is how long after it was due a service was read, on panels that are read per service and answer.',
    ),
    table(SIMULATION_HEAD, results.map(simulationRow)),
    paragraph(sayCalls(fixed.at(-1), due.at(-1))),
    '<h2>Where it ends</h2>',
    table(
      ['poll and workers', 'full', 'next limit'],
      results.map((result) => [nameOf(result), ...findLimits(result)]),
    ),
    paragraph(
      `The share of each: of the processors of the workers, of the jobs that they may do at once, of ${cores} cores of one database, and of the time of the panel that is busiest. What was not measured has no share.`,
    ),
    table(
      ['poll and workers', 'CPU of workers', 'jobs at once', 'database', 'busiest panel'],
      results.map((result) => [
        nameOf(result),
        ...Object.values(result.shares).map((share) => (share === null ? 'not measured' : percent(share))),
      ]),
    ),
    '<h2>The day</h2>',
    chart('Readings a second, deadline polling', 'readings a second', due, ({ readings }, partMs) =>
      [...readings].map((count) => (count / partMs) * 1000),
    ),
    chart('Longest delay of a reading, deadline polling', 'minutes', due, ({ worstLateMs }) =>
      [...worstLateMs].map((ms) => ms / 60_000),
    ),
    chart('Jobs that wait for a worker, deadline polling', 'jobs', due, ({ waiting }) => [...waiting]),
    chart('Jobs that wait for a worker, fixed poll', 'jobs', fixed, ({ waiting }) => [...waiting]),
  ];
}

const nameOf = ({ policy, workers }) => `${policy}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`;

const SIMULATION_HEAD = [
  'poll and workers',
  'calls a day',
  'readings a day',
  'late: half of them',
  '99 %',
  'all',
  'rows a day',
  'written a day',
  'holds',
  'beyond the bound',
  'panel unreachable',
];

function simulationRow(result) {
  const { totals, days, late, holds } = result;
  const isFixed = result.policy === 'fixed';
  return [
    nameOf(result),
    number(totals.calls / days),
    number(totals.readings / days),
    ...['half', 'most', 'all'].map((key) => (isFixed ? '' : seconds(late[key]))),
    number(totals.rows / days),
    bytes(totals.bytes / days),
    number(holds.count / days),
    isFixed ? '' : number((holds.late + holds.unreachable) / days),
    number(holds.unreachable / days),
  ];
}

/** What deadline polling saves on panels that are read per service. */
function sayCalls(fixed, due) {
  const perService = ({ panels, days, services }) => {
    const own = panels.filter(({ isList }) => !isList);
    return own.reduce((sum, { calls }) => sum + calls, 0) / days / ((services / panels.length) * own.length);
  };
  return `On panels that are read per service, a service costs ${number(perService(due))} calls a day with deadline polling, and ${number(perService(fixed))} with the fixed poll, which bounds nothing to 1 GB. A fixed poll with the same bound would make ${number(due.sameBound)}.`;
}

function chart(title, unit, results, toFigures) {
  const lines = results.map(({ workers, series, partMs }) => ({
    name: `${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    points: toFigures(series, partMs).map((value, at) => ({ at: DAY + at * partMs, value })),
  }));
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value));
  const { days } = results[0];
  const data = {
    title,
    from: DAY,
    to: DAY + days * 86_400_000,
    timeZone: 'UTC',
    axis: plainAxis(values, 5, unit),
    lines,
    breaks: [],
    limit: null,
  };
  const id = title.toLowerCase().replace(/[^a-z]+/g, '-');
  return `<figure>${responsiveChart(data, { id, heading: true })}</figure>`;
}
