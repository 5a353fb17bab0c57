import type { Because, Explanation } from '@sluice/engine';
import { printable } from '@sluice/panel-http/printable';
import { withRemedy } from '../../remedies.js';
import { STATE_REMEDIES } from '../../state-remedies.js';
import type { Times } from '../times.js';
import { shellWords } from '../words.js';

/** Stands in no text. */
const NONE = '\0';

type Explained = Pick<Explanation, 'because' | 'service'>;

/** Returns sentences that say why a service is in its state, and which commands change that. */
export function explainState({ because, service }: Explained, times: Times): string[] {
  const { id, panel, product } = service;
  return because.map(({ code, text, details }) => {
    const said = details['error'] === undefined ? text : withErrorsRemedy(text, service);
    const dated = said
      .replaceAll(String(details['cycleEnd'] ?? NONE), (end) => times.bound(end, panel) ?? end)
      .replaceAll(String(details['readAt'] ?? NONE), (at) => times.ago(at, panel) ?? at);
    const sentence = times.text(dated, panel);
    const remedy = findRemedy(STATE_REMEDIES[code], { service: id, panel, product, ...details });
    if (remedy === null) return sentence;
    return remedy.startsWith('sluice ') ? `${sentence.replace(/\.$/, '')}: ${remedy}.` : `${sentence} ${remedy}.`;
  });
}

/** Puts behind the message of an error what an operator can do about it. */
function withErrorsRemedy(text: string, { id, panel, error, panelUndecided }: Explained['service']): string {
  return [error, panelUndecided].reduce<string>((said, failed) => {
    const message = failed?.message?.replace(/\.$/, '') ?? '';
    if (failed == null || message === '') return said;
    const remedied = withRemedy({ code: failed.code, message, details: { service: id, panel } });
    return said.replace(message, () => remedied);
  }, text);
}

const NAME = /\{(\??)(\w+)\}/g;

/** Returns the first text whose details are all known, with these as words of a shell; null for none. */
function findRemedy(texts: string | readonly string[] = [], details: Because['details']): string | null {
  const isKnown = (text: string): boolean =>
    [...text.matchAll(NAME)].every(([, , name = '']) => details[name] !== undefined);
  const found = [texts].flat().find(isKnown);
  if (found === undefined) return null;
  // A command is repeated for each of several names.
  return found
    .split('; ')
    .flatMap((part) => {
      const many = [...part.matchAll(NAME)].map(([, , name = '']) => details[name]).find(Array.isArray) ?? [''];
      return many.map((one: string) =>
        part.replace(NAME, (_, mark: string, name: string) => {
          if (mark !== '') return '';
          const value = details[name];
          return shellWords([printable(typeof value === 'string' ? value : one)]);
        }),
      );
    })
    .join('; ');
}
