// What `npm run floors` checks: imports between the files and folders of one package, types included.
// Imports of other packages are the lint's (scripts/lint/import-rules.mjs).

/**
 * The folders of apps/dashboard/src, the highest first. A folder imports only from the lines below its own; files beside the
 * folders import from all of them.
 */
const dashboard = [
  ['api', 'metrics', 'report', 'visits'],
  ['api/handlers'],
  ['agent-traffic', 'embedded'],
  ['pages/customer', 'pages/operator'],
  ['pages'],
  ['layout'],
  ['requests'],
  ['access'],
  ['assets', 'server'],
];

/** The folders of packages/engine/src, in the same way: features, loop, kernel, context, base (docs/architecture.md). */
const engine = [
  ['api'],
  ['features/overview', 'features/parts'],
  ['features/adopt', 'features/doctor', 'features/metrics'],
  ['features/notices'],
  ['features/advice'],
  ['features/explain', 'features/purchases', 'features/upgrade'],
  ['features/access', 'features/holds'],
  ['features/agents', 'features/dids', 'features/provision'],
  ['features/command'],
  ['features/calls', 'features/graph', 'features/services/sync', 'features/usage'],
  ['features/services'],
  ['features/ended', 'features/names', 'features/panels', 'features/refresh'],
  ['features/billing', 'features/log', 'features/queue', 'features/schedule', 'features/store', 'features/telephony'],
  ['features/preferences'],
  ['loop'],
  ['kernel/changes'],
  ['kernel/run'],
  ['kernel/subject'],
  ['context'],
  ['base/config'],
  ['base'],
];

const trees = Object.entries({ 'apps/dashboard/src': dashboard, 'packages/engine/src': engine });

/** Returns what the paths of a folder match, without those of listed folders inside it. */
function toPattern(tree, folder, listed) {
  const inside = listed
    .filter((other) => other.startsWith(`${folder}/`))
    .map((other) => other.slice(folder.length + 1));
  return `^${tree}/${folder}/${inside.length === 0 ? '' : `(?!(?:${inside.join('|')})/)`}`;
}

/** Returns the rules of the floors of a tree: one per folder, and two that find folders without a floor. */
function toFloorRules([tree, floors]) {
  const listed = floors.flat();
  const toPatterns = (folders) => folders.map((folder) => toPattern(tree, folder, listed));
  const downwards = floors.flatMap((floor, index) =>
    floor.map((folder) => ({
      name: `${tree}/${folder} imports only from floors below`,
      severity: 'error',
      from: { path: toPatterns([folder]) },
      to: { path: `^${tree}/`, pathNot: toPatterns([folder, ...floors.slice(index + 1).flat()]) },
    })),
  );
  const unlisted = { path: `^${tree}/[^/]+/`, pathNot: toPatterns(listed) };
  const name = `each folder of ${tree} has a floor`;
  return [
    ...downwards,
    { name, severity: 'error', from: unlisted, to: {} },
    { name, severity: 'error', from: {}, to: unlisted },
  ];
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no circles between files', severity: 'error', from: {}, to: { circular: true } },
    ...trees.map(([tree]) => ({
      name: `no circles between folders of ${tree}`,
      severity: 'error',
      scope: 'folder',
      from: { path: `^${tree}` },
      to: { circular: true },
    })),
    ...trees.flatMap(toFloorRules),
  ],
  options: {
    tsPreCompilationDeps: true,
    includeOnly: { path: '^(packages|apps)/[^/]+/src/' },
    // The checks run beside the build, whose configs have copies for a moment.
    exclude: { path: String.raw`\.test\.ts$|/test/|/tsup\.config\.bundled_` },
    // For speed: what is not TypeScript of ours is not searched for.
    moduleSystems: ['es6'],
    skipAnalysisNotInRules: true,
    enhancedResolveOptions: { extensions: ['.ts'], mainFields: [], mainFiles: [] },
  },
};
