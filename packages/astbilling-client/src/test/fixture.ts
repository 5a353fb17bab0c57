import { readFileSync } from 'node:fs';

/** Reads a file of `fixtures`. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- A test knows what its fixture has.
export function fixture<T = Record<string, unknown>>(name: string): T {
  return JSON.parse(fixtureText(name)) as T;
}

/** The text of a file of `fixtures`, whose numbers have all their digits. */
export function fixtureText(name: string): string {
  return readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8');
}
