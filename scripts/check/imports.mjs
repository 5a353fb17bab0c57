import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

// Which source files import which, for scripts/check.mjs. Read by patterns: formatted code needs no parser, and this takes a second.

const FROM = /^(?:import|export)\s+(type\s+)?(?:(\*)(?:\s+as\s+\w+)?|\{([^}]*)\})\s+from\s+'([^']+)'/gm;
const ON_DEMAND = /import\('([^']+)'\)/g;

/** Names in braces, by the name that they have in the file they come from. */
const toNames = (braces) =>
  braces
    .split(',')
    .map((one) => /^(type\s+)?(\w+)(?:\s+as\s+(\w+))?$/.exec(one.trim()))
    .filter((match) => match !== null)
    .map(([, type, name, as = name]) => ({ name, as, isType: type !== undefined }));

/** Reads what a file imports and passes on: names (null for all of them) of a module. */
function readStatements(text) {
  const named = [...text.matchAll(FROM)].map(([statement, type, star, braces, from]) => ({
    from,
    exports: statement.startsWith('export'),
    isType: type !== undefined,
    names: star === undefined ? toNames(braces) : null,
  }));
  const onDemand = [...text.matchAll(ON_DEMAND)].map(([, from]) => ({
    from,
    exports: false,
    isType: false,
    names: null,
  }));
  return [...named, ...onDemand];
}

/** The source file of each entry of each package. */
function readEntries(root, manifests) {
  return new Map(
    manifests.flatMap((file) => {
      const { name, exports = {} } = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
      return Object.entries(exports)
        .filter(([, target]) => typeof target === 'object' && '@sluice/source' in target)
        .map(([entry, target]) => [
          path.posix.join(name, entry),
          path.posix.join(path.posix.dirname(file), target['@sluice/source']),
        ]);
    }),
  );
}

/** Returns the source files below a root, and for each the imports of it: by which file, and whether of types alone. */
export function readImports(root) {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 };
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], options);
  const all = list.split('\n').filter((file) => file !== '' && existsSync(path.join(root, file)));
  const files = all.filter((file) => /\.ts$/.test(file) && !file.endsWith('.d.ts'));
  const entries = readEntries(
    root,
    all.filter((file) => /^\w+\/[^/]+\/package\.json$/.test(file)),
  );
  const statements = new Map(files.map((file) => [file, readStatements(readFileSync(path.join(root, file), 'utf8'))]));

  const resolve = (file, from) => {
    const target = from.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), from).replace(/\.js$/, '.ts')
      : entries.get(from);
    return target !== undefined && statements.has(target) ? target : null;
  };
  /** The file that defines a name, where another passes it on. */
  const findDefinition = (file, name) => {
    const passed = statements
      .get(file)
      .filter((one) => one.exports)
      .map((one) => ({ from: one.from, name: one.names?.find(({ as }) => as === name)?.name }))
      .find((one) => one.name !== undefined);
    const next = passed === undefined ? null : resolve(file, passed.from);
    return next === null ? file : findDefinition(next, passed.name);
  };

  const importers = new Map(files.map((file) => [file, new Map()]));
  const add = (target, file, isType) => {
    const known = importers.get(target);
    known.set(file, isType && (known.get(file) ?? true));
  };
  for (const [file, ofFile] of statements) {
    for (const { from, isType, names } of ofFile) {
      const target = resolve(file, from);
      if (target === null) continue;
      if (names === null) add(target, file, isType);
      for (const one of names ?? []) add(findDefinition(target, one.name), file, isType || one.isType);
    }
  }
  return { files, importers };
}
