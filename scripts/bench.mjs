import { ensureInstalled, runTool } from './ensure-installed.mjs';

// Figures are ratios inside one run, so that they mean the same on a slow machine and on a fast one.
ensureInstalled();
if (!(await runTool('turbo', ['run', 'build', '--output-logs=errors-only']))) process.exit(1);

const { benchStartUp } = await import('./bench/start-up.mjs');
const { benchPoll } = await import('./bench/poll.mjs');
const { benchLarge, benchMemory } = await import('./bench/large.mjs');
const { benchHiddifySweep } = await import('./bench/hiddify-sweep.mjs');
const { benchFlvxPoll } = await import('./bench/flvx.mjs');
const { benchUnchanged } = await import('./bench/unchanged.mjs');
const { benchRefresh } = await import('./bench/refresh.mjs');
const { benchDashboard } = await import('./bench/dashboard.mjs');
const { benchLists } = await import('./bench/lists.mjs');
const { benchPipelined } = await import('./bench/pipelined.mjs');
const { benchScale } = await import('./bench/scale.mjs');

const wanted = process.argv.slice(2);
const parts = {
  'start-up': benchStartUp,
  poll: benchPoll,
  large: benchLarge,
  memory: benchMemory,
  hiddify: benchHiddifySweep,
  flvx: benchFlvxPoll,
  unchanged: benchUnchanged,
  refresh: benchRefresh,
  dashboard: benchDashboard,
  lists: benchLists,
  pipelined: benchPipelined,
  scale: benchScale,
};
/** What writes pages of the docs is asked for by name. */
const byName = ['scale'];
for (const [name, bench] of Object.entries(parts)) {
  if (wanted.length === 0 ? byName.includes(name) : !wanted.includes(name)) continue;
  for (const { name: what, figure, limit } of await bench()) {
    const aim = limit === null ? '' : `  (aim: at most ${limit})${figure > limit ? '  MISSED' : ''}`;
    process.stdout.write(`${figure.toFixed(2).padStart(8)}  ${what}${aim}\n`);
  }
}
