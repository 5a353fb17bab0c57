import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const entries = { 'index.ts': 50, 'account/index.ts': 30, 'panel/kind.ts': 5 };

/** Names that an entry exports; `npm run docs` checks their comments and that the types of their signatures are among them. */
function listExports(text: string): string[] {
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = '']) => names.split(','));
  const declared = [...text.matchAll(/^export (?:async )?(?:const|function|interface|type|class) (\w+)/gm)];
  return [...listed.map((name) => name.trim()), ...declared.map(([, name = '']) => name)].filter((name) => name !== '');
}

describe.each(Object.entries(entries))('the entry point %s', (entry, most) => {
  const text = readFileSync(path.join(import.meta.dirname, entry), 'utf8');

  it('has few names', () => {
    const names = listExports(text);
    expect(names).not.toEqual([]);
    expect(names.length).toBeLessThanOrEqual(most);
  });

  it('begins with what it is for and an example', () => {
    expect(text).toContain(' * @example\n');
  });
});
