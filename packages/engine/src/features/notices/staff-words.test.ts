import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

/** The files that write what channels are sent, in the folder of the features. */
const WRITERS = [
  ...[
    'after-run',
    'client-words',
    'digest',
    'digest-lines',
    'message-view',
    'notice-writer',
    'test-channels',
    'to-message',
  ].map((name) => `notices/${name}`),
  ...['auto-buy', 'purchase-notice', 'refused-buy', 'without-effect', 'would-buy'].map((name) => `purchases/${name}`),
  '../base/refused-credit',
];

/** Returns the texts of code in which two words follow each other; those of comments and errors that are thrown are none. */
function findTexts(code: string): string[] {
  const bare = code.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$|^import[^;]*;/gm, '');
  return [...bare.matchAll(/'[^'\n]*'|`[^`]*`/g)]
    .map(([text]) => text)
    .filter((text) => /[a-z]{2,} [a-z]{2,}/i.test(text));
}

it.each(WRITERS)('%s has no text of its own: what anybody is sent stands in the catalogue', (name) => {
  expect(findTexts(readFileSync(path.join(import.meta.dirname, '..', `${name}.ts`), 'utf8'))).toEqual([]);
});

it('finds a text of its own', () => {
  expect(findTexts("const a = 'No worker';\n// 'not this'\nadd(`Panel ${name} answers again`);")).toEqual([
    "'No worker'",
    '`Panel ${name} answers again`',
  ]);
});
