import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { checkConfigFile, configState, loadConfigFile } from './load.js';
import { formatProblem } from './problem.js';

const KNOWN = { kinds: [] };
const CONFIG = 'currency: EUR\npanels: {}\n';
const SMALL = 'packages:\n  small: { traffic: 50GB, price: "5.00" }\n';

let folder = '';
const file = (): string => path.join(folder, 'sluice.yaml');
const write = (name: string, text: string): void => {
  writeFileSync(path.join(folder, name), text, { mode: 0o600 });
};
const problems = (config: string): string[] => {
  write('sluice.yaml', config);
  return checkConfigFile(file(), KNOWN).problems.map(formatProblem);
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-included-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('has the packages of the files that it includes beside its own', () => {
  write('more.yaml', SMALL);
  write('empty.yaml', '# nothing yet\n');
  const own = SMALL.replace('small', 'big');
  write('sluice.yaml', `include: [more.yaml, empty.yaml]\n${CONFIG}${own}`);
  const { packages, include } = loadConfigFile(file(), KNOWN);
  expect(Object.keys(packages)).toEqual(['big', 'small']);
  expect(include).toEqual(['more.yaml', 'empty.yaml'].map((name) => path.join(folder, name)));
});

it('is refused with the file and the line of what is wrong in it', () => {
  write('more.yaml', 'packages:\n  small:\n    price: "5.00"\n    trafic: 50GB\n');
  expect(problems(`include: [more.yaml]\n${CONFIG}`)).toContainEqual(
    expect.stringMatching(/^more\.yaml, line 4: packages\.small\.trafic: .*"traffic"/),
  );
});

it.each<[what: string, included: string | null, config: string, says: RegExp]>([
  ['a file that is not there', null, '', /^line 1: include\.0: .*more\.yaml: there is no such file/],
  ['a file that is not YAML', 'packages: [', '', /^line 1: include\.0: more\.yaml, line 1: /],
  ['a file without entries', '[1]', '', /^more\.yaml: has to have products or packages/],
  ['a section of the config', 'serve: {}\n', '', /^more\.yaml, line 1: serve: can't be in an included file/],
  ['a list of packages', 'packages: [1]\n', '', /^more\.yaml, line 1: packages: has to be a map/],
  ['a package that the config has', SMALL, SMALL, /^more\.yaml, line 2: packages\.small: is in the config too/],
])('is refused with %s', (_what, included, config, says) => {
  if (included !== null) write('more.yaml', included);
  expect(problems(`include: [more.yaml]\n${CONFIG}${config}`)).toEqual([expect.stringMatching(says)]);
});

it('is refused with a package that stands in two files', () => {
  write('more.yaml', SMALL);
  write('again.yaml', SMALL);
  expect(problems(`include: [more.yaml, again.yaml]\n${CONFIG}`)).toEqual([
    'again.yaml, line 2: packages.small: is in more.yaml too: remove one of them',
  ]);
});

it.each(['include: more.yaml', 'include: [""]', 'include: [{}]'])('is refused with %s', (include) => {
  expect(problems(`${include}\n${CONFIG}`)).toEqual([expect.stringMatching(/^line 1: include/)]);
});

it('is another one once an included file is changed, or can be written by others', () => {
  write('more.yaml', SMALL);
  write('sluice.yaml', `include: [more.yaml]\n${CONFIG}`);
  const config = loadConfigFile(file(), KNOWN);
  const before = configState(config);
  write('more.yaml', SMALL.replace('50GB', '60GB'));
  const after = configState(config);
  expect(after).not.toBe(before);
  chmodSync(path.join(folder, 'more.yaml'), 0o622);
  expect(configState(config)).not.toBe(after);
  expect(loadConfigFile(file(), KNOWN).exposed).toEqual([
    expect.objectContaining({
      message: expect.stringContaining('can write ' + path.join(folder, 'more.yaml')) as unknown,
    }),
  ]);
  rmSync(path.join(folder, 'more.yaml'));
  expect(configState(config)).toBeNull();
});
