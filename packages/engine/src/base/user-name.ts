import { visible } from '@sluice/panel-http/printable';
import { usageError } from '@sluice/panel-kind';

/** Most characters in the name of a user of an agent. */
const LONGEST = 100;

/**
 * Returns why a text is not the name of a new user of an agent: it is empty, has more than 100 characters, or has one that hides or
 * reorders others (control characters, bidi overrides); null where it is one. Blanks at its ends don't count.
 *
 * @example
 * ```ts
 * findNameProblem('anna\u202Egpj.exe'); // has the character U+202E, which hides or reorders others
 * ```
 */
export function findNameProblem(text: string): string | null {
  const characters = Array.from(text.trim());
  if (characters.length === 0) return 'is empty';
  if (characters.length > LONGEST) return `has ${characters.length} characters: use at most ${LONGEST}`;
  const hidden = characters.find((character) => visible(character) !== character);
  if (hidden === undefined) return null;
  const code = (hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `has the character U+${code}, which hides or reorders others`;
}

/**
 * Returns the name of a new user without blanks at its ends: panels show it as they get it.
 *
 * @throws SluiceError `bad_value`
 */
export function toUserName(text: string): string {
  const problem = findNameProblem(text);
  if (problem === null) return text.trim();
  throw usageError('bad_value', `name: the name of the user ${problem}; nothing was changed`, { field: 'name' });
}
