/** Prints every text that a user of the packages and apps can read, one a line with its place: `npm run -s texts`. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '..');
/** Sources whose strings are read by programs alone, and those of tests and fakes. */
const SKIPPED = /\.test\.ts$|\/test\/|^packages\/fake-panels\/|^apps\/cli\/src\/terminal\/completion\//;
const SQL = new RegExp(
  [
    /\b(SELECT|INSERT INTO|DELETE FROM|CREATE (TABLE|INDEX|TRIGGER|UNIQUE)|ALTER TABLE|PRAGMA|WHERE|ORDER BY|VALUES)\b/,
    /^\W*(select|pragma|returning|on conflict) |^update \w+ set |^\w+_\w+ as \w+$|^\S+ as [a-z]$|^"\w+" [<>=]/,
  ]
    .map((pattern) => pattern.source)
    .join('|'),
);
/** Requests, tags and attributes of SVG, flags of options. */
const NO_PROSE = /^((GET|POST|PUT|PATCH|DELETE) \S+$|<\/?\??\w|[\w-]+="|-{1,2}[\w, -]+ [<[])/;
const SQL_CALLS = new Set(['prepare', 'exec', 'pragma']);
/** Calls and properties whose texts are shown even where they are a single word. */
const SHOWN_CALLS = new Set(['table', 'description', 'describe', 'line', 'info', 'warn', 'addHelpText']);
const SHOWN_PROPERTIES = new Set(['message', 'title', 'label', 'question', 'heading', 'text', 'hint']);

const isString = (node) => ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node);
const isPlus = (node) => ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;

/** Returns the text of a literal, template or sum of them with `{…}` for each value, or null where it is neither. */
function toText(node) {
  if (isString(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `{…}${literal.text}`).join('');
  }
  if (!isPlus(node)) return null;
  const parts = [node.left, node.right].map(toText);
  return parts.every((part) => part === null) ? null : parts.map((part) => part ?? '{…}').join('');
}

const toName = (node) => (ts.isPropertyAccessExpression(node) ? node.name.text : (node.text ?? ''));

/** Strings that name something: modules, keys, members, values that are compared. */
function isName(node) {
  const { parent } = node;
  return (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isLiteralTypeNode(parent) ||
    ts.isTaggedTemplateExpression(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isCaseClause(parent) ||
    (ts.isCallExpression(parent) && SQL_CALLS.has(toName(parent.expression))) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBinaryExpression(parent) && /^[!=]==?$/.test(parent.operatorToken.getText()))
  );
}

/** Whether the nearest call or property around a node shows its texts. */
function isShown(node) {
  for (let at = node.parent; at !== undefined && !ts.isStatement(at); at = at.parent) {
    if (ts.isCallExpression(at)) return SHOWN_CALLS.has(toName(at.expression)) && !ts.isCallExpression(node.parent);
    if (ts.isPropertyAssignment(at)) return SHOWN_PROPERTIES.has(toName(at.name));
  }
  return false;
}

function isProse(node, text) {
  if (!/\p{L}{2}/u.test(text.replaceAll('{…}', '')) || SQL.test(text) || NO_PROSE.test(text)) return false;
  return /\p{L}[^\s]* \S|\S \p{L}/u.test(text.trim()) || /\p{L}[.!?:]$/u.test(text.trim()) || isShown(node);
}

function listTexts(file) {
  const source = ts.createSourceFile(file, readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    const text = toText(node);
    if (text !== null && !isName(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      if (isProse(node, text)) found.push(`${file}:${line + 1}  ${text.replaceAll('\n', '\\n').trim()}`);
    }
    // The strings of a sum are in its text; only what its values and placeholders contain is still to be found.
    const inside = (child) =>
      text !== null && (isString(child) || isPlus(child)) ? ts.forEachChild(child, inside) : visit(child);
    ts.forEachChild(node, isPlus(node) ? inside : visit);
  };
  visit(source);
  return found;
}

const files = execFileSync('git', ['ls-files', 'packages/*/src/*.ts', 'apps/*/src/*.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !SKIPPED.test(file))
  .sort();
process.stdout.write(`${files.flatMap(listTexts).join('\n')}\n`);
