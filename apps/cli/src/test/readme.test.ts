import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { listNodes } from '../terminal/completion/script.js';
import { wholeProgram } from '../cli.js';

const text = readFileSync(path.join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
const table = text.slice(text.indexOf('## Commands'), text.indexOf('## Lists and times'));

it('the table of commands in the README names every command', () => {
  const program = wholeProgram('0.0.0');
  const rows = [...table.matchAll(/^\| (`.*?`) +\|/gm)].map(([, cell = '']): string[] => cell.match(/[\w-]+/g) ?? []);
  const commands = listNodes(program).filter(({ words, subcommands }) => words.length > 0 && subcommands.length === 0);
  const missing = commands.filter(({ words }) => !rows.some((row) => words.every((word) => row.includes(word))));
  expect(missing.map(({ words }) => words.join(' '))).toEqual([]);
  expect(commands.length).toBeGreaterThan(80);
});
