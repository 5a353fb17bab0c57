import { printable } from '@sluice/panel-http/printable';
import { checkProfile } from './check.js';
import { defaultProfile } from './default-profile.js';
import { magnusProfile } from './magnus-profile.js';
import { mergeProfiles } from './merge.js';
import { ProfileError, type ProfileProblem } from './profile-error.js';
import { profileSchema } from './schema.js';
import type { Profile } from './schema.js';

/** The profiles that need no file. */
export const builtInProfiles: Readonly<Record<'default' | 'magnusbilling', Profile>> = {
  default: defaultProfile,
  magnusbilling: magnusProfile,
};

/** Profiles that need no check any more: it lasts longer than the rest of making a client. */
const checked = new WeakSet<object>(Object.values(builtInProfiles));

/** Returns the profile of that name, or a checked one; one that `parseProfile` returned, or that needs no file, is checked already. */
export function toProfile(profile: keyof typeof builtInProfiles | Profile): Profile {
  if (typeof profile === 'string') return builtInProfiles[profile];
  return checked.has(profile) ? profile : parseProfile(profile);
}

/**
 * Checks a profile, merged onto the one that it extends. The result shares nothing with the document.
 *
 * @throws ProfileError with every problem that was found
 */
export function parseProfile(document: unknown): Profile {
  const named = (document as { name?: unknown } | null)?.name;
  const name = typeof named === 'string' ? JSON.stringify(printable(named).slice(0, 64)) : 'without a name';
  const merged = mergeOntoBase(document, name);
  const { data, error } = profileSchema.safeParse(merged, { reportInput: false });
  if (error !== undefined) throw new ProfileError(name, error.issues.flatMap(toProblems));
  const problems = checkProfile(data);
  if (problems.length > 0) throw new ProfileError(name, problems);
  const profile = structuredClone(data);
  checked.add(profile);
  return profile;
}

/**
 * Reads the text of a profile file.
 *
 * @throws ProfileError also for a text that is not JSON
 *
 * @example
 * ```ts
 * const profile = readProfile('{"profileVersion":1,"name":"ours","extends":"default","basePath":"/rest"}');
 * ```
 */
export function readProfile(text: string): Profile {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new ProfileError('in the file', [{ path: '', message: 'it is not JSON; check commas, quotes and brackets' }]);
  }
  return parseProfile(document);
}

function mergeOntoBase(document: unknown, name: string): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new ProfileError(name, [{ path: '', message: 'write one JSON object' }]);
  }
  const { extends: base } = document as { extends?: unknown };
  if (typeof base !== 'string' || !Object.hasOwn(builtInProfiles, base)) return document;
  return { ...(mergeProfiles(builtInProfiles[base as 'default'], document) as object) };
}

interface Issue {
  code: string;
  path: PropertyKey[];
  message: string;
  keys?: string[];
  issues?: { message: string }[];
}

function toProblems(issue: object): ProfileProblem[] {
  const { code, path, message, keys = [], issues = [] } = issue as Issue;
  const at = path.map((part) => printable(String(part)).slice(0, 80));
  if (code === 'unrecognized_keys') {
    return keys.map((key) => ({
      path: [...at, printable(key).slice(0, 80)].join('.'),
      message: 'a profile has no such key; remove it, or correct its spelling',
    }));
  }
  const reason = code === 'invalid_key' ? (issues[0]?.message ?? message) : message;
  return [{ path: at.join('.'), message: reason.replace(/^Invalid (input: |option: |discriminator value\. )/, '') }];
}
