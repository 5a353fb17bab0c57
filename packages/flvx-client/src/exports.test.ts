import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const here = import.meta.dirname;
const entries = { 'index.ts': 50, 'account/index.ts': 30, 'panel/kind.ts': 5 };

let program: ts.Program;
let checker: ts.TypeChecker;
beforeAll(() => {
  const roots = Object.keys(entries).map((entry) => path.join(here, entry));
  program = ts.createProgram(roots, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    customConditions: ['@sluice/source'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  });
  checker = program.getTypeChecker();
}, 60_000);

function resolved(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** What an entry point exports, by name. */
function exportsOf(entry: string): Map<string, ts.Symbol> {
  const file = program.getSourceFile(path.join(here, entry))!;
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(file)!);
  return new Map(symbols.map((symbol) => [symbol.name, resolved(symbol)]));
}

function isLocal(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).every(
    (node) =>
      ts.canHaveModifiers(node) && !ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
  );
}

/** Types of our own that the declarations of a symbol name; bodies are left out. */
function typesNamedBy(symbol: ts.Symbol): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || ts.isJsxExpression(node)) return;
    if (ts.isVariableDeclaration(node) && node.type !== undefined) {
      visit(node.type);
      return;
    }
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      const named = checker.getSymbolAtLocation(ts.isTypeReferenceNode(node) ? node.typeName : node.expression);
      const declared = named && resolved(named);
      const file = declared?.declarations?.[0]?.getSourceFile().fileName ?? '';
      if (declared && !(declared.flags & ts.SymbolFlags.TypeParameter) && /packages\/[a-z-]+\/src\//.test(file)) {
        // A type that its own file keeps to itself is a part of the one that names it.
        if (isLocal(declared)) declared.declarations?.forEach(visit);
        else found.push(declared);
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const declaration of symbol.declarations ?? []) visit(declaration);
  return found;
}

describe.each(Object.entries(entries))('the entry point %s', (entry, most) => {
  it('has few names, each with a doc comment', () => {
    const exported = exportsOf(entry);
    const bare = [...exported].filter(
      ([, symbol]) => ts.displayPartsToString(symbol.getDocumentationComment(checker)) === '',
    );
    expect(exported.size).toBeLessThanOrEqual(most);
    expect(bare.map(([name]) => name)).toEqual([]);
  });

  it('exports every type that its signatures name', () => {
    const exported = exportsOf(entry);
    const known = new Set(exported.values());
    // What another entry point or package exports too names types that are exported there.
    const home = path.dirname(entry) === '.' ? '/src/client/' : `/src/${path.dirname(entry)}/`;
    const isAbroad = (symbol: ts.Symbol): boolean =>
      !(symbol.declarations ?? []).some((node) =>
        node.getSourceFile().fileName.includes(`/packages/flvx-client${home}`),
      );
    const missing = [...exported].flatMap(([name, symbol]) =>
      isAbroad(symbol)
        ? []
        : typesNamedBy(symbol)
            .filter((type) => !known.has(type))
            .map((type) => `${name} names ${type.name}`),
    );
    expect(missing).toEqual([]);
  });

  it('begins with what it is for and an example', () => {
    expect(program.getSourceFile(path.join(here, entry))!.text).toContain(' * @example\n');
  });
});
