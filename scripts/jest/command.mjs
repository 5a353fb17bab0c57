import path from 'node:path';

const modules = path.join(import.meta.dirname, '..', '..', 'node_modules');

/** What node runs jest with: ESM, with the cache that all packages share. */
export const jestArguments = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  // A store's queries leave much garbage that is soon none: with more room less of it is copied.
  '--max-semi-space-size=64',
  path.join(modules, 'jest', 'bin', 'jest.js'),
  `--cacheDirectory=${path.join(modules, '.cache', 'jest')}`,
];
