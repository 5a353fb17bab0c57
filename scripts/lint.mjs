import { ESLint } from 'eslint';
import path from 'node:path';
import ts from 'typescript';
import { parser } from 'typescript-eslint';
import { root, runTool } from './ensure-installed.mjs';

// Checks the types, and lints: the rules that need types are oxlint's, which finds the types several times as fast
// (.oxlintrc.json); all others, and in the long form one with types, are ESLint's.

const typed = runTool('oxlint', ['--type-aware', '--type-check', '--quiet']);

/** Lets ESLint's rule with types find them once, not once for each package. */
function withOneProgram() {
  const { fileNames, options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const sources = fileNames.filter((name) => !/\.test\.ts$|(^|\/)test\//.test(path.relative(root, name)));
  const program = ts.createProgram(sources, options);
  const parseForESLint = (text, given) =>
    parser.parseForESLint(
      text,
      given.projectService === true ? { ...given, projectService: false, programs: [program] } : given,
    );
  return { files: ['**/*.ts'], languageOptions: { parser: { ...parser, parseForESLint } } };
}

const eslint = new ESLint({ cwd: root, overrideConfig: process.env.SLUICE_LONG === '1' ? withOneProgram() : null });
const results = await eslint.lintFiles(['.']);
const { format } = await eslint.loadFormatter('stylish');
process.stdout.write(await format(results));

const failed = results.some(({ errorCount }) => errorCount > 0);
process.stdout.write(`${results.length} files linted\n`);
process.exitCode = (await typed) && !failed ? 0 : 1;
