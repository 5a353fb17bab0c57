import { suggestion } from '../suggestion.js';

/** A name that the config does not define. */
export interface ReferenceFinding {
  severity: 'error';
  path: string[];
  message: string;
}

/**
 * Finds the panels and packages that products name and that the config does not define, also in a config with other errors, so
 * that all errors are reported at once.
 */
export function findBrokenReferences(values: unknown): ReferenceFinding[] {
  const panels = names(values, 'panels');
  const packages = names(values, 'packages');
  return Object.entries(section(values, 'products')).flatMap(([name, product]) => {
    const { panel, packages: sold, autoBuy } = isMap(product) ? product : {};
    const offered = Array.isArray(sold) ? sold.filter((id) => typeof id === 'string') : [];
    const bought = isMap(autoBuy) ? autoBuy['package'] : undefined;
    const error = (keys: string[], message: string): ReferenceFinding => {
      return { severity: 'error', path: ['products', name, ...keys], message };
    };
    return [
      ...(typeof panel === 'string' && !panels.includes(panel)
        ? [error(['panel'], `there is no panel "${panel}"${suggestion(panel, panels)}`)]
        : []),
      ...offered
        .filter((id) => !packages.includes(id))
        .map((id) => error(['packages'], `there is no package "${id}"${suggestion(id, packages)}`)),
      ...(typeof bought === 'string' && !offered.includes(bought)
        ? [error(['autoBuy', 'package'], `"${bought}" is not among the packages of this product`)]
        : []),
    ];
  });
}

/** Returns the config without the entries and keys that have these errors, and without products on such panels. */
export function withoutBroken(values: unknown, paths: readonly (readonly string[])[]): unknown {
  const rest: unknown = structuredClone(values);
  if (!isMap(rest)) return rest;
  const lost = new Set<string>();
  for (const [key = '', name] of paths) {
    const entries = rest[key];
    if (name === undefined || !['panels', 'products', 'packages'].includes(key)) Reflect.deleteProperty(rest, key);
    else if (isMap(entries)) Reflect.deleteProperty(entries, name);
    if (key === 'panels' && name !== undefined) lost.add(name);
  }
  rest['panels'] ??= {};
  const products = section(rest, 'products');
  for (const [name, product] of Object.entries(products)) {
    const panel = isMap(product) ? product['panel'] : undefined;
    if (typeof panel === 'string' && lost.has(panel)) Reflect.deleteProperty(products, name);
  }
  return rest;
}

/** Returns whether a value of a config is a map of keys. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function names(values: unknown, key: string): string[] {
  return Object.keys(section(values, key));
}

function section(values: unknown, key: string): Record<string, unknown> {
  const found = isMap(values) ? values[key] : undefined;
  return isMap(found) ? found : {};
}
