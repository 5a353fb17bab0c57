import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../../../../../..');
/** What another place of the client turns into one that the command shows, or what only a wrong use of the library meets. */
const INTERNAL = ['step_not_ready'];

/** Codes that the sources of a folder give to errors. */
function codesIn(folder: string): string[] {
  const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return sources.flatMap((file) => {
    const text = readFileSync(path.join(ROOT, folder, file), 'utf8');
    const found = text.matchAll(/(?:code: |failed\(|unread\(at, |FlvxRefusedError\(\s*)'([a-z]+(?:_[a-z]+)+)'/g);
    return [...found].map((match) => match[1] ?? '');
  });
}

it('error codes of FLVX each stand in the list with cause and remedy', () => {
  const codes = new Set([...codesIn('packages/flvx-client/src')]);
  expect(codes.size).toBeGreaterThan(10);
  const listed = readFileSync(path.join(ROOT, 'docs', 'errors.md'), 'utf8');
  const missing = [...codes].filter((code) => !INTERNAL.includes(code) && !listed.includes(`\`${code}\``));
  expect(missing).toEqual([]);
});
