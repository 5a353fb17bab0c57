import { readFileSync } from 'node:fs';

/** A file of example payloads, from `fixtures`. */
export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8')) as unknown;
}
