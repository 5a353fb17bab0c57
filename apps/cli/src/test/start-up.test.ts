import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const DIST = path.join(import.meta.dirname, '..', '..', 'dist');

/** The files of the built command that Node reads before the first line of it runs. */
function readAtStart(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(path.join(DIST, file), 'utf8');
  for (const [, imported] of text.matchAll(/(?:^|[;}\n])(?:import|export)[^;()'"]*["']\.\/([^"']+\.js)["']/g)) {
    readAtStart(imported!, found);
  }
  return found;
}

describe('the start of the built command', () => {
  const files = [...readAtStart('main.js')];
  const sources = files.flatMap((file) => {
    const { sources: names } = JSON.parse(readFileSync(path.join(DIST, `${file}.map`), 'utf8')) as {
      sources: string[];
    };
    return names;
  });

  it('reads the words of the command line', () => {
    expect(sources.filter((name) => name.includes('node_modules/commander/'))).not.toEqual([]);
  });

  it.each(['zod', 'kysely', 'better-sqlite3', 'undici', 'yaml', 'date-fns', 'decimal.js'])(
    'does not read %s',
    (name) => {
      expect(sources.filter((source) => source.includes(`node_modules/${name}/`))).toEqual([]);
    },
  );
});
