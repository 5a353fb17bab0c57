import type { Sluice } from '@sluice/engine';
import type { LocatedAgent } from '@sluice/engine/options';
import { say } from '@sluice/messages';
import { clientError, notFound } from '../server/failure.js';

/** The word by which an agent names itself, whose uuid is a key of its panel. */
const OWN = 'own';

/** Returns the agent of a token or link; refuses one that no panel of the config has any more. */
export async function requireOwnAgent(sluice: Sluice, uuid: string): Promise<LocatedAgent> {
  const own = await sluice.agents.locate(uuid);
  if (own !== null) return own;
  throw clientError('unknown_agent', say('problem.unknownAgent'), { kind: 'not-found' });
}

/** Answers about other agents as if they did not exist. */
export async function checkOwnAgent(sluice: Sluice, agent: string, named: string): Promise<void> {
  const { uuid, name } = await requireOwnAgent(sluice, agent);
  if (![OWN, name, uuid, agent].includes(named)) throw notFound('unknown_agent', 'There is no such agent');
}
