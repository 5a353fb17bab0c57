import type { Config } from '../config/load.js';

/** Names behind the references to secrets in a config, by kind, each once and sorted. */
export function secretReferences(config: Config): { env: string[]; credential: string[] } {
  const found = { env: new Set<string>(), credential: new Set<string>() };
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      const [, kind, name] = /^\$\{(env|credential):([^}]*)\}$/.exec(value) ?? [];
      if (kind === 'env' || kind === 'credential') found[kind].add((name ?? '').trim());
    } else if (typeof value === 'object' && value !== null) {
      Object.values(value).forEach(visit);
    }
  };
  visit(config.panels);
  return { env: [...found.env].sort(), credential: [...found.credential].sort() };
}
