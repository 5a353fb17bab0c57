import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { manPages } from './man-pages.js';

const folder = mkdtempSync(path.join(tmpdir(), 'man-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const installed = spawnSync('man', ['--version']).status === 0;
const check = installed ? it : it.skip;
const reason = installed ? '' : ' (skipped: man is not installed here)';

describe('the manual', () => {
  check(`shows text that looks like roff as it is${reason}`, () => {
    const odd = new Command('odd').description('the program');
    odd.command('make').description(`.SH it's \\fBnew\\fP`).option('--to <file>', `'a "b" ~ ^ \`c\` – ü \\n(.x`);
    const pages = manPages(odd, { version: '1', summary: 'odd texts', exitStatus: [], environment: [], files: [] });
    expect([...pages.keys()]).toEqual(['odd.1', 'odd-make.1']);
    const file = path.join(folder, 'odd-make.1');
    writeFileSync(file, pages.get('odd-make.1') ?? '');
    const env = { ...process.env, MANWIDTH: '80', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' };
    const { stdout, stderr } = spawnSync('man', ['--warnings', '-l', file], { env, encoding: 'utf8' });
    expect(stderr).toBe('');
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain(`.SH it's \\fBnew\\fP`);
    expect(text).toContain(`--to <file> 'a "b" ~ ^ \`c\` – ü \\n(.x`);
  });
});
