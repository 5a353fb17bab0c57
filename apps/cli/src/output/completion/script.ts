import { bashCompletion } from './bash.js';
import { fishCompletion } from './fish.js';
import type { CompletionNode, Shell } from './shape.js';
import { zshCompletion } from './zsh.js';

const WRITERS: Record<Shell, (nodes: CompletionNode[]) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** The completion script of a shell, for all the commands given. */
export function completionScript(shell: Shell, nodes: CompletionNode[]): string {
  return WRITERS[shell](nodes);
}
