import ts from 'typescript';

/** Two words that follow each other are a text; a key, a name or a unit is none. */
const TEXT = /[a-z]{2,}[,;:]? [a-z]{2,}/i;

/** A text that staff are told and that stands in the code, with its line. */
export interface FoundText {
  line: number;
  text: string;
}

/**
 * Returns the texts of a file that get into a notice for staff: into `message` of what has a code and a key, into `serviceNotice`, or
 * as a value of another message. Constants, functions and parameters of the file are followed.
 */
export function findStaffTexts(code: string): FoundText[] {
  const file = ts.createSourceFile('x.ts', code, ts.ScriptTarget.Latest, true);
  const search = new Search(file);
  visit(file, (node) => {
    if (ts.isObjectLiteralExpression(node) && isNotice(node)) search.into(findMember(node, 'message'));
    if (!ts.isCallExpression(node)) return;
    const name = node.expression.getText(file);
    if (name === 'staffText' || name === 'stated') search.into(node);
    if (name === 'serviceNotice') search.into(node.arguments[2]);
  });
  return [...search.found.values()].sort((a, b) => a.line - b.line);
}

function visit(node: ts.Node, each: (node: ts.Node) => void): void {
  each(node);
  ts.forEachChild(node, (child) => {
    visit(child, each);
  });
}

/** The key of a notice is made of parts; that of a problem with a reference is its name. */
function isNotice(node: ts.ObjectLiteralExpression): boolean {
  const [code, key, message] = ['code', 'key', 'message'].map((name) => findMember(node, name));
  if (code === undefined || key === undefined || message === undefined) return false;
  return !ts.isIdentifier(key) || key.text === 'key';
}

/** Returns the value of a member of an object, also where it is spread into it. */
function findMember(node: ts.ObjectLiteralExpression, name: string): ts.Node | undefined {
  for (const member of node.properties) {
    if (ts.isShorthandPropertyAssignment(member) && member.name.text === name) return member.name;
    if (ts.isPropertyAssignment(member) && member.name.getText() === name) return member.initializer;
    const spread = ts.isSpreadAssignment(member) ? member.expression : undefined;
    const inner = spread !== undefined && ts.isObjectLiteralExpression(spread) ? findMember(spread, name) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

type Declared = ts.FunctionDeclaration | ts.ArrowFunction | ts.FunctionExpression;

/** Follows values inside of one file. */
class Search {
  readonly found = new Map<number, FoundText>();
  readonly #file: ts.SourceFile;
  readonly #seen = new Set<ts.Node>();

  constructor(file: ts.SourceFile) {
    this.#file = file;
  }

  into(node: ts.Node | undefined): void {
    if (node === undefined || this.#seen.has(node)) return;
    this.#seen.add(node);
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) this.#add(node);
    if (ts.isIdentifier(node)) this.#follow(node);
    else if (ts.isCallExpression(node)) this.#intoCall(node);
    else if (ts.isConditionalExpression(node)) for (const each of [node.whenTrue, node.whenFalse]) this.into(each);
    else if (ts.isPropertyAssignment(node)) this.into(node.initializer);
    else if (ts.isShorthandPropertyAssignment(node)) this.into(node.name);
    else if (ts.isPropertyAccessExpression(node)) this.#intoMember(node);
    // An error has a text of its own.
    else if (!ts.isNewExpression(node) && !ts.isTypeNode(node))
      ts.forEachChild(node, (child) => {
        this.into(child);
      });
  }

  #add(node: ts.Node): void {
    const text = node.getText(this.#file);
    if (!TEXT.test(text.replaceAll(/\$\{[^}]*\}/g, 'x'))) return;
    const { line } = this.#file.getLineAndCharacterOfPosition(node.getStart(this.#file));
    this.found.set(node.pos, { line: line + 1, text });
  }

  /** Of a constant object its member alone. */
  #intoMember({ expression, name }: ts.PropertyAccessExpression): void {
    const declared = ts.isIdentifier(expression) ? this.#findDeclaration(expression) : undefined;
    const value = declared !== undefined && ts.isVariableDeclaration(declared) ? declared.initializer : undefined;
    if (value !== undefined && ts.isObjectLiteralExpression(value)) this.into(findMember(value, name.text));
  }

  #intoCall(node: ts.CallExpression): void {
    const callee = node.expression;
    if (ts.isPropertyAccessExpression(callee)) this.into(callee.expression);
    const called = ts.isIdentifier(callee) ? this.#findFunction(callee) : undefined;
    if (called?.body !== undefined) this.#intoReturns(called.body);
    for (const each of node.arguments) this.into(each);
  }

  #intoReturns(body: ts.Node): void {
    if (!ts.isBlock(body)) {
      this.into(body);
      return;
    }
    visit(body, (node) => {
      if (ts.isReturnStatement(node)) this.into(node.expression);
    });
  }

  /** A name is a constant, a parameter, or a member of either. */
  #follow(node: ts.Identifier): void {
    const declared = this.#findDeclaration(node);
    if (declared === undefined) return;
    if (ts.isVariableDeclaration(declared)) this.into(declared.initializer);
    else this.#intoArguments(declared, node.text);
  }

  #findDeclaration(node: ts.Identifier): ts.VariableDeclaration | ts.ParameterDeclaration | undefined {
    let scope: ts.Node = node;
    let declared: ReturnType<typeof findDeclared>;
    do {
      scope = scope.parent;
      declared = findDeclared(scope, node.text);
    } while (declared === undefined && !ts.isSourceFile(scope));
    return declared;
  }

  /** What a parameter stands for is what the calls of its function pass. */
  #intoArguments(parameter: ts.ParameterDeclaration, name: string): void {
    const owner = parameter.parent;
    if (!isFunction(owner)) return;
    const index = owner.parameters.indexOf(parameter);
    const called = toName(owner);
    if (called === undefined) return;
    visit(this.#file, (node) => {
      if (!ts.isCallExpression(node) || node.expression.getText(this.#file) !== called) return;
      const passed = node.arguments[index];
      const isWhole = ts.isIdentifier(parameter.name);
      if (isWhole || passed === undefined || !ts.isObjectLiteralExpression(passed))
        this.into(isWhole ? passed : undefined);
      else this.into(findMember(passed, name));
    });
  }

  #findFunction(callee: ts.Identifier): Declared | undefined {
    let found: Declared | undefined;
    visit(this.#file, (node) => {
      if (isFunction(node) && toName(node) === callee.text) found ??= node;
    });
    return found;
  }
}

function isFunction(node: ts.Node): node is Declared {
  return ts.isFunctionDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

function toName(node: Declared): string | undefined {
  if (node.name !== undefined) return node.name.text;
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : undefined;
}

/** Returns where a name is declared in a scope: one of its variables, or a parameter. */
function findDeclared(scope: ts.Node, name: string): ts.VariableDeclaration | ts.ParameterDeclaration | undefined {
  const declarations = isFunction(scope)
    ? [...scope.parameters]
    : ts.isBlock(scope) || ts.isSourceFile(scope)
      ? scope.statements.flatMap((each) => (ts.isVariableStatement(each) ? [...each.declarationList.declarations] : []))
      : ts.isForOfStatement(scope) && ts.isVariableDeclarationList(scope.initializer)
        ? [...scope.initializer.declarations]
        : [];
  return declarations.find((each) => listNames(each.name).includes(name));
}

function listNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((each) => (ts.isOmittedExpression(each) ? [] : listNames(each.name)));
}
