import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../../../..');

/** All sources, by their path in the repository. */
function sources(): [string, string][] {
  return ['apps', 'packages', 'test']
    .flatMap((folder) => readdirSync(path.join(ROOT, folder)).map((name) => path.join(folder, name, 'src')))
    .filter((folder) => existsSync(path.join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => path.join(folder, file)),
    )
    .map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]);
}

/** Numbers of a document's headings: `5.3` and `H4` of `### 5.3 Writing` and `### H4 …`. */
function headings(document: string): Set<string> {
  const text = readFileSync(path.join(ROOT, document), 'utf8');
  return new Set([...text.matchAll(/^#+ (H?\d+(?:\.\d+)?)\b/gm)].map(([, number = '']) => number));
}

describe('comments', () => {
  it('refer only to documents that are there, and to sections that these have', () => {
    const known = new Map<string, Set<string>>();
    const wrong: string[] = [];
    let references = 0;
    for (const [file, text] of sources()) {
      for (const [, document = '', rest = ''] of text.matchAll(
        /\b(docs\/[\w/-]+\.md)((?:(?:,| and|;|\n[ *]+) ?H?\d+(?:\.\d+)?)*)/g,
      )) {
        references++;
        if (!existsSync(path.join(ROOT, document))) wrong.push(`${file}: ${document}`);
        else {
          known.set(document, known.get(document) ?? headings(document));
          const sections = [...rest.matchAll(/H?\d+(?:\.\d+)?/g)].map(([number]) => number);
          wrong.push(
            ...sections
              .filter((one) => known.get(document)?.has(one) !== true)
              .map((one) => `${file}: ${document}, ${one}`),
          );
        }
      }
    }
    expect(references).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });

  it('name no document that a reader does not have', () => {
    const elsewhere = /\b(?:cli|style|toolchain|anchors)\.md\b|\bcontract,? (?:section|hazard|\d)/;
    expect(sources().flatMap(([file, text]) => (elsewhere.test(text) ? [file] : []))).toEqual([]);
  });
});
