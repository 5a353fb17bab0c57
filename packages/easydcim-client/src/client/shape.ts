import { isObject } from './json.js';

const deepest = 6;
const mostElements = 50;
const mostPaths = 200;

/** The sorted key paths of an answer, without values: `data.ports[].id`. Bounded, so that no answer makes it large. */
export function shapeOf(json: unknown): string[] {
  const paths = new Set<string>();
  collect(json, '', 0, paths);
  return [...paths].sort();
}

function collect(value: unknown, path: string, depth: number, paths: Set<string>): void {
  if (depth > deepest || paths.size >= mostPaths) return;
  if (Array.isArray(value)) {
    const here = `${path}[]`;
    paths.add(here);
    for (const element of value.slice(0, mostElements)) collect(element, here, depth + 1, paths);
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (paths.size >= mostPaths) return;
      const here = path === '' ? key : `${path}.${key}`;
      paths.add(here);
      collect(inner, here, depth + 1, paths);
    }
  }
}
