import path from 'node:path';
import type { ConfigFinding } from '@sluice/engine';
import { suggestion } from '@sluice/engine/words';
import { readText } from './read-text.js';
import { PLACEHOLDER, PLACEHOLDERS } from './placeholders.js';
import { isMap } from './is-map.js';

/**
 * Finds messages of products that can't be read, and unknown placeholders in them. It reads the config as it is written, so
 * that they are reported beside its other errors.
 *
 * @param dir the folder that relative paths are relative to
 */
export function findMessageProblems(raw: unknown, dir: string): ConfigFinding[] {
  return Object.entries(toMap(toMap(raw)['products'])).flatMap(([name, product]) => {
    const { message: file } = toMap(toMap(product)['credentials']);
    if (typeof file !== 'string' || file === '') return [];
    const keys = ['products', name, 'credentials', 'message'];
    return listProblems(path.resolve(dir, file)).map((message) => ({
      severity: 'error' as const,
      path: keys,
      message,
    }));
  });
}

function toMap(value: unknown): Record<string, unknown> {
  return isMap(value) ? value : {};
}

function listProblems(file: string): string[] {
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
