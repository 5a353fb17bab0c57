import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { describedSchema } from '@sluice/engine';
import { BILLING, CHANNELS, KINDS } from '../kinds.js';

/** Of the messages: which languages there are, how a message for later is made, and how times are written. */
const FOR_ALL = ['languages.ts', 'said.ts', 'short-time.ts'];

const DIST = path.join(import.meta.dirname, '..', '..', 'dist');

/** The files of the built command that are read before the first line of it runs; what is loaded when it is called is not. */
function readAtStart(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(path.join(DIST, file), 'utf8');
  for (const [, required] of text.matchAll(/(?<!=>)\brequire\('\.\/([^']+\.js)'\)/g)) readAtStart(required!, found);
  return found;
}

/** The sources in a file of the built command and in what it reads with it. */
function listSources(entry: string): string[] {
  return [...readAtStart(entry)].flatMap((file) => {
    const { sources } = JSON.parse(readFileSync(path.join(DIST, `${file}.map`), 'utf8')) as { sources: string[] };
    return sources;
  });
}

describe('the start of the built command', () => {
  const sources = listSources('command.js');

  it('reads the words of the command line', () => {
    expect(sources.filter((name) => name.includes('node_modules/commander/'))).not.toEqual([]);
  });

  it.each(['zod', 'kysely', 'better-sqlite3', 'undici', 'yaml', 'date-fns', 'decimal.js', 'pg'])(
    'does not read %s',
    (name) => {
      expect(sources.filter((source) => source.includes(`node_modules/${name}/`))).toEqual([]);
    },
  );

  it('is required by no other file at its start, so that a command runs once however it was started', () => {
    const others = readdirSync(DIST).filter((name) => name.endsWith('.js') && name !== 'command.js');
    expect(others.filter((name) => readAtStart(name).has('command.js'))).toEqual([]);
  });

  it('requires all of Node that it needs: what runs as a script cannot import', () => {
    const names = readdirSync(DIST).filter((name) => name.endsWith('.js'));
    const importing = names.filter((name) => /(?<![.\w$])import\(/.test(readFileSync(path.join(DIST, name), 'utf8')));
    expect(importing).toEqual([]);
  });

  it('does not read what can be done about errors', () => {
    expect(sources.filter((source) => /\/remed(ies|y-texts)\.ts$/.test(source))).toEqual([]);
  });
});

describe('a command that opens the store', () => {
  const files = [...new Set(['command.js', 'common.js'].flatMap((file) => [...readAtStart(file)]))].sort();
  const sources = ['command.js', 'common.js'].flatMap(listSources);

  it('is read from four files', () => {
    expect(files).toEqual(['command.js', 'common.js', 'names.js', 'start.js']);
    expect(sources.filter((name) => name.endsWith('/src/commands/usage.ts'))).not.toEqual([]);
  });

  it('reads nothing of PostgreSQL, and of copies of the store only what marks one', () => {
    const run = listSources('run.js');
    for (const read of [sources, run]) {
      expect(
        read.filter((name) => /node_modules\/pg(-|\/)|state-store\/src\/postgres\/(?!url\.ts)/.test(name)),
      ).toEqual([]);
      const ofCopies = read.filter((name) => name.includes('state-store/src/copy/'));
      expect([...new Set(ofCopies.map((name) => path.basename(name)))].sort()).toEqual([
        'index.ts',
        'move-mark.ts',
        'refuse-marked.ts',
      ]);
    }
  });

  it('does not load cryptography', () => {
    const texts = files.map((name) => readFileSync(path.join(DIST, name), 'utf8'));
    expect(texts.filter((text) => /(?<!=>)\brequire\('(node:)?crypto'\)/.test(text))).toEqual([]);
  });

  it('has no character that would make Node read a file at two bytes a character', () => {
    const wide = files.filter((name) => /[\u0100-\uffff]/.test(readFileSync(path.join(DIST, name), 'utf8')));
    expect(wide).toEqual([]);
  });

  it('requires no package but the compiled part of the driver', () => {
    const required = files.flatMap((name) => {
      const text = readFileSync(path.join(DIST, name), 'utf8');
      return [...text.matchAll(/(?<![\w$.>])require\(['"]([^'"./][^'"]*)['"]\)/g)].map(([, id]) => id!);
    });
    expect(required).toContain('fs');
    expect(required.filter((id) => !isBuiltin(id))).toEqual([]);
    const { dependencies } = JSON.parse(readFileSync(path.join(DIST, '..', 'package.json'), 'utf8')) as {
      dependencies: object;
    };
    expect(Object.keys(dependencies)).toEqual(['better-sqlite3']);
  });

  it('is at most 1,600 kB of code, which is what its start takes', () => {
    const bytes = files.map((name) => statSync(path.join(DIST, name)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_600_000);
  });

  it('reads of zod only what our schemas use', () => {
    const ofZod = sources.filter((name) => name.includes('node_modules/zod/'));
    expect(ofZod).not.toEqual([]);
    expect(ofZod.filter((name) => name.includes('/locales/'))).toEqual([]);
  });

  it('reads no parser of CSV, no chart, and of messages no texts', () => {
    expect(sources.filter((name) => /node_modules\/csv-/.test(name))).toEqual([]);
    expect(sources.filter((name) => name.includes('packages/charts/'))).toEqual([]);
    const ofMessages = sources.filter((name) => name.includes('packages/messages/'));
    expect([...new Set(ofMessages.map((name) => path.basename(name)))].sort()).toEqual(FOR_ALL);
  });
});

it('the loop is read from one more file', () => {
  const files = [...readAtStart('run.js')].sort();
  expect(files).toEqual(['common.js', 'names.js', 'run.js', 'start.js']);
  expect(listSources('run.js').filter((name) => name.endsWith('/engine/src/loop/apply.ts'))).not.toEqual([]);
});

it('the loop reads what staff are told, and no language of customers', () => {
  const ofMessages = listSources('run.js').filter((name) => name.includes('packages/messages/src/languages/'));
  expect([...new Set(ofMessages.map((name) => path.basename(name)))]).toEqual(['staff.ts']);
});

it('the package contains the JSON Schema of the config', () => {
  const shipped: unknown = JSON.parse(readFileSync(path.join(DIST, 'sluice.schema.json'), 'utf8'));
  expect(shipped).toEqual(JSON.parse(JSON.stringify(describedSchema(KINDS, BILLING, CHANNELS))));
});

describe('the completion of names', () => {
  it('reads neither the schema of the config nor the engine, so that the shell need not wait', () => {
    const atStart = listSources('command.js');
    const sources = listSources('names.js').filter((source) => !atStart.includes(source));
    expect(sources.filter((source) => source.endsWith('/find-config-file.ts'))).not.toEqual([]);
    expect(sources.filter((source) => /node_modules\/(zod|undici|date-fns)\/|packages\/engine\//.test(source))).toEqual(
      [],
    );
  });
});

describe('the code that a command has compiled', () => {
  const parts = ['main.js', 'command.js', 'start.js', 'package.json'];
  const env = { PATH: process.env['PATH'], TZ: 'UTC' };

  /** A copy of the command whose folder is its own; `version` needs no more of it. */
  function inCopy(check: (folder: string, version: (words?: string[]) => void) => void): void {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-compiled-'));
    try {
      for (const part of parts) copyFileSync(path.join(DIST, part), path.join(folder, part));
      check(folder, (words = []) => {
        const { stdout, stderr } = spawnSync(process.execPath, [...words, path.join(folder, 'main.js'), 'version'], {
          env,
          encoding: 'utf8',
        });
        expect([stdout, stderr]).toEqual(['0.1.0\n', '']);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it('stands beside the command, and is written once', () => {
    inCopy((folder, version) => {
      version();
      const compiled = path.join(folder, 'compiled');
      expect(readdirSync(compiled).sort()).toEqual(['command.js', 'start.js']);
      const inode = (): number => statSync(path.join(compiled, 'command.js')).ino;
      const first = inode();
      version();
      expect(inode()).toBe(first);
    });
  });

  it('is left out with options of Node, which may be those of a debugger', () => {
    inCopy((folder, version) => {
      version(['--enable-source-maps']);
      expect(readdirSync(folder).sort()).toEqual([...parts].sort());
    });
  });

  it('is not packed', () => {
    const { files } = JSON.parse(readFileSync(path.join(DIST, '..', 'package.json'), 'utf8')) as { files: string[] };
    expect(files).toContain('!dist/compiled');
  });
});
