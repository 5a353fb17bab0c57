import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { missingSecrets, resolveSecret, secretReferences } from './secrets.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-secrets-'));
  writeFileSync(path.join(folder, 'secret'), 'from-file\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('secret references', () => {
  it('are read from environment, file, program and systemd credential', () => {
    const sources = { env: { NAME: 'from-env', CREDENTIALS_DIRECTORY: folder }, dir: folder };
    const read = (value: string): string => resolveSecret(value, 'panels.x.token', sources);
    expect(read('${env:NAME}')).toBe('from-env');
    expect(read('${file:secret}')).toBe('from-file');
    expect(read('${credential:secret}')).toBe('from-file');
    expect(read('${cmd:echo from-program}')).toBe('from-program');
    expect(read('literal')).toBe('literal');
  });

  it('run programs with their place, language and zone, and the variables that are named', () => {
    const { PATH } = process.env;
    const env = { PATH, HOME: '/home/s', LC_ALL: 'C', XDG_RUNTIME_DIR: '/run/s', VAULT_ADDR: 'v', DCIM_TOKEN: 't' };
    const names = (childEnv?: string[]): string[] =>
      resolveSecret('${cmd:env}', 'panels.x.token', { env, dir: folder, ...(childEnv && { childEnv }) })
        .split('\n')
        .map((line) => line.split('=')[0] ?? '')
        .sort();
    expect(names()).toEqual(['HOME', 'LC_ALL', 'PATH', 'XDG_RUNTIME_DIR']);
    expect(names(['VAULT_ADDR', 'NOT_SET'])).toEqual(['HOME', 'LC_ALL', 'PATH', 'VAULT_ADDR', 'XDG_RUNTIME_DIR']);
  });

  it.each([
    '${env:NOT_SET}',
    '${env:constructor}',
    '${env:__proto__}',
    '${file:nowhere}',
    '${cmd:false}',
    '${credential:x}',
  ])('%s that can not be read names the key', (value) => {
    expect(() => resolveSecret(value, 'panels.x.token', { env: {}, dir: folder })).toThrow(/^panels\.x\.token: /);
  });

  it('from a pipe or a long file are refused, and not waited for', () => {
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    writeFileSync(path.join(folder, 'long'), 'x'.repeat(2_000_000));
    const read = (value: string) => () => resolveSecret(value, 'panels.x.token', { env: {}, dir: folder });
    expect(read('${file:long}')).toThrow(
      "panels.x.token: the secret can't be read: the file is too long: at most 1 MB",
    );
    expect(read('${file:pipe}')).toThrow("the secret can't be read: it is a pipe or a device, not a file");
  });

  it('are listed by name, each once', () => {
    const config = {
      a: ['${env:TWO}', '${env: ONE }'],
      b: { c: '${env:TWO}', d: '${credential:key}', e: '${file:x}' },
    };
    expect(secretReferences(config)).toEqual({ env: ['ONE', 'TWO'], credential: ['key'] });
  });

  it('that neither environment nor systemd has are named', () => {
    const config = ['${env:SET}', '${env:EMPTY}', '${env:NOT_SET}', '${credential:secret}', '${credential:gone}'];
    const env = { SET: 'x', EMPTY: '', CREDENTIALS_DIRECTORY: folder };
    expect(missingSecrets([...config, '${file:nowhere}'], env)).toEqual([
      'environment variable EMPTY',
      'environment variable NOT_SET',
      'systemd credential gone',
    ]);
  });
});
