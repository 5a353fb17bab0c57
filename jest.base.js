import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`scripts/jest/${name}.cjs`, import.meta.url));

const pathInStore = (name) => fileURLToPath(new URL(`packages/state-store/src/${name}`, import.meta.url));

/** What runs tests on PostgreSQL: they are skipped with the reason where it can't be had. */
export const withPostgres = { setupFiles: [pathInStore('test/on-postgres.ts')] };

/** With `SLUICE_TEST_STORE=postgres`, tests that open stores in files and in memory have them on PostgreSQL. */
const isOnPostgres = process.env.SLUICE_TEST_STORE === 'postgres';
const inPlaceOfFiles = { '^@sluice/state-store$': pathInStore('testing/in-place-of-files.ts') };

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
  testRunner: path('runner'),
  ...shared,
  ...(isOnPostgres ? withPostgres : {}),
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: [...(built ? [] : ['@sluice/source']), 'node', 'node-addons'] },
  moduleNameMapper: { ...(isOnPostgres ? inPlaceOfFiles : {}), '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': path('transpile') },
  testMatch: ['<rootDir>/src/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testTimeout: slow ? 1_800_000 : 120_000,
};
