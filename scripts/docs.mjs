import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as typedoc from 'typedoc';
import { root } from './ensure-installed.mjs';

// Builds the API reference of the published packages in docs/api and checks the public surface: an entry, or the package's main
// entry or its `options`, exports every type of the package that its signatures name, every export has a doc comment, functions that create or open
// something have an example, and the package's README lists the exports of each entry. With `--check` it writes nothing.

/** Every entry with types of every published package. */
function findEntries() {
  return readdirSync(path.join(root, 'packages'))
    .map((name) => path.join(root, 'packages', name))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .flatMap(({ folder, manifest }) =>
      Object.entries(manifest.exports)
        .filter(([, target]) => target.types !== undefined)
        .map(([name, target]) => ({
          folder,
          package: manifest.name,
          name: path.posix.join(manifest.name, name),
          file: path.join(folder, target['@sluice/source']),
        })),
    );
}

const hasText = (comment) => comment?.hasVisibleComponent() === true;

/** What an export is; of one that another entry exports too, there. */
const toTarget = (one) => (one instanceof typedoc.ReferenceReflection ? one.getTargetReflectionDeep() : one);

/** The doc comments of an export: those of its signatures where it is a function. */
function listComments(one) {
  const { comment, signatures = [] } = toTarget(one);
  return [comment, ...signatures.map((signature) => signature.comment)].filter(hasText);
}

const needsExample = (one) => toTarget(one).signatures !== undefined && /^(create|open)[A-Z]/.test(one.name);

const hasExample = (one) => listComments(one).some((comment) => comment.getTag('@example') !== undefined);

/** Names that the README has below an entry's heading: in the first column of the table, and after `Types:`. */
function listedIn(entry) {
  const readme = readFileSync(path.join(entry.folder, 'README.md'), 'utf8');
  const [, below = ''] = readme.split(`### \`${entry.name}\`\n`);
  const [section] = below.split(/^#/m);
  const types = /^Types: (.*?)(\n\n|$(?![^]))/ms.exec(section)?.[1] ?? '';
  return [...section.matchAll(/^\| `(\w+)`/gm), ...types.matchAll(/`(\w+)`/g)].map(([, name]) => name);
}

function findProblems(entry, exported) {
  const names = new Set(exported.map(({ name }) => name));
  const listed = new Set(listedIn(entry));
  return [
    ...exported.filter((one) => listComments(one).length === 0).map(({ name }) => `${name} has no doc comment`),
    ...exported.filter((one) => needsExample(one) && !hasExample(one)).map(({ name }) => `${name} has no @example`),
    ...[...names].filter((name) => !listed.has(name)).map((name) => `the README does not list ${name}`),
    ...[...listed].filter((name) => !names.has(name)).map((name) => `the README lists ${name}, which is not exported`),
  ];
}

const entries = findEntries();
const app = await typedoc.Application.bootstrap({
  entryPoints: entries.map(({ file }) => file),
  tsconfig: path.join(root, 'tsconfig.docs.json'),
  out: path.join(root, 'docs', 'api'),
  name: 'Sluice',
  readme: 'none',
  // `npm test` checks the types before.
  skipErrorChecking: true,
  disableGit: true,
  disableSources: true,
  excludeInternal: true,
  // Of the types that are generated from the OpenAPI document.
  blockTags: [...typedoc.OptionDefaults.blockTags, '@description', '@constant'],
  logLevel: 'Warn',
  validation: { notExported: true, invalidLink: true, notDocumented: false },
});

const points = app.getEntryPoints() ?? [];
/** Types that a file keeps to itself, since they are only a part of the one type that names them. */
const partsOfUseCases = [
  ...['Groups', 'AcceptedInputs', 'Callable', 'NamedEntry', 'Words'].map((name) => `src/use-cases/index.ts:${name}`),
  'src/use-cases/telephony.ts:ALL',
  'src/use-cases/instance.ts:instance',
  'src/use-cases/further.ts:further',
];
const partsOfKeys = ['src/languages/en.ts:messages', ...['Names', 'Tags'].map((name) => `src/keys.ts:${name}`)];

const partsOfOthers = {
  '@sluice/contract': partsOfUseCases,
  '@sluice/contract/endpoints': [
    ...partsOfUseCases,
    ...['All', 'Embedded', 'Named'].map((name) => `src/endpoints/index.ts:${name}`),
  ],
  // A document, which `@sluice/contract/documents` exports.
  '@sluice/contract/ports': [...partsOfUseCases, 'src/documents/queue.ts:QueueFigures'],
  '@sluice/flvx-client/account': ['src/account/plan/step.ts:Step'],
  // What `Key`, `PlaceholdersIn` and `TagsIn` are made of.
  '@sluice/messages': partsOfKeys,
  '@sluice/messages/staff': [...partsOfKeys, 'src/languages/staff.ts:staff'],
};

const toEntryPoint = ({ file, name }) => {
  const point = points.find(({ sourceFile }) => path.resolve(sourceFile.fileName) === file);
  if (point === undefined) throw new Error(`TypeDoc does not find ${file}`);
  point.displayName = name;
  return point;
};
for (const entry of entries) {
  // What the package's main entry or its options export need not be exported once more.
  const ofPackage = entries.filter((other) => other.package === entry.package);
  const options = ofPackage.filter(({ name }) => name === `${entry.package}/options`);
  const shown = [...new Set([ofPackage[0], ...options, entry])];
  const project = app.converter.convert(shown.map(toEntryPoint));
  // TypeDoc reports types that are not exported only for the package that it takes the project for.
  project.packageName = entry.package;
  app.options.setValue('intentionallyNotExported', partsOfOthers[entry.name] ?? partsOfOthers[entry.package] ?? []);
  app.validate(project);
  const part = shown.length === 1 ? project : project.children.find(({ name }) => name === entry.name);
  const exported = part.children ?? [];
  for (const problem of findProblems(entry, exported)) app.logger.warn(`${entry.name}: ${problem}`);
  process.stdout.write(`${entry.name}: ${exported.length} exports\n`);
}

if (!process.argv.includes('--check')) await app.generateOutputs(app.converter.convert(points));
process.stdout.write(
  `${entries.length} entries, ${app.logger.warningCount} warnings, ${app.logger.errorCount} errors\n`,
);
process.exitCode = app.logger.hasWarnings() || app.logger.hasErrors() ? 1 : 0;
