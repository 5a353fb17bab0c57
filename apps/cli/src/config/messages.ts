import { type Config as EngineConfig, type ConfigFinding, suggestion } from '@sluice/engine';
import { PLACEHOLDER, PLACEHOLDERS } from '../files/placeholders.js';
import { readText } from '../files/read-text.js';

/** Finds messages of products that can't be read, and unknown placeholders in them. */
export function findMessageProblems(config: Pick<EngineConfig, 'products'>): ConfigFinding[] {
  return Object.entries(config.products).flatMap(([name, { credentials }]) => {
    if (credentials?.message === undefined) return [];
    const path = ['products', name, 'credentials', 'message'];
    return problemsOf(credentials.message).map((message) => ({ severity: 'error' as const, path, message }));
  });
}

function problemsOf(file: string): string[] {
  let template: string;
  try {
    template = readText(file, { code: 'config_invalid' });
  } catch (error) {
    return [(error as Error).message];
  }
  const names = [...template.matchAll(PLACEHOLDER)].map(([, text = '']) => text.trim());
  const unknown = [...new Set(names)].filter((name) => !PLACEHOLDERS.some((known) => known === name));
  return unknown.map(
    (name) => `${file} has an unknown placeholder "{{${name}}}"${suggestion(name, [...PLACEHOLDERS])}`,
  );
}
