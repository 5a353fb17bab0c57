// Which modules may be imported where (oxlint.config.mjs).

/** Which of our packages each package may import (docs/architecture.md, Who may import whom). */
const mayImport = {
  // The rules of agents import the main entry by its name, so that no chunk of it is shared.
  'quota-core': ['quota-core'],
  'panel-http': [],
  'fake-panels': [],
  contract: ['panel-http', 'quota-core'],
  'state-store': ['quota-core'],
  'panel-kind': ['panel-http', 'quota-core'],
  'easydcim-client': ['messages/staff', 'panel-http', 'panel-kind', 'quota-core'],
  'flvx-client': ['messages/staff', 'panel-http', 'panel-kind', 'quota-core'],
  'astbilling-client': ['messages/staff', 'panel-http', 'panel-kind', 'quota-core'],
  'whmcs-client': ['contract', 'panel-http', 'panel-kind', 'quota-core'],
  'notice-channels': ['contract', 'panel-http', 'panel-kind'],
  messages: ['quota-core'],
  charts: ['messages', 'quota-core'],
  'api-client': [],
  'hiddify-agent-traffic': ['messages/staff', 'panel-http', 'panel-kind', 'quota-core'],
  engine: ['charts', 'contract', 'messages', 'panel-http', 'panel-kind', 'quota-core', 'state-store'],
  'config-file': ['contract', 'engine', 'panel-kind'],
};

/** Of which of these a package may import types alone: they are not loaded with it. */
const typesAlone = { contract: ['panel-http'] };

/** Which of our packages the cases against real panels may import: the fakes and what sends requests to a panel. */
const conformanceMayImport = [
  'fake-panels',
  'panel-http',
  'easydcim-client',
  'flvx-client',
  'hiddify-agent-traffic',
  'whmcs-client',
];

export const dateFns = {
  regex: '^date-fns$',
  message: 'Import date-fns by function path: the index alone more than doubles the start-up time.',
};

export const packageRules = Object.entries(mayImport).map(([name, allowed]) => ({
  files: [`packages/${name}/src/**/*.ts`],
  rules: {
    'sluice/imports': [
      'error',
      [
        dateFns,
        {
          regex: `^@sluice/(?!(${[...allowed, '-'].join('|')})(/|$))`,
          message: `${name} may import of ours only: ${allowed.join(', ') || 'nothing'}.`,
        },
        ...(typesAlone[name] ?? []).map((other) => ({
          regex: `^@sluice/${other}(/|$)`,
          values: true,
          message: `${name} may import types of ${other} only: write import type.`,
        })),
        ...(name === 'quota-core'
          ? // Digests are pure.
            [{ regex: '^(node:(?!crypto$)|fs$|got$|better-sqlite3$)', message: 'quota-core is pure: no I/O.' }]
          : []),
      ],
    ],
  },
}));

/** Tests of a package may use the fakes besides; the fakes' own tests may not use the packages. */
export const packageTestRules = Object.entries(mayImport)
  .filter(([name]) => name !== 'fake-panels')
  .map(([name, allowed]) => ({
    files: [`packages/${name}/src/**/*.test.ts`, `packages/${name}/src/**/test/**/*.ts`],
    rules: {
      'sluice/imports': [
        'error',
        [
          dateFns,
          {
            regex: `^@sluice/(?!(${[...allowed, 'fake-panels'].join('|')})(/|$))`,
            message: `Tests of ${name} may import of ours only: ${[...allowed, 'fake-panels'].join(', ')}.`,
          },
        ],
      ],
    },
  }));

export const conformanceRules = {
  files: ['test/conformance/src/**/*.ts'],
  rules: {
    'sluice/imports': [
      'error',
      [
        dateFns,
        {
          regex: `^@sluice/(?!(${conformanceMayImport.join('|')})(/|$))`,
          message: `Conformance cases may import of ours only: ${conformanceMayImport.join(', ')}.`,
        },
      ],
    ],
  },
};

/** Inside the command imports go one way: commands are at the top, then the set-up, and the terminal at the bottom. */
export const cliLayers = [
  { folder: 'terminal', forbidden: ['commands', 'setup'] },
  { folder: 'setup', forbidden: ['commands'] },
].map(({ folder, forbidden }) => ({
  files: [`apps/cli/src/${folder}/**/*.ts`],
  excludeFiles: ['**/*.test.ts'],
  rules: {
    'sluice/imports': [
      'error',
      [
        dateFns,
        {
          regex: `\\.\\./(.*/)?(${forbidden.join('|')})/`,
          message: `${folder} may not import ${forbidden.join(', ')}.`,
        },
        { regex: '^@sluice/fake-panels', message: 'Only the demo and the tests use the fakes.' },
      ],
    ],
  },
}));
