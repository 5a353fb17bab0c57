import js from '@eslint/js';
import ts from 'typescript-eslint';

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
  ignores: [
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
    'no-restricted-syntax': ['error', ...moduleRules, ...useCaseRules, switchRule],
  },
};
/** The one file that reads switches. */
const enforcementRules = {
  files: ['packages/engine/src/panels/enforcement.ts'],
  rules: { 'no-restricted-syntax': ['error', ...moduleRules, ...useCaseRules] },
};

/** Words that comments and messages do without, and what to write instead. */
const REFUSED_WORDS = [
  [/\banew\b/gi, 'again'],
  [/\bbears?\b/gi, 'has'],
  [/\bminds\b/gi, 'checks'],
  [/\bwho(m)?ever\b/gi, 'anyone who'],
];

/** The rest of them, for the packages whose texts were gone through. */
const REFUSED_IN_REVIEWED = [
  [/\btells?\b|\btold\b/gi, 'reports'],
  [/\bgives\b/gi, 'returns'],
  [/\btakes\b(?! effect| precedence)/gi, 'accepts'],
  [/\blooks?\b|\blooked\b/gi, 'reads'],
  [/\bsettles?\b|\bsettled\b/gi, 'resolves'],
  [/(?<!\bthere )\b(is|are) no (?!longer\b|more\b)/gi, 'is not a'],
];

/** Words that names do without, and what to write instead. */
const REFUSED_IN_NAMES = [
  [/\b(un)?settle[ds]?\b/, 'ended, resolved'],
  [/\btall(y|ies)\b/, 'sum, totals'],
  // `readingOf`: but `parseOneOf` and `indexOf` have a verb, `agentsOf` and `partOf` are not functions.
  [
    /^(?!(parse|check|with|is|not|agents|part|one|any|index|last index|flvx step) ).* of$/,
    'toName, findName, readName',
  ],
  [/\banew\b/, 'again'],
  [/\bwhom?ever\b/, 'anyone'],
  [/\b(memo|remembered)\b/, 'history, checkpoint'],
  [/\b(footprint|notebook|sweep)\b/, 'resources, report, run'],
];
/** Names in JSON documents and stored rows, and of JavaScript. */
const GIVEN_NAMES = ['allSettled', 'supportedValuesOf', 'settledAt', 'settled_at', 'settled', 'memo'];
const toWords = (name) => name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();

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

const wording = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object' }],
    messages: { word: 'Write "{{instead}}" instead of "{{word}}".' },
  },
  create(context) {
    const words = context.options[0]?.reviewed ? [...REFUSED_WORDS, ...REFUSED_IN_REVIEWED] : REFUSED_WORDS;
    const check = (node, text) => {
      for (const [pattern, instead] of words) {
        for (const [word] of text.matchAll(pattern)) {
          context.report({ loc: node.loc, messageId: 'word', data: { word: word.trim(), instead } });
        }
      }
    };
    const checkName = (node, name) => {
      if (GIVEN_NAMES.includes(name)) return;
      for (const [pattern, instead] of REFUSED_IN_NAMES) {
        if (pattern.test(toWords(name))) context.report({ node, messageId: 'word', data: { word: name, instead } });
      }
    };
    return {
      Program: () => context.sourceCode.getAllComments().forEach((comment) => check(comment, comment.value)),
      // A literal without a space is a code or a key.
      Literal: (node) => typeof node.value === 'string' && node.value.includes(' ') && check(node, node.value),
      TemplateElement: (node) => check(node, node.value.raw),
      Identifier: (node) => checkName(node, node.name),
      PrivateIdentifier: (node) => checkName(node, node.name),
    };
  },
};

const wordingPlugins = { sluice: { rules: { wording } } };
const wordingRules = [
  { files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], rules: { 'sluice/wording': 'error' } },
  { files: REVIEWED.map((folder) => `${folder}/**/*.ts`), rules: { 'sluice/wording': ['error', { reviewed: true }] } },
]
  .filter(({ files }) => files.length > 0)
  .map((config) => ({
    ...config,
    ignores: ['**/*.test.ts', '**/src/test/**', 'packages/fake-panels/**'],
    plugins: wordingPlugins,
  }));

const packageRules = Object.entries(mayImport).map(([name, allowed]) => ({
  files: [`packages/${name}/src/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          dateFns,
          {
            regex: `^@sluice/(?!(${[...allowed, '-'].join('|')})(/|$))`,
            message: `${name} may import of ours only: ${allowed.join(', ') || 'nothing'}.`,
          },
          ...(name === 'quota-core'
            ? [{ regex: '^(node:|fs$|got$|better-sqlite3$)', message: 'quota-core is pure: no I/O.' }]
            : []),
        ],
      },
    ],
  },
}));

/** Tests of a package may use the fakes besides; the fakes' own tests may not use the packages. */
const packageTestRules = Object.entries(mayImport)
  .filter(([name]) => name !== 'fake-panels')
  .map(([name, allowed]) => ({
    files: [`packages/${name}/src/**/*.test.ts`, `packages/${name}/src/test/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            dateFns,
            {
              regex: `^@sluice/(?!(${[...allowed, 'fake-panels'].join('|')})(/|$))`,
              message: `Tests of ${name} may import of ours only: ${[...allowed, 'fake-panels'].join(', ')}.`,
            },
          ],
        },
      ],
    },
  }));

const conformanceRules = {
  files: ['test/conformance/src/**/*.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          dateFns,
          {
            regex: `^@sluice/(?!(${conformanceMayImport.join('|')})(/|$))`,
            message: `Conformance cases may import of ours only: ${conformanceMayImport.join(', ')}.`,
          },
        ],
      },
    ],
  },
};

/** Inside the command imports go one way: commands are at the top, output and files at the bottom. */
const cliLayers = [{ folder: 'output', forbidden: ['commands'] }].map(({ folder, forbidden }) => ({
  files: [`apps/cli/src/${folder}/**/*.ts`],
  ignores: ['**/*.test.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          dateFns,
          {
            regex: `\\.\\./(.*/)?(${forbidden.join('|')})/`,
            message: `${folder} may not import ${forbidden.join(', ')}.`,
          },
          { regex: '^@sluice/fake-panels', message: 'Only the demo and the tests use the fakes.' },
        ],
      },
    ],
  },
}));

/**
 * The one rule with types that oxlint does not have (.oxlintrc.json), for what sources alone get wrong. It takes longer than all
 * others together: `npm run test:long` has it.
 */
const typedRule = {
  files: ['**/*.ts'],
  ignores: TESTS,
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'error' },
};

export default ts.config(
  {
    ignores: [
      '**/dist/**',
      '**/.man/**',
      '**/node_modules/**',
      '**/.turbo/**',
      '**/.reports/**',
      '**/.stryker-tmp/**',
      '**/coverage/**',
      'docs/api/**',
      // Generated from the OpenAPI document.
      'packages/api-client/src/schema.ts',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...ts.configs.strict],
    rules: {
      'no-restricted-imports': ['error', { patterns: [dateFns] }],
      'no-restricted-syntax': ['error', ...moduleRules],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  ...(process.env.SLUICE_LONG === '1' ? [typedRule] : []),
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts', 'test/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/src/test/**'],
    rules: { 'max-lines-per-function': ['error', { max: 60 }], 'max-params': ['error', 4] },
  },
  commandRules,
  enforcementRules,
  ...wordingRules,
  ...packageRules,
  ...packageTestRules,
  conformanceRules,
  ...cliLayers,
  { files: ['**/*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: TESTS,
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        URLSearchParams: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
      },
    },
    rules: { 'no-restricted-syntax': 'off' },
  },
);
