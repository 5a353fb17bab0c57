import { readFileSync } from 'node:fs';

/** One exchange as recorded from the panel. */
export interface Fixture {
  request: { method: string; path: string; headers: Record<string, string>; json?: unknown };
  response: { status: number; contentType: string; json?: unknown; text?: string };
  note?: string;
}

export function fixture(name: string): Fixture {
  return JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8')) as Fixture;
}
