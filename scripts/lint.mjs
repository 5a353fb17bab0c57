import { ESLint } from 'eslint';
import path from 'node:path';
import ts from 'typescript';
import { parser } from 'typescript-eslint';
import { root } from './ensure-installed.mjs';

// Checks the types, and lints all files with the types that this found: by itself ESLint would find them once for each package,
// which takes three times as long.

const { fileNames, options, errors } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  root,
);
const program = ts.createProgram(fileNames, options);
const diagnostics = [...errors, ...ts.getPreEmitDiagnostics(program)];
const host = { getCurrentDirectory: () => root, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
process.stdout.write(ts.formatDiagnostics(diagnostics, host));

const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: {
      parser: {
        ...parser,
        parseForESLint: (text, given) =>
          parser.parseForESLint(text, { ...given, projectService: false, programs: [program] }),
      },
    },
  },
});
const results = await eslint.lintFiles(['.']);
const { format } = await eslint.loadFormatter('stylish');
process.stdout.write(await format(results));

const failed = diagnostics.length > 0 || results.some(({ errorCount }) => errorCount > 0);
process.stdout.write(`${fileNames.length} files with types, ${results.length} linted\n`);
process.exitCode = failed ? 1 : 0;
