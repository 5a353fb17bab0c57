import path from 'node:path';
import { toItemError } from '@sluice/panel-kind/errors';
import type { ConfigAccess } from './exposed.js';
import { isMap } from './is-map.js';
import type { ConfigProblem } from './problem.js';
import { readConfig } from './read-config.js';
import { findLine, parseYaml, type YamlFile } from './yaml-document.js';

/** What an included file can have: maps of entries by name. */
const SECTIONS: readonly string[] = ['products', 'packages'];

/** A file that a config includes. */
interface IncludedFile extends YamlFile {
  /** As the config names it. */
  name: string;
  access: ConfigAccess;
}

/** A config with what it includes. */
interface WholeConfig {
  /** Its values as written, with the entries of the included files in the place of `include`. */
  raw: unknown;
  /** Absolute paths of the files. */
  files: string[];
  /** The files that could be read, for a check of their permissions. */
  parts: readonly { access: ConfigAccess; raw: unknown }[];
  problems: ConfigProblem[];
  /** Returns the line of a path, and its file where that is an included one. */
  findPlace: (keys: readonly string[]) => Pick<ConfigProblem, 'file' | 'line'>;
}

/** Reads the files that a config includes, relative to `dir`. Each product and each package stands in one file. */
export function readIncluded(config: YamlFile, dir: string): WholeConfig {
  const whole = { problems: [] as ConfigProblem[], owners: new Map<string, IncludedFile>() };
  const names = listNames(config.raw);
  const parts = names.flatMap((name, index) => {
    const place = { path: `include.${index}`, line: findLine(config, ['include']) };
    return readFile(path.resolve(dir, name), name, (message) => {
      whole.problems.push({ severity: 'error', ...place, message });
    });
  });
  const { include: _include, ...raw } = isMap(config.raw) ? config.raw : {};
  for (const file of parts) addEntries(raw, file, whole);
  return {
    raw: names.length === 0 ? config.raw : raw,
    files: names.map((name) => path.resolve(dir, name)),
    parts,
    problems: whole.problems,
    findPlace(keys) {
      const file = whole.owners.get(toEntry(keys));
      return file === undefined ? { line: findLine(config, keys) } : { file: file.name, line: findLine(file, keys) };
    },
  };
}

const toEntry = (keys: readonly string[]): string => JSON.stringify(keys.slice(0, 2));

/** Returns the names of the included files; none where `include` is not a list of texts, which the check of the config reports. */
function listNames(raw: unknown): string[] {
  const include: unknown = isMap(raw) ? raw['include'] : undefined;
  const isName = (name: unknown): name is string => typeof name === 'string';
  return Array.isArray(include) && include.every(isName) ? include : [];
}

function readFile(file: string, name: string, refuse: (message: string) => void): IncludedFile[] {
  try {
    const { text, access } = readConfig(file);
    const problems: ConfigProblem[] = [];
    const read = parseYaml(text, problems);
    for (const { line, message } of problems) refuse(`${name}${line === null ? '' : `, line ${line}`}: ${message}`);
    return problems.length > 0 ? [] : [{ ...read, name, access }];
  } catch (error) {
    refuse(`${toItemError(error).message}; restore the file, or remove it here`);
    return [];
  }
}

/** Adds the entries of an included file to the values of a config. */
function addEntries(
  raw: Record<string, unknown>,
  file: IncludedFile,
  { owners, problems }: { owners: Map<string, IncludedFile>; problems: ConfigProblem[] },
): void {
  const refuse = (keys: readonly string[], message: string): void => {
    const place = { file: file.name, line: findLine(file, keys), path: keys.join('.') };
    problems.push({ severity: 'error', ...place, message });
  };
  if (!isMap(file.raw)) {
    refuse([], `has to have ${SECTIONS.join(' or ')}`);
    return;
  }
  for (const [section, entries] of Object.entries(file.raw)) {
    if (!SECTIONS.includes(section)) {
      refuse(
        [section],
        `can't be in an included file, which has ${SECTIONS.join(' and ')} only: move it to the config`,
      );
      continue;
    }
    // What is not a map of entries there, the check of the config reports.
    const known = raw[section] ?? {};
    if (!isMap(known) || entries === null) continue;
    if (!isMap(entries)) {
      refuse([section], 'has to be a map of entries by name');
      continue;
    }
    const added: [name: string, value: unknown][] = [];
    for (const [name, value] of Object.entries(entries)) {
      const entry = toEntry([section, name]);
      if (Object.hasOwn(known, name)) {
        refuse([section, name], `is in ${owners.get(entry)?.name ?? 'the config'} too: remove one of them`);
      } else {
        owners.set(entry, file);
        added.push([name, value]);
      }
    }
    raw[section] = { ...known, ...Object.fromEntries(added) };
  }
}
