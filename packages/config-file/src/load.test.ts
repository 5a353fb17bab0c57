import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkConfigFile, checkConfigText, configState, loadConfigFile } from './load.js';
import { storePlace } from './readers.js';

describe('a config at a relative path', () => {
  it('is known by its absolute one, as is its state file', () => {
    const { config } = checkConfigText('panels: {}\nstate: ./state.db\n', 'conf/sluice.yaml', { kinds: [] });
    const folder = path.resolve('conf');
    expect(config).toMatchObject({ file: path.join(folder, 'sluice.yaml'), dir: folder });
    expect(config === null ? null : storePlace(config).location).toBe(path.join(folder, 'state.db'));
  });
});

it('an alias inside of what it stands for is an error at its line', () => {
  const read = (text: string) => checkConfigText(text, 'sluice.yaml', { kinds: [] });
  const loops = (text: string) =>
    read(text).problems.flatMap(({ line, message }) => (/is a part of what it stands for/.test(message) ? [line] : []));
  for (const text of ['panels: &a\n  b: *a\n', 'panels: {}\nx: &a\n  - { <<: *a }\n', '&a\n? *a\n: 1\n'])
    expect([read(text).config, loops(text)]).toEqual([
      null,
      [text.split('\n').findIndex((line) => line.includes('*')) + 1],
    ]);
  // The second anchor of a name is another one, and an alias behind it is no loop.
  for (const text of ['panels: &a {}\nx: &b [*a]\ny: [*b, *b]\n', 'panels: {}\nx: &a 1\ny: &b { c: &a 2, d: *a }\n'])
    expect(loops(text)).toEqual([]);
});

it('a file that is too long for a config is not read', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-long-'));
  const file = path.join(folder, 's.yaml');
  try {
    writeFileSync(file, `panels: {}\n${'#'.repeat(2_000_000)}\n`, { mode: 0o600 });
    expect(() => loadConfigFile(file, { kinds: [] })).toThrow('s.yaml: the file is too long: at most 1 MB');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('a config that is a link', () => {
  it('is checked in the folder of every link and of the file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-links-'));
    try {
      const create = (name: string): string => {
        mkdirSync(path.join(folder, name), { mode: 0o700 });
        return path.join(folder, name, 's.yaml');
      };
      const [link, between, real] = [create('own'), create('between'), create('real')];
      writeFileSync(real, 'panels: {}\n', { mode: 0o600 });
      symlinkSync('../real/s.yaml', between);
      symlinkSync(between, link);
      const messages = (): string[] => checkConfigFile(link, { kinds: [] }).problems.map(({ message }) => message);
      const before = messages();
      for (const at of [between, real]) {
        chmodSync(path.dirname(at), 0o777);
        expect(messages().filter((each) => !before.includes(each))).toEqual([
          `every user of this machine can replace ${at}, because its folder is writable. Run "chmod o-w ${path.dirname(at)}"`,
        ]);
        chmodSync(path.dirname(at), 0o700);
      }
      expect(loadConfigFile(link, { kinds: [] }).dir).toBe(path.dirname(link));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a config that is no file', () => {
  it('is refused without waiting for what a pipe or a device may say', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-pipe-'));
    try {
      const pipe = path.join(folder, 's.yaml');
      execFileSync('mkfifo', [pipe]);
      for (const file of [pipe, '/dev/zero']) {
        const load = (): unknown => loadConfigFile(file, { kinds: [] });
        expect(load).toThrow(`${file}: it is a pipe or a device, not a file`);
      }
      const { file, products } = checkConfigText('panels: {}\n', pipe, { kinds: [] }).config!;
      expect(configState({ file, include: [], products })).toBeNull();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a message that is no text', () => {
  const WHY = { pipe: 'it is a pipe or a device, not a file', long: 'the file is too long: at most 1 MB' };

  it.each(['long', 'pipe'] as const)('is refused and not waited for: a %s', (what) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-message-'));
    try {
      const [file, message] = [path.join(folder, 's.yaml'), path.join(folder, 'm.txt')];
      const text = 'products: { small: { credentials: { message: m.txt } } }\n';
      writeFileSync(file, text, { mode: 0o600 });
      if (what === 'pipe') execFileSync('mkfifo', [message]);
      else writeFileSync(message, 'x'.repeat(2_000_000));
      const { problems } = checkConfigFile(file, { kinds: [] });
      expect(problems.map((problem) => problem.message)).toContain(`${message} can't be read (${WHY[what]})`);
      const products = { small: { credentials: { message } } } as never;
      expect(configState({ file, include: [], products })).toBeNull();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
