import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './documented-steps.js';

const LONG = process.env['SLUICE_LONG'] === '1';
const check = LONG ? it : it.skip;

describe('the single file', () => {
  check(
    `runs without npm and Node, and leaves no file of the driver behind${LONG ? '' : ' (skipped: npm run test:long makes the file)'}`,
    () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'sluice-single-'));
      try {
        const file = path.join(folder, 'sluice');
        execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'bundle.mjs'), file], { stdio: 'ignore' });
        const env = { PATH: '/nowhere', HOME: folder, TMPDIR: folder };
        const run = (...words: string[]) => spawnSync(file, words, { cwd: folder, env, encoding: 'utf8' });
        expect(run('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
        expect(run('demo', '--json')).toMatchObject({ status: 0, stderr: '' });
        expect(readdirSync(folder)).toEqual(['sluice']);
        expect(
          run('init', '--panel', 'name=a,kind=easydcim,url=https://a.example.com,token-env=T', '--no-test').status,
        ).toBe(0);
        expect(run('schedule', 'show', '--absolute').stdout).toContain(` ${file} poll --quiet`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    600_000,
  );
});
