import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from './documented-steps.js';

let clone = '';
beforeAll(() => {
  clone = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-clone-')));
  cpSync(path.join(ROOT, 'scripts'), path.join(clone, 'scripts'), { recursive: true });
  mkdirSync(path.join(clone, 'packages'));
  mkdirSync(path.join(clone, 'apps', 'cli'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json', 'apps/cli/package.json'])
    cpSync(path.join(ROOT, file), path.join(clone, file));
  mkdirSync(path.join(clone, 'bin'));
  const npm = path.join(clone, 'bin', 'npm');
  writeFileSync(npm, '#!/bin/sh\necho "$*" > asked\nexit 1\n');
  chmodSync(npm, 0o755);
});
afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

describe('a fresh clone', () => {
  it.each(['demo', 'pack', 'bundle', 'bench', 'test'])('installs before `npm run %s` uses a dependency', (name) => {
    rmSync(path.join(clone, 'asked'), { force: true });
    const env = { PATH: `${path.join(clone, 'bin')}:/usr/bin:/bin` };
    const script = path.join(clone, 'scripts', `${name}.mjs`);
    const { stderr } = spawnSync(process.execPath, [script], { cwd: clone, env, encoding: 'utf8' });
    expect(stderr).not.toContain('ERR_MODULE_NOT_FOUND');
    expect(readFileSync(path.join(clone, 'asked'), 'utf8')).toBe('ci\n');
  });

  it('has everything that the image packs', () => {
    const kept = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8').split('\n');
    expect(kept).toEqual(expect.arrayContaining(['!scripts', '!packages', '!apps', '!integrations/whmcs/modules']));
    expect(readFileSync(path.join(ROOT, 'scripts', 'pack.mjs'), 'utf8')).toContain("'integrations', 'whmcs'");
  });
});
