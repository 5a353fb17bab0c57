// What `npm run lint` checks, with scripts/lint/rules.mjs for the rules of our own.

/** Files of tests: what is under `test` too. */
const TESTS = ['**/*.test.ts', '**/test/**/*.ts'];

/** Which of our packages each package may import (docs/architecture.md, Who may import whom). */
const mayImport = {
  'quota-core': [],
  'panel-http': [],
  telephony: ['quota-core'],
  'fake-panels': [],
  'state-store': ['quota-core'],
  'panel-kind': ['panel-http', 'quota-core', 'telephony'],
  'easydcim-client': ['panel-http', 'panel-kind', 'quota-core'],
  'flvx-client': ['panel-http', 'panel-kind', 'quota-core'],
  'astbilling-client': ['panel-http', 'panel-kind', 'quota-core', 'telephony'],
  'whmcs-client': ['panel-http', 'panel-kind', 'quota-core'],
  'notice-channels': ['panel-http', 'panel-kind'],
  charts: [],
  'api-client': [],
  terminal: ['charts', 'engine', 'panel-http', 'panel-kind', 'quota-core'],
  'hiddify-agent-traffic': ['panel-http', 'panel-kind', 'quota-core'],
  engine: ['panel-http', 'panel-kind', 'quota-core', 'state-store', 'telephony'],
  'config-file': ['engine', 'panel-kind', 'terminal'],
  setup: ['config-file', 'engine', 'panel-http', 'panel-kind', 'quota-core', 'terminal'],
};

/** Which of our packages the cases against real panels may import: the fakes and what sends requests to a panel. */
const conformanceMayImport = [
  'fake-panels',
  'panel-http',
  'easydcim-client',
  'flvx-client',
  'hiddify-agent-traffic',
  'whmcs-client',
];

const dateFns = {
  regex: '^date-fns$',
  message: 'Import date-fns by function path: the index alone more than doubles the start-up time.',
};

const moduleRules = [
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  { selector: 'ExportAllDeclaration', message: 'List what is exported by hand.' },
  {
    selector: 'ImportDeclaration[importKind="value"][source.value=/^zod/] > ImportSpecifier[imported.name="z"]',
    message: "import * as z from 'zod': z by name is all of zod, with the messages of fifty languages.",
  },
];

/** Switches are one part of what decides what runs may change. */
const READS_SWITCHES =
  '[callee.property.name="list"]:matches([callee.object.property.name="switches"], [callee.object.name="switches"])';

/** Front ends have other words for a remedy: a package's message says what is wrong, apps/cli/src/remedies.ts what to do. */
const NAMES_COMMAND = String.raw`/"sluice |(^|[^\w-])--[a-z]/`;
const useCaseRules = [
  ...[`Literal[value=${NAMES_COMMAND}]`, `TemplateElement[value.raw=${NAMES_COMMAND}]`].map((selector) => ({
    selector,
    message: 'Name no command or flag: add the remedy to apps/cli/src/remedies.ts by the code of the error.',
  })),
  {
    selector: 'CallExpression[callee.object.property.name="runs"][callee.property.name=/^(start|finish)$/]',
    message: 'Runs start and end in packages/engine/src/run/bracket.ts: use withRun.',
  },
];
const switchRule = {
  selector: `CallExpression${READS_SWITCHES}`,
  message: 'Only packages/engine/src/panels/enforcement.ts reads switches: use readEnforcements.',
};
const commandRules = {
  files: ['packages/*/src/**/*.ts'],
  excludeFiles: [
    '**/*.test.ts',
    '**/src/test/**',
    'packages/fake-panels/**',
    // They are about the flags of every program.
    'packages/terminal/src/{completion,manual}/**',
    // They write what operators of the command read, or run systemd's own program.
    'packages/setup/src/config-text.ts',
    'packages/setup/src/schedule/{crontab,systemd,install-units}.ts',
  ],
  rules: {
    'sluice/syntax': ['error', [...moduleRules, ...useCaseRules, switchRule]],
  },
};
/** The one file that reads switches. */
const enforcementRules = {
  files: ['packages/engine/src/panels/enforcement.ts'],
  rules: { 'sluice/syntax': ['error', [...moduleRules, ...useCaseRules]] },
};

const REVIEWED = [
  'apps/cli/src',
  'apps/dashboard/src',
  'packages/api-client/src',
  'packages/charts/src',
  'packages/config-file/src',
  'packages/setup/src',
  'packages/notice-channels/src',
  'packages/astbilling-client/src',
  'packages/easydcim-client/src',
  'packages/engine/src',
  'packages/flvx-client/src',
  'packages/hiddify-agent-traffic/src',
  'packages/panel-http/src',
  'packages/panel-kind/src',
  'packages/quota-core/src',
  'packages/state-store/src',
  'packages/telephony/src',
  'packages/terminal/src',
  'packages/whmcs-client/src',
];

const wordingRules = [
  { files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], rules: { 'sluice/wording': 'error' } },
  { files: REVIEWED.map((folder) => `${folder}/**/*.ts`), rules: { 'sluice/wording': ['error', { reviewed: true }] } },
].map((override) => ({ ...override, excludeFiles: ['**/*.test.ts', '**/src/test/**', 'packages/fake-panels/**'] }));

const packageRules = Object.entries(mayImport).map(([name, allowed]) => ({
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
        ...(name === 'quota-core'
          ? [{ regex: '^(node:|fs$|got$|better-sqlite3$)', message: 'quota-core is pure: no I/O.' }]
          : []),
      ],
    ],
  },
}));

/** Tests of a package may use the fakes besides; the fakes' own tests may not use the packages. */
const packageTestRules = Object.entries(mayImport)
  .filter(([name]) => name !== 'fake-panels')
  .map(([name, allowed]) => ({
    files: [`packages/${name}/src/**/*.test.ts`, `packages/${name}/src/test/**/*.ts`],
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

const conformanceRules = {
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

/** Inside the command imports go one way: commands are at the top, output and files at the bottom. */
const cliLayers = [{ folder: 'output', forbidden: ['commands'] }].map(({ folder, forbidden }) => ({
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

const plainRules = [
  'for-direction',
  'no-array-constructor',
  'no-async-promise-executor',
  'no-case-declarations',
  'no-compare-neg-zero',
  'no-cond-assign',
  'no-constant-binary-expression',
  'no-constant-condition',
  'no-control-regex',
  'no-debugger',
  'no-delete-var',
  'no-dupe-else-if',
  'no-duplicate-case',
  'no-empty',
  'no-empty-character-class',
  'no-empty-pattern',
  'no-empty-static-block',
  'no-ex-assign',
  'no-extra-boolean-cast',
  'no-fallthrough',
  'no-global-assign',
  'no-invalid-regexp',
  'no-irregular-whitespace',
  'no-loss-of-precision',
  'no-misleading-character-class',
  'no-nonoctal-decimal-escape',
  'no-prototype-builtins',
  'no-regex-spaces',
  'no-self-assign',
  'no-shadow-restricted-names',
  'no-sparse-arrays',
  'no-unassigned-vars',
  'no-unexpected-multiline',
  'no-unsafe-finally',
  'no-unsafe-optional-chaining',
  'no-unused-expressions',
  'no-unused-labels',
  'no-unused-private-class-members',
  'no-useless-assignment',
  'no-useless-backreference',
  'no-useless-catch',
  'no-useless-constructor',
  'no-useless-escape',
  'no-var',
  'prefer-const',
  'prefer-rest-params',
  'prefer-spread',
  'preserve-caught-error',
  'require-yield',
  'typescript/ban-ts-comment',
  'typescript/no-duplicate-enum-values',
  'typescript/no-dynamic-delete',
  'typescript/no-empty-object-type',
  'typescript/no-explicit-any',
  'typescript/no-extra-non-null-assertion',
  'typescript/no-extraneous-class',
  'typescript/no-invalid-void-type',
  'typescript/no-misused-new',
  'typescript/no-namespace',
  'typescript/no-non-null-asserted-nullish-coalescing',
  'typescript/no-non-null-asserted-optional-chain',
  'typescript/no-non-null-assertion',
  'typescript/no-require-imports',
  'typescript/no-this-alias',
  'typescript/no-unnecessary-type-constraint',
  'typescript/no-unsafe-declaration-merging',
  'typescript/no-unsafe-function-type',
  'typescript/no-wrapper-object-types',
  'typescript/prefer-as-const',
  'typescript/prefer-literal-enum-member',
  'typescript/prefer-namespace-keyword',
  'typescript/triple-slash-reference',
  'typescript/unified-signatures',
  'use-isnan',
  'valid-typeof',
];

/** Rules that need the types. */
const typedRules = [
  'typescript/await-thenable',
  'typescript/no-array-delete',
  'typescript/no-base-to-string',
  'typescript/no-confusing-void-expression',
  'typescript/no-deprecated',
  'typescript/no-duplicate-type-constituents',
  'typescript/no-floating-promises',
  'typescript/no-for-in-array',
  'typescript/no-generated-empty-object-type',
  'typescript/no-implied-eval',
  'typescript/no-meaningless-void-operator',
  'typescript/no-misused-promises',
  'typescript/no-misused-spread',
  'typescript/no-mixed-enums',
  'typescript/no-redundant-type-constituents',
  'typescript/no-unnecessary-boolean-literal-compare',
  'typescript/no-unnecessary-condition',
  'typescript/no-unnecessary-template-expression',
  'typescript/no-unnecessary-type-arguments',
  'typescript/no-unnecessary-type-assertion',
  'typescript/no-unnecessary-type-conversion',
  'typescript/no-unnecessary-type-parameters',
  'typescript/no-unsafe-argument',
  'typescript/no-unsafe-assignment',
  'typescript/no-unsafe-call',
  'typescript/no-unsafe-enum-comparison',
  'typescript/no-unsafe-member-access',
  'typescript/no-unsafe-return',
  'typescript/no-unsafe-unary-minus',
  'typescript/no-useless-default-assignment',
  'typescript/only-throw-error',
  'typescript/prefer-promise-reject-errors',
  'typescript/prefer-reduce-type-parameter',
  'typescript/prefer-return-this-type',
  'typescript/related-getter-setter-pairs',
  'typescript/require-await',
  'typescript/unbound-method',
  'typescript/use-unknown-in-catch-callback-variable',
];

export default {
  plugins: ['eslint', 'typescript'],
  jsPlugins: ['./scripts/lint/rules.mjs'],
  categories: { correctness: 'off' },
  ignorePatterns: [
    '**/dist/**',
    '**/.man/**',
    '**/.stryker-tmp/**',
    '**/coverage/**',
    'docs/api/**',
    '**/fixtures/**',
    // Generated from the OpenAPI document.
    'packages/api-client/src/schema.ts',
  ],
  rules: {
    ...Object.fromEntries(plainRules.map((rule) => [rule, 'error'])),
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  },
  overrides: [
    {
      files: ['**/*.ts'],
      rules: {
        ...Object.fromEntries(typedRules.map((rule) => [rule, 'error'])),
        'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
        'typescript/restrict-plus-operands': [
          'error',
          {
            allowAny: false,
            allowBoolean: false,
            allowNullish: false,
            allowNumberAndString: false,
            allowRegExp: false,
          },
        ],
        'typescript/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
        'typescript/return-await': ['error', 'error-handling-correctness-only'],
        'sluice/imports': ['error', [dateFns]],
        'sluice/syntax': ['error', moduleRules],
      },
    },
    {
      files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts', 'test/*/src/**/*.ts'],
      excludeFiles: TESTS,
      rules: { 'max-lines-per-function': ['error', { max: 60 }], 'max-params': ['error', 4] },
    },
    commandRules,
    enforcementRules,
    ...wordingRules,
    ...packageRules,
    ...packageTestRules,
    conformanceRules,
    ...cliLayers,
    { files: ['**/*.config.ts'], rules: { 'sluice/syntax': 'off' } },
    {
      files: TESTS,
      rules: { 'typescript/no-non-null-assertion': 'off', 'typescript/unbound-method': 'off' },
    },
    { files: ['**/*.cjs'], rules: { 'typescript/no-require-imports': 'off' } },
  ],
};
