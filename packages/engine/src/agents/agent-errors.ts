import { isAgentTrafficError } from '@sluice/hiddify-agent-traffic/account';
import { suggestion } from '../suggestion.js';
import { SluiceError } from '@sluice/panel-kind';

/** Names that are offered for a mistyped one. */
const MOST_NAMES = 2000;

/** What is said of a list that was taken for broken, and how it is allowed in words of the command. */
export function withRemedy({ code, message }: { code: string; message: string }): string {
  if (code !== 'list_empty' && code !== 'list_halved') return message;
  return `${message} If that is right, run "sluice agent check --all --allow-mass" once.`;
}

/** Runs `work`; what the library refuses becomes an error of the command, with the nearest name where an agent is unknown. */
export async function withAgentErrors<T>(text: string | null, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAgentTrafficError(error)) throw error;
    const { code, message, details } = error;
    const { names, agent: _typed, ...rest } = details;
    const known = Array.isArray(names) ? names.filter((name) => typeof name === 'string').slice(0, MOST_NAMES) : [];
    const hint = code === 'unknown_agent' && text !== null ? suggestion(text, known) : '';
    const told = hint === '' || hint.length > 200 ? message : message.replace(/\.$/, '') + hint;
    throw new SluiceError(code, withRemedy({ code, message: told }), { kind: 'panel', details: rest, cause: error });
  }
}
