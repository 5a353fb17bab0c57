import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { findStaffTexts } from './test/staff-texts.js';

const root = fileURLToPath(new URL('../../../packages/', import.meta.url));

/** Those that write notices. */
const PACKAGES = ['engine', 'easydcim-client', 'flvx-client', 'astbilling-client', 'hiddify-agent-traffic'];

function listFiles(name: string): string[] {
  const folder = path.join(name, 'src');
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|(?:^|[\\/])test[\\/]/.test(file))
    .map((file) => path.join(folder, file));
}

describe.each(PACKAGES)('%s', (name) => {
  const codes = new Map(listFiles(name).map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));

  it('writes no text for staff in place: all stand in the catalogue', () => {
    const found = [...codes].flatMap(([file, code]) =>
      findStaffTexts(code).map(({ line, text }) => `${file}:${line}: ${text}`),
    );
    expect(found).toEqual([]);
  });

  it('says its notices by the catalogue', () => {
    expect([...codes.values()].filter((code) => code.includes("staffText('staff.")).length).toBeGreaterThan(0);
  });
});

it.each([
  ['at once', "add({ code, key, message: 'is held by us' });", "'is held by us'"],
  ['as a constant', "const text = 'is held by us'; add({ code, key, panel, message: text });", "'is held by us'"],
  ['in a template', 'const message = `${id} is held`; add({ code, key, message });', '`${id} is held`'],
  ['by a choice', "add({ code, key, message: isHeld ? say() : 'not held' });", "'not held'"],
  ['behind a spread', "add({ ...{ code, key, message: 'is held by us' }, panel });", "'is held by us'"],
  ['through a function', "const say = () => 'is held by us'; add({ code, key, message: say() });", "'is held by us'"],
  [
    'through a parameter',
    "function note(plan, message) { plan.push({ code: A, key, message }); } note(plan, 'is held by us');",
    "'is held by us'",
  ],
  [
    'through a member of a parameter',
    "const note = (id, { message }) => ({ code, key: `k:${id}`, message }); note(1, { message: 'is held by us' });",
    "'is held by us'",
  ],
  ['for a service', "serviceNotice(service, 'hold', `${id} is held`, id);", '`${id} is held`'],
  ['as the value of a message', "staffText('staff.ofService', { service, what: 'is held by us' });", "'is held by us'"],
  ['as a text from elsewhere', 'stated(`${id} is held`);', '`${id} is held`'],
])('finds a text that stands in the code %s', (_how, code, text) => {
  expect(findStaffTexts(code)).toEqual([{ line: 1, text }]);
});

it('finds no text in keys, errors and what is not told', () => {
  const code = [
    "add({ code: 'a_b', key: `a:${b}`, message: staffText('staff.held', { service, why }) });",
    "throw new SluiceError('a', 'not one of them');",
    "add({ code, message: 'an error of a step' });",
    'serviceNotice(service, code, stated(error.message));',
    "problems.push({ code, key: ref, message: 'a reference is wrong' });",
  ];
  expect(findStaffTexts(code.join('\n'))).toEqual([]);
});
