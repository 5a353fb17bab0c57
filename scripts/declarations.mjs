import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './ensure-installed.mjs';

// Writes the types of the published packages beside their code in `dist`, from one program for all packages: built with the code,
// each package's types take as long as all of them together. The types are not checked here but by scripts/lint.mjs.

/** The folder and the entries of the published packages: all, or the one in a folder. */
function findPackages(only) {
  return readdirSync(path.join(root, 'packages'))
    .map((name) => path.join(root, 'packages', name))
    .filter((folder) => only === null || folder === only)
    .map((folder) => ({ folder, ...JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) }))
    .filter((manifest) => manifest.private !== true)
    .map(({ folder, exports }) => ({
      source: path.join(folder, 'src'),
      dist: path.join(folder, 'dist'),
      entries: Object.values(exports).flatMap((target) => target['@sluice/source'] ?? []),
    }))
    .map((one) => ({ ...one, entries: one.entries.map((entry) => path.resolve(one.source, '..', entry)) }));
}

/** Source files that a file of declarations imports from its own package. */
function listImports(file, text) {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => path.resolve(path.dirname(file), fileName.replace(/\.js$/, '.ts')));
}

/** Writes the types of one package: of its entries, and of the files that these name. */
function writeTypes(program, { source, dist, entries }) {
  const waiting = [...entries];
  const done = new Set();
  const problems = [];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (done.has(file)) continue;
    done.add(file);
    const write = (_, text) => {
      waiting.push(...listImports(file, text));
      const target = path.join(dist, path.relative(source, file).replace(/\.ts$/, '.d.ts'));
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    };
    problems.push(...program.emit(program.getSourceFile(file), write, undefined, true).diagnostics);
  }
  return problems;
}

/** Writes the types of every published package, or of the one in a folder; returns the number of problems, which it prints. */
export function writeDeclarations(only = null) {
  const packages = findPackages(only);
  if (packages.length === 0) throw new Error(`${only ?? root} is no published package`);
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
  const program = ts.createProgram(
    packages.flatMap(({ entries }) => entries),
    { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true, noCheck: true },
  );
  const problems = packages.flatMap((one) => writeTypes(program, one));
  const missing = packages
    .flatMap(({ source, dist, entries }) =>
      entries.map((entry) => path.join(dist, path.relative(source, entry)).replace(/\.ts$/, '.d.ts')),
    )
    .filter((file) => !existsSync(file));
  for (const file of missing) process.stderr.write(`${file} was not written\n`);
  const host = { getCurrentDirectory: () => root, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  process.stderr.write(ts.formatDiagnostics(problems, host));
  return problems.length + missing.length;
}

if (process.argv[1] === import.meta.filename) process.exitCode = writeDeclarations() === 0 ? 0 : 1;
