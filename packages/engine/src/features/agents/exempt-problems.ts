import { staffText } from '@sluice/messages/staff';
import type { Context } from '../../context/context.js';
import type { Notice } from '../../kernel/run/notice.js';
import { type EntryProblem, findEntryProblem, type Shown } from './entry-problems.js';
import { listExemptEntries, loadMeant } from './meant-agents.js';

/** What is wrong with an entry. */
interface Problem extends EntryProblem {
  /** Position of the entry. */
  at: number;
}

const WORDS = { is: 'is exempt', nobody: 'nobody is exempt by this entry' };

/** Returns what is wrong with the entries of the config that exempt agents, as last read. */
export async function listExemptProblems(
  context: Context,
  panel: string,
  agents: readonly Shown[],
): Promise<Problem[]> {
  const meant = await loadMeant(context.store, panel);
  return listExemptEntries(context, panel).flatMap((entry, at) => {
    const problem = findEntryProblem(entry, { agents, meant }, WORDS);
    return problem === null ? [] : [{ ...problem, at }];
  });
}

/** Returns the notices of names in the config that exempt agents and that several have, as last read. */
export async function listUnclearExempt(context: Context, panel: string, agents: readonly Shown[]): Promise<Notice[]> {
  const wrong = await listExemptProblems(context, panel, agents);
  return wrong.flatMap(({ message, at, others }) => {
    if (others.length === 0) return [];
    const code = 'agent_exempt_unclear';
    const key = [panel, code, at, ...others].join(':');
    return [
      {
        code,
        key,
        panel,
        service: null,
        message: staffText('staff.agent.exempt', { panel, at: String(at), what: message }),
      },
    ];
  });
}
