import { ESLint } from 'eslint';
import path from 'node:path';
import ts from 'typescript';
import { parser } from 'typescript-eslint';
import { root, runTool } from './ensure-installed.mjs';

// Checks the types, and lints: the rules that need types are oxlint's, which finds the types several times as fast
// (.oxlintrc.json); all others, and one with types, are ESLint's.

const typed = runTool('oxlint', ['--type-aware', '--type-check', '--quiet']);

const { fileNames, options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  root,
);
// By itself ESLint would find the types once for each package.
const sources = fileNames.filter((name) => !/\.test\.ts$|(^|\/)test\//.test(path.relative(root, name)));
const program = ts.createProgram(sources, options);

const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: {
      parser: {
        ...parser,
        parseForESLint: (text, given) =>
          parser.parseForESLint(
            text,
            given.projectService === true ? { ...given, projectService: false, programs: [program] } : given,
          ),
      },
    },
  },
});
const results = await eslint.lintFiles(['.']);
const { format } = await eslint.loadFormatter('stylish');
process.stdout.write(await format(results));

const failed = results.some(({ errorCount }) => errorCount > 0);
process.stdout.write(`${fileNames.length} files with types, ${results.length} linted\n`);
process.exitCode = (await typed) && !failed ? 0 : 1;
