import { stringify } from 'yaml';

/** Returns a value as YAML. A module of its own, since the bundle cannot import the CommonJS library on demand. */
export function toYaml(value: unknown): string {
  return stringify(value);
}
