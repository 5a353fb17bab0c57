import { cliLayers, conformanceRules, dateFns, packageRules, packageTestRules } from './scripts/lint/import-rules.mjs';
import { plainRules, scriptRules, typedRules } from './scripts/lint/rule-names.mjs';

// What `npm run lint` checks, with scripts/lint/rules.mjs for the rules of our own.

/** Files of tests: what is under `test` too. */
const TESTS = ['**/*.test.ts', '**/test/**/*.ts'];

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

/** Front ends have other words for a remedy: a package's message says what is wrong, apps/cli/src/remedy-texts.ts what to do. */
const NAMES_COMMAND = String.raw`/"sluice |(^|[^\w-])--[a-z]/`;
const useCaseRules = [
  ...[`Literal[value=${NAMES_COMMAND}]`, `TemplateElement[value.raw=${NAMES_COMMAND}]`].map((selector) => ({
    selector,
    message: 'Name no command or flag: add the remedy to apps/cli/src/remedy-texts.ts by the code of the error.',
  })),
  {
    selector: 'CallExpression[callee.object.property.name="runs"][callee.property.name=/^(start|finish)$/]',
    message: 'Runs start and end in packages/engine/src/kernel/run/bracket.ts: use withRun.',
  },
];
const holdRule = {
  selector: 'CallExpression[callee.object.property.name="holds"][callee.property.name=/^(add|end|reopen)$/]',
  message: 'Holds begin and end in packages/engine/src/context/change-holds.ts: use what it exports.',
};
const switchRule = {
  selector: `CallExpression${READS_SWITCHES}`,
  message: 'Only packages/engine/src/context/enforcement.ts reads switches: use readEnforcements.',
};
const commandRules = {
  files: ['packages/*/src/**/*.ts'],
  excludeFiles: [
    '**/*.test.ts',
    '**/src/test/**',
    'packages/fake-panels/**',
    // They list the words of commands.
    'packages/contract/src/use-cases/**',
  ],
  rules: {
    'sluice/syntax': ['error', [...moduleRules, ...useCaseRules, switchRule, holdRule]],
  },
};
const observeRule = {
  selector: 'CallExpression[callee.object.name="panel"][callee.property.name="observe"]',
  message: 'Only packages/engine/src/loop/observe.ts observes panels: use observe or observeServices.',
};
/** In the engine one file alone observes panels. */
const observeRules = {
  files: ['packages/engine/src/**/*.ts'],
  excludeFiles: ['**/*.test.ts', 'packages/engine/src/loop/observe.ts'],
  rules: {
    'sluice/syntax': ['error', [...moduleRules, ...useCaseRules, switchRule, holdRule, observeRule]],
  },
};
/** What makes changes on panels: one loop alone calls, waits for the change, and reads back after a lost answer. */
const changeRules = [
  ['packages/{astbilling-client,easydcim-client,flvx-client,hiddify-agent-traffic}/src/**/*.ts'],
  ['packages/engine/src/features/**/*.ts', observeRule],
].map(([files, ...more]) => ({
  files: [files],
  excludeFiles: TESTS,
  rules: {
    'sluice/syntax': [
      'error',
      [
        ...[...moduleRules, ...useCaseRules, switchRule, holdRule, ...more],
        ...[
          'ForOfStatement CallExpression[callee.property.name="sleep"]',
          'CatchClause MemberExpression[property.name="outcomeUnknown"]',
        ].map((selector) => ({
          selector,
          message: 'Changes are made, waited for and read back by performChange (packages/panel-kind).',
        })),
      ],
    ],
  },
}));
/** The one file that reads switches. */
const enforcementRules = {
  files: ['packages/engine/src/context/enforcement.ts'],
  rules: { 'sluice/syntax': ['error', [...moduleRules, ...useCaseRules, holdRule]] },
};
/** The one file where holds begin and end. */
const holdRules = {
  files: ['packages/engine/src/context/change-holds.ts'],
  rules: { 'sluice/syntax': ['error', [...moduleRules, ...useCaseRules, switchRule]] },
};

const REVIEWED = [
  'apps/cli/src',
  'apps/dashboard/src',
  'apps/worker/src',
  'packages/api-client/src',
  'packages/charts/src',
  'packages/config-file/src',
  'packages/contract/src',
  'packages/messages/src',
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
  'packages/whmcs-client/src',
];

const wordingRules = [
  { files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], rules: { 'sluice/wording': 'error' } },
  { files: REVIEWED.map((folder) => `${folder}/**/*.ts`), rules: { 'sluice/wording': ['error', { reviewed: true }] } },
].map((override) => ({ ...override, excludeFiles: ['**/*.test.ts', '**/src/test/**', 'packages/fake-panels/**'] }));

/** What scripts find on the global object. */
const GLOBALS = [
  ...[
    'process',
    'console',
    'URL',
    'URLSearchParams',
    'setTimeout',
    'setInterval',
    'clearInterval',
    'Buffer',
    'performance',
  ],
  'fetch',
  'AbortSignal',
];

const toErrors = (names) => Object.fromEntries(names.map((name) => [name, 'error']));

export default {
  options: { typeAware: true, typeCheck: true },
  plugins: ['eslint', 'typescript'],
  jsPlugins: ['./scripts/lint/rules.mjs'],
  categories: { correctness: 'off' },
  ignorePatterns: [
    '**/dist/**',
    '**/tsup.config.bundled_*',
    '**/.man/**',
    '**/coverage/**',
    'docs/api/**',
    '**/fixtures/**',
    // Generated from the OpenAPI document.
    'packages/api-client/src/schema.ts',
  ],
  rules: {
    ...toErrors(plainRules),
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  },
  overrides: [
    {
      files: ['**/*.ts'],
      rules: {
        ...toErrors(typedRules),
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
    observeRules,
    ...changeRules,
    enforcementRules,
    holdRules,
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
    {
      files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
      globals: Object.fromEntries(GLOBALS.map((name) => [name, 'readonly'])),
      rules: toErrors(scriptRules),
    },
    { files: ['**/*.cjs'], env: { commonjs: true }, rules: { 'typescript/no-require-imports': 'off' } },
  ],
};
