const core = 'packages/quota-core';
/** The rules; `npm run test:mutation` runs this, and then what decides and plans (scripts/mutation/run.mjs). */
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [`${core}/src/*.ts`, `!${core}/src/*.test.ts`, `!${core}/src/index.ts`],
  ignorePatterns: [
    '**',
    `!${core}/**`,
    '!jest.base.js',
    '!scripts/jest/**',
    '!tsconfig.base.json',
    '!package.json',
    '**/dist',
    '**/.reports',
  ],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: { projectType: 'custom', configFile: `${core}/jest.config.js`, enableFindRelatedTests: true },
  plugins: ['@stryker-mutator/jest-runner', './scripts/stryker-message-texts.mjs'],
  ignorers: ['message-texts'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Modules of earlier runs stay in memory: a runner that was never replaced would take it all.
  maxTestRunnerReuse: 30,
  // None of the rules waits: a mutant that takes long is a machine that is busy.
  timeoutMS: 120_000,
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, allowEmojis: false, reportTests: false },
  jsonReporter: { fileName: '.reports/mutation.json' },
  tempDirName: '.stryker-tmp',
  thresholds: { high: 98, low: 95, break: 95 },
};
