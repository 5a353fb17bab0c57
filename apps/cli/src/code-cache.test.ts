import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CodeCache } from './code-cache.js';

const FIRST = `const second=require('./second.js');const path=require('node:path');
exports.answer=()=>path.join(second.name,'x');exports.fail=()=>{throw new Error('here')};`;

describe('the code cache', () => {
  let program: string;
  let folder: string;

  beforeEach(() => {
    program = mkdtempSync(path.join(tmpdir(), 'sluice-code-'));
    folder = path.join(program, 'compiled');
    writeFileSync(path.join(program, 'first.js'), FIRST);
    writeFileSync(path.join(program, 'second.js'), "exports.name='one';");
  });

  afterEach(() => {
    rmSync(program, { recursive: true, force: true });
  });

  /** Loads the program as a process of its own would; returns what it answers and the files whose compiled code was used. */
  function start(use = 'usage'): { answer: string; used: string[]; save: () => void } {
    const used: string[] = [];
    const require = createRequire(import.meta.url);
    const cache = new CodeCache({ program, folder, require, use, onUsed: (name) => used.push(name) });
    const { answer } = cache.load('first.js') as { answer: () => string };
    return {
      answer: answer(),
      used: used.sort(),
      save: () => {
        cache.save();
      },
    };
  }

  function startAndSave(use?: string): void {
    start(use).save();
  }

  const compiled = (name: string): string => path.join(folder, name);

  it('compiles what no process has compiled yet, and uses what one has', () => {
    const first = start();
    expect(first).toMatchObject({ answer: 'one/x', used: [] });
    first.save();
    expect(start()).toMatchObject({ answer: 'one/x', used: ['first.js', 'second.js'] });
  });

  it('loads each file once', () => {
    const require = createRequire(import.meta.url);
    const cache = new CodeCache({ program, folder, require, use: '' });
    expect(cache.load('second.js')).toBe(cache.load('second.js'));
  });

  it('names the file and the place in it where an error was thrown', () => {
    const require = createRequire(import.meta.url);
    const { fail } = new CodeCache({ program, folder, require, use: '' }).load('first.js') as { fail: () => void };
    let stack: string | undefined;
    try {
      fail();
    } catch (error) {
      ({ stack } = error as Error);
    }
    expect(stack).toContain(`${path.join(program, 'first.js')}:2:`);
  });

  it('saves the functions of another use once more, and those of the same one never again', () => {
    startAndSave('usage');
    const inode = (): number => lstatSync(compiled('first.js')).ino;
    const [usage] = [inode()];
    startAndSave('usage');
    expect(inode()).toBe(usage);
    startAndSave('plan');
    const plan = inode();
    startAndSave('usage');
    startAndSave('plan');
    expect(inode()).toBe(plan);
    expect(readFileSync(compiled('first.js'), 'latin1')).toContain('"uses":["usage","plan"]');
  });

  it('keeps what it has where there is no room for one more use', () => {
    startAndSave('usage');
    startAndSave('x'.repeat(5_000));
    expect(start().used).toEqual(['first.js', 'second.js']);
  });

  it('compiles a file again that was changed, and leaves the others', () => {
    startAndSave();
    writeFileSync(path.join(program, 'second.js'), "exports.name='other';");
    const changed = start();
    expect(changed).toMatchObject({ answer: 'other/x', used: ['first.js'] });
    changed.save();
    expect(start()).toMatchObject({ answer: 'other/x', used: ['first.js', 'second.js'] });
  });

  it('compiles again what was cut off or overwritten', () => {
    startAndSave();
    writeFileSync(compiled('first.js'), readFileSync(compiled('first.js')).subarray(0, 2_500));
    writeFileSync(compiled('second.js'), 'not code');
    expect(start()).toMatchObject({ answer: 'one/x', used: [] });
  });

  it('compiles again what was damaged: with such code, Node would end the process', () => {
    startAndSave();
    for (const name of ['first.js', 'second.js']) {
      const content = readFileSync(compiled(name));
      content[content.length - 40]! ^= 0x40;
      writeFileSync(compiled(name), content);
    }
    const damaged = start();
    expect(damaged).toMatchObject({ answer: 'one/x', used: [] });
    damaged.save();
    expect(start().used).toEqual(['first.js', 'second.js']);
  });

  it('does not use what others than the owner can write', () => {
    startAndSave();
    chmodSync(compiled('first.js'), 0o664);
    chmodSync(compiled('second.js'), 0o646);
    expect(start()).toMatchObject({ answer: 'one/x', used: [] });
  });

  it('does not follow a link', () => {
    startAndSave();
    const elsewhere = path.join(program, 'elsewhere');
    writeFileSync(elsewhere, readFileSync(compiled('first.js')));
    rmSync(compiled('first.js'));
    symlinkSync(elsewhere, compiled('first.js'));
    expect(start().used).toEqual(['second.js']);
  });

  it('writes nothing into a folder that others can write to, or that is a link', () => {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    startAndSave();
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
    const elsewhere = path.join(program, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, folder);
    startAndSave();
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('writes nothing beside a program that everybody can write to', () => {
    chmodSync(program, 0o777);
    startAndSave();
    expect(readdirSync(program).sort()).toEqual(['first.js', 'second.js']);
  });

  it('goes on where nothing can be written', () => {
    writeFileSync(folder, '');
    const first = start();
    expect(() => {
      first.save();
    }).not.toThrow();
    expect(start()).toMatchObject({ answer: 'one/x', used: [] });
  });

  it('leaves no file behind but the compiled ones, which are whole when they are seen', () => {
    startAndSave('usage');
    startAndSave('plan');
    expect(readdirSync(folder).sort()).toEqual(['first.js', 'second.js']);
    expect(lstatSync(compiled('first.js')).mode & 0o022).toBe(0);
  });
});
