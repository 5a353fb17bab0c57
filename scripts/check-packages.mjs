import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { writeDeclarations } from './declarations.mjs';
import { ensureInstalled, root } from './ensure-installed.mjs';
import { packInto, published } from './pack.mjs';

// Checks every published package as others get it: what its manifest promises, whether its types resolve where its code does,
// and its use after all tarballs were installed into an empty folder with one command, which finds no package of ours in a
// registry: the command runs its demo, each entry of each library loads, and its types are checked without our sources.

// The clone below shares what is installed here.
ensureInstalled();
const empty = mkdtempSync(path.join(tmpdir(), 'sluice-tarballs-'));
const run = (program, args, options = {}) =>
  execFileSync(program, args, { cwd: empty, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options });

/** How the types resolve for importers that the packages, which are ESM alone, don't serve. */
const notServed = new Set(['node10', 'node16-cjs']);

async function findProblems({ manifest }, tarball) {
  const packed = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: packed.buffer } });
  const found = messages.map((message) => formatMessage(message, pkg, { color: false }));
  if (manifest.bin !== undefined) return found;
  const { problems } = await checkPackage(createPackageFromTarballData(packed));
  const served = problems.filter(({ resolutionKind }) => !notServed.has(resolutionKind));
  return [...found, ...served.map((problem) => JSON.stringify(problem))];
}

/** Packs a package by itself in a clone in which nothing was built: `npm pack` has to build it and to write its types. */
function checkPackedInClone({ folder, manifest }) {
  const clone = path.join(empty, 'clone');
  const tracked = run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root }).trim();
  const within = `${path.relative(root, folder)}${path.sep}`;
  const needed = tracked
    .split('\n')
    .filter((file) => /^[^/]*$|^scripts\/|\/package\.json$/.test(file) || file.startsWith(within));
  for (const file of needed) {
    const from = path.join(root, file);
    if (existsSync(from)) cpSync(from, path.join(clone, file));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'));
  const cwd = path.join(clone, within);
  const [packed] = Object.values(JSON.parse(run('npm', ['pack', '--dry-run', '--json'], { cwd })));
  const promised = Object.values(manifest.exports).flatMap(({ types = [], default: code = [] }) =>
    [types, code].flat(),
  );
  const missing = promised.filter(
    (file) => !packed.files.some((one) => path.join('.', file) === path.join('.', one.path)),
  );
  if (missing.length > 0) throw new Error(`${manifest.name}, packed in a fresh clone, has no ${missing.join(', ')}`);
}

/** Checks the types that a file loads from installed packages: those of ours, not those of Node and of other libraries. */
function findWrongTypes(file) {
  const { NodeNext: module } = ts.ModuleKind;
  const program = ts.createProgram([file], {
    ...{ noEmit: true, strict: true, module, target: ts.ScriptTarget.ES2023, lib: ['lib.es2023.d.ts'] },
    ...{ types: ['node'], typeRoots: [path.join(root, 'node_modules', '@types')] },
  });
  const isOurs = ({ fileName }) => fileName === file || /\/node_modules\/@sluice\//.test(fileName);
  const ours = program.getSourceFiles().filter(isOurs);
  if (ours.length < published.length) throw new Error(`${file} loads ${ours.length} files of ours`);
  const diagnostics = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...ours.flatMap((one) => [...program.getSyntacticDiagnostics(one), ...program.getSemanticDiagnostics(one)]),
  ];
  const getCanonicalFileName = (name) => name;
  return ts.formatDiagnostics(diagnostics, {
    getCurrentDirectory: () => path.dirname(file),
    getCanonicalFileName,
    getNewLine: () => '\n',
  });
}

try {
  const libraries = published.filter(({ manifest }) => manifest.bin === undefined);
  const without = published.filter(({ manifest }) => manifest.scripts.prepack !== 'node ../../scripts/prepack.mjs');
  if (without.length > 0)
    throw new Error(
      `scripts/prepack.mjs is not the prepack of ${without.map(({ manifest }) => manifest.name).join(', ')}`,
    );
  checkPackedInClone(libraries.find(({ manifest }) => manifest.name === '@sluice/quota-core'));
  if (writeDeclarations() > 0) throw new Error('The packages have no types');
  const problems = [];
  const tarballs = path.join(empty, 'tarballs');
  mkdirSync(tarballs);
  const packed = packInto(tarballs);
  for (const { filename, ...one } of packed) {
    const found = await findProblems(one, path.join(tarballs, filename));
    problems.push(...found.map((problem) => `${one.manifest.name}: ${problem}`));
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  writeFileSync(path.join(empty, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  // The driver's compiled part is the one that the repository has: compiling it again would tell nothing.
  const files = packed.map(({ filename }) => `./tarballs/${filename}`);
  run('npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
    ...files,
  ]);
  cpSync(
    path.join(root, 'node_modules', 'better-sqlite3', 'build'),
    path.join(empty, 'node_modules', 'better-sqlite3', 'build'),
    { recursive: true },
  );

  const entries = libraries.flatMap(({ manifest }) =>
    Object.entries(manifest.exports)
      .filter(([, target]) => target.types !== undefined)
      .map(([entry]) => path.posix.join(manifest.name, entry)),
  );
  const loads = entries.map((name) => `await import(${JSON.stringify(name)});`).join('\n');
  writeFileSync(path.join(empty, 'load.mjs'), loads);
  run(process.execPath, ['load.mjs']);

  const uses = entries.map((name, index) => `import * as library${index} from ${JSON.stringify(name)};`);
  writeFileSync(
    path.join(empty, 'use.ts'),
    `${uses.join('\n')}\nexport const all: object[] = [${entries.map((_, index) => `library${index}`).join(', ')}];\n`,
  );
  const wrong = findWrongTypes(path.join(empty, 'use.ts'));
  if (wrong !== '') throw new Error(wrong);

  const sluice = path.join(empty, 'node_modules', '.bin', 'sluice');
  const version = run(sluice, ['--version']).trim();
  run(sluice, ['demo', '--json']);
  const commandFolder = path.join(empty, 'node_modules', '@sluice', 'cli');
  const { man } = JSON.parse(readFileSync(path.join(commandFolder, 'package.json'), 'utf8'));
  const missing = man.filter((page) => !existsSync(path.join(commandFolder, page)));
  if (missing.length > 0) throw new Error(`Manual pages that the package does not have: ${missing.join(', ')}`);
  process.stdout.write(`${published.length} tarballs install, load, type-check and run (sluice ${version})\n`);
} finally {
  rmSync(empty, { recursive: true, force: true });
}
