/** Fails when source files import each other in a circle, types included (docs/architecture.md, Who may import whom). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '..');
const list = execFileSync('git', ['ls-files', 'packages/*/src/*.ts', 'apps/*/src/*.ts'], {
  cwd: root,
  encoding: 'utf8',
});
const files = new Set(list.split('\n').filter((file) => file !== '' && !/\.test\.ts$|\/test\//.test(file)));

function listImports(file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(root, file), 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => path.join(path.dirname(file), fileName).replace(/\.js$/, '.ts'))
    .filter((imported) => files.has(imported));
}

const done = new Set();
const circles = [];
function visit(file, above) {
  const at = above.indexOf(file);
  if (at !== -1) circles.push([...above.slice(at), file]);
  if (at !== -1 || done.has(file)) return;
  for (const imported of listImports(file)) visit(imported, [...above, file]);
  done.add(file);
}
for (const file of files) visit(file, []);
for (const circle of circles) process.stderr.write(`Circle of imports:\n  ${circle.join('\n  ')}\n`);
process.stdout.write(`${files.size} files, ${circles.length} circles\n`);
process.exitCode = circles.length === 0 ? 0 : 1;
