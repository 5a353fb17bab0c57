import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`scripts/jest/${name}.cjs`, import.meta.url));

/** With `SLUICE_TEST_STORE=postgres`, tests that open stores in files and in memory have them on PostgreSQL. */
const inPlaceOfFiles = new URL('packages/state-store/src/testing/in-place-of-files.ts', import.meta.url);
const onPostgres =
  process.env.SLUICE_TEST_STORE === 'postgres' ? { '^@sluice/state-store$': fileURLToPath(inPlaceOfFiles) } : {};

const slow = process.env.SLUICE_LONG === '1' || process.env.SLUICE_PANELS === '1';

/**
 * `npm test` has built the packages before: a test then loads other packages' bundles, in half the time of their sources, and
 * what it tests together with the other files of its worker.
 */
const built = process.env.SLUICE_BUILT === '1';
const shared = built ? { testEnvironment: path('shared-environment'), runtime: path('shared-runtime') } : {};

/** What every package's jest runs with: ESM, other packages by their sources or, under `npm test`, as built. */
export const base = {
  testEnvironment: 'node',
  testSequencer: path('sequencer'),
  ...shared,
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: [...(built ? [] : ['@sluice/source']), 'node', 'node-addons'] },
  moduleNameMapper: { ...onPostgres, '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': path('transpile') },
  testMatch: ['<rootDir>/src/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testTimeout: slow ? 1_800_000 : 120_000,
};
