import { type Alias, type Document, isAlias, isNode, LineCounter, parseDocument, visit } from 'yaml';
import type { ConfigProblem } from './problem.js';
import { yamlMessage } from './yaml-message.js';

/** A YAML file: its values as written, and where they stand; `document` is null where it can't be read. */
export interface YamlFile {
  document: Document | null;
  lines: LineCounter;
  raw: unknown;
}

/** Parses the text of a file, and adds what is wrong with it to `problems`. */
export function parseYaml(text: string, problems: ConfigProblem[]): YamlFile {
  const lines = new LineCounter();
  const before = problems.length;
  const add = (error: unknown, line: number | null): void => {
    problems.push({ severity: 'error', path: '', line, message: yamlMessage(error, text) });
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const { errors } = document;
    // A parser without stack left reports more than once, and what it reports besides means nothing.
    const exhausted = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
    for (const error of exhausted ? [exhausted] : errors) add(error, lines.linePos(error.pos[0]).line);
    const loops = problems.length === before ? findLoops(document) : [];
    for (const { range } of loops) {
      const message = 'an alias (*name) is a part of what it stands for: write the values out instead';
      problems.push({ severity: 'error', path: '', line: range ? lines.linePos(range[0]).line : null, message });
    }
    if (problems.length === before) return { document, lines, raw: document.toJS() ?? {} };
  } catch (error) {
    add(error, null);
  }
  return { document: null, lines, raw: null };
}

/** Finds the aliases inside of what they stand for: their values would have no end. */
function findLoops(document: Document): Alias[] {
  const anchored = new Map<string, unknown>();
  const loops: Alias[] = [];
  visit(document, (_key, node, path) => {
    if (isAlias(node)) {
      if (path.some((parent) => parent === anchored.get(node.source))) loops.push(node);
    } else if (isNode(node) && node.anchor !== undefined) anchored.set(node.anchor, node);
  });
  return loops;
}

/** Returns the line of the key of a path, or of the last part of it that is there; null where nothing of it is. */
export function findLine({ document, lines }: Omit<YamlFile, 'raw'>, keys: readonly string[]): number | null {
  for (let length = keys.length; length > 0 && document !== null; length--) {
    const key = keys[length - 1];
    const parent = length === 1 ? document.contents : document.getIn(keys.slice(0, length - 1).map(toKey), true);
    const items = (parent as { items?: { key?: { value?: unknown; range?: [number, number, number] } }[] } | null)
      ?.items;
    const pair = items?.find((item) => String(item.key?.value) === key);
    const offset = pair?.key?.range?.[0];
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return null;
}

function toKey(key: string): string | number {
  return /^\d+$/.test(key) ? Number(key) : key;
}
