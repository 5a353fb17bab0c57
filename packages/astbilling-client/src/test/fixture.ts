import { readFileSync } from 'node:fs';

/** Reads a file of `fixtures`. */
export function fixture<T = Record<string, unknown>>(name: string): T {
  return JSON.parse(fixtureText(name)) as T;
}

/** The text of a file of `fixtures`, whose numbers have all their digits. */
export function fixtureText(name: string): string {
  return readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8');
}
