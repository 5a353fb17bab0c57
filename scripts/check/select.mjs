// What is checked for a path (docs/development.md, Check a change).

/** The most tests that are run for one file. */
const MOST_TESTS = 3;

const isTest = (file) => file.endsWith('.test.ts');
/** Tests against real panels run by `npm run test:panels` alone. */
const isRunHere = (file) => isTest(file) && !file.endsWith('.panel.test.ts');

/** Words of a path within its package. */
const toWords = (file) =>
  file
    .replace(/^.*?\/src\//, '')
    .replace(/(\.test)?\.ts$/, '')
    .split(/[^a-z\d]+/)
    .filter((word) => word.length > 3 && word !== 'test');

/** Counts the words that two paths share: `brake` and `braked` are one. */
function countShared(words, file) {
  const others = toWords(file);
  return words.filter((word) => others.some((other) => other.startsWith(word) || word.startsWith(other))).length;
}

/** Returns the tests that import a file, with the number of files between; imports of types alone don't count. */
function findImporting(importers, file) {
  const seen = new Set([file]);
  const found = [];
  let reached = [file];
  for (let between = 0; reached.length > 0; between++) {
    const next = new Set();
    for (const one of reached) {
      for (const [importer, isType] of importers.get(one)) if (!isType && !seen.has(importer)) next.add(importer);
    }
    for (const one of next) seen.add(one);
    reached = [...next];
    found.push(...reached.filter(isRunHere).map((test) => ({ test, between })));
  }
  return found;
}

/** Orders tests: those that import the file itself, those with most in common, those with the fewest files between. */
function orderTests(one, other) {
  return (
    Number(one.between > 0) - Number(other.between > 0) ||
    other.common - one.common ||
    one.between - other.between ||
    one.test.localeCompare(other.test)
  );
}

/** Returns the tests nearest to a file. */
function findNearest(imports, file) {
  if (isTest(file)) return isRunHere(file) ? [file] : [];
  const beside = file.replace(/\.ts$/, '.test.ts');
  if (imports.files.includes(beside)) return [beside];
  const words = toWords(file);
  return findImporting(imports.importers, file)
    .map((one) => ({ ...one, common: countShared(words, one.test) + imports.changedTogether(file, one.test) }))
    .sort(orderTests)
    .slice(0, MOST_TESTS)
    .map(({ test }) => test);
}

/** Returns the tests of a folder, else those nearest to its files. */
function findTests(imports, path) {
  if (imports.files.includes(path)) return findNearest(imports, path);
  const within = imports.files.filter((file) => file.startsWith(`${path}/`));
  const own = within.filter(isRunHere);
  return own.length > 0 ? own : within.flatMap((file) => findNearest(imports, file));
}

/**
 * Returns what is checked for paths from the root: the files whose types and lint are checked (those of the path, and those that
 * import them), and the tests.
 */
export function select(imports, paths) {
  const { files, importers } = imports;
  const within = paths.flatMap((path) => files.filter((file) => file === path || file.startsWith(`${path}/`)));
  const checked = new Set([...within, ...within.flatMap((file) => [...importers.get(file).keys()])]);
  const tests = new Set(paths.flatMap((path) => findTests(imports, path)));
  return { checked: [...checked].sort(), tests: [...tests].sort() };
}
