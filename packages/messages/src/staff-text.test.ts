import { expect, it } from '@jest/globals';
import { IntlMessageFormat } from 'intl-messageformat';
import { CATALOGUE } from './index.js';
import { stated } from './said.js';
import { STAFF_MESSAGES, type StaffKey, staffText } from './staff-text.js';

const KEYS = Object.keys(STAFF_MESSAGES) as StaffKey[];

type Node = ReturnType<IntlMessageFormat['getAst']>[number];

/** Of the types of the parser. */
const [LITERAL, TAG] = [0, 8];
const typeOf = (node: Node): number => node.type;

/** The names of the placeholders of parsed messages. */
function listNames(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => [
    ...(typeOf(node) !== LITERAL && 'value' in node ? [node.value] : []),
    ...('options' in node ? Object.values(node.options).flatMap(({ value }) => listNames(value)) : []),
  ]);
}

const nodesOf = (key: StaffKey): Node[] => new IntlMessageFormat(STAFF_MESSAGES[key], 'en').getAst();

it('has messages for staff under keys of their own', () => {
  expect(KEYS.filter((key) => !key.startsWith('staff.') || key in CATALOGUE.en)).toEqual([]);
});

it.each(KEYS)('%s is one line of plain text, and is written with its values', (key) => {
  const nodes = nodesOf(key);
  expect(STAFF_MESSAGES[key]).not.toMatch(/^\s|\s$|\s\s|[\p{Cc}\p{Cf}“”‘’]/u);
  // Of tags nothing could be written.
  expect(nodes.filter((node) => typeOf(node) === TAG)).toEqual([]);
  const values = Object.fromEntries(listNames(nodes).map((name) => [name, 7]));
  const written = (staffText as (key: StaffKey, values: object) => string)(key, values);
  expect(written).not.toMatch(/[{}]/);
});

it('writes figures, and leaves instants for who shows them', () => {
  const values = { panel: 'dcim', runs: 3, since: { instant: '2026-11-20T12:00:00Z' }, why: 'no answer' };
  expect(staffText('staff.unreachable', values)).toBe(
    'No call to panel "dcim" succeeded in 3 runs, since 2026-11-20T12:00:00Z: no answer',
  );
  const bought = { service: { bytes: 1536 }, package: { percent: 80 }, purchase: { day: '2026-11-20' } };
  const price = { money: '5', currency: 'EUR' };
  expect(staffText('staff.purchase.paid', { ...bought, price })).toBe(
    '1.50 KB: package 80% for 5.00 EUR is paid (2026-11-20)',
  );
});

it('leaves texts as they are, whatever they contain', () => {
  const service = "{x} '{y}' <b>#</b>";
  expect(staffText('staff.notBought', { service, why: 'a' })).toBe(`${service}: nothing was bought automatically: a`);
  expect(stated(service)).toBe(service);
});

it('refuses a message without one of its values, and types refuse a wrong one', () => {
  // @ts-expect-error: it lacks a value.
  expect(() => staffText('staff.subject', {})).toThrow('line');
  // @ts-expect-error: there is no such placeholder.
  expect(staffText('staff.subject', { line: 'a', other: 'b' })).toBe('Sluice: a');
  // @ts-expect-error: there is no such message.
  expect(() => staffText('staff.nothing')).toThrow(TypeError);
});
