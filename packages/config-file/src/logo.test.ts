import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { configDigest } from './digest.js';
import { checkConfigFile, configState, loadConfigFile } from './load.js';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-logo-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

const withLogo = (name: string): string => write('s.yaml', `panels: {}\nbrand: { logo: ${name} }\n`);

describe('the logo of a config', () => {
  it.each([
    ['logo.svg', SVG, 'image/svg+xml'],
    ['declared.svg', `\uFEFF<?xml version="1.0"?>\n<!-- > -->\n<!DOCTYPE svg>\n${SVG}`, 'image/svg+xml'],
    ['logo.png', PNG, 'image/png'],
    ['by-content.svg', PNG, 'image/png'],
    ['logo.jpg', Buffer.from('ffd8ffe000104a464946', 'hex'), 'image/jpeg'],
    ['logo.webp', Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1'), 'image/webp'],
  ])('is read from its file, with the type of its content: %s', (name, content, type) => {
    write(name, content);
    const config = loadConfigFile(withLogo(name), { kinds: [] });
    expect(config.brand.logo).toBe(`data:${type};base64,${Buffer.from(content).toString('base64')}`);
    expect(config.logoFile).toBe(path.join(folder, name));
  });

  it.each([
    ['page.svg', '<!doctype html><html><body><svg xmlns="http://www.w3.org/2000/svg"></svg></body></html>', 'image'],
    ['bare.svg', '<svg></svg>', 'image'],
    ['open.svg', `<!-- ${SVG}`, 'image'],
    ['config.png', 'panels: {}\n', 'image'],
    ['empty.png', '', 'image'],
    ['gif.png', 'GIF89a\x01\0\x01\0', 'image'],
    ['long.png', Buffer.concat([PNG, Buffer.alloc(200_000)]), 'at most 200 kB'],
  ])('is refused at its line: %s', (name, content, why) => {
    write(name, content);
    const { config, problems } = checkConfigFile(withLogo(name), { kinds: [] });
    expect([config, problems]).toEqual([
      null,
      [{ severity: 'error', path: 'brand.logo', line: 2, message: expect.stringContaining(why) }],
    ]);
  });

  it('is refused where no file is, and is never waited for', () => {
    const messages = (name: string) =>
      checkConfigFile(withLogo(name), { kinds: [] }).problems.map((each) => each.message);
    expect(messages('none.svg')).toEqual([expect.stringContaining('(ENOENT)')]);
    expect(messages('.')).toEqual([expect.stringContaining('(EISDIR)')]);
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    expect(messages('pipe')).toEqual([expect.stringContaining('a pipe or a device')]);
  });

  it('is followed, and its content counts wherever its file is', () => {
    write('logo.svg', SVG);
    const config = loadConfigFile(withLogo('logo.svg'), { kinds: [] });
    const before = configState(config);
    expect(configState(config)).toBe(before);
    write('other.svg', SVG);
    const other = loadConfigFile(withLogo('other.svg'), { kinds: [] });
    expect(configDigest(other).digest).toBe(configDigest(config).digest);
    write('logo.svg', SVG.replace('1 1', '2 2'));
    expect(configState(config)).not.toBe(before);
    const changed = loadConfigFile(withLogo('logo.svg'), { kinds: [] });
    expect(configDigest(changed).digest).not.toBe(configDigest(config).digest);
    rmSync(path.join(folder, 'logo.svg'));
    expect(configState(config)).toBeNull();
  });

  it('is a file that another user could exchange for one of this user', () => {
    write('logo.svg', SVG);
    const file = withLogo('logo.svg');
    chmodSync(file, 0o666);
    const { problems } = checkConfigFile(file, { kinds: [] });
    expect(problems).toMatchObject([{ severity: 'error', message: expect.stringContaining('it names a file') }]);
  });
});
