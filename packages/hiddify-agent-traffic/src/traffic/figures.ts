import type { CallOptions } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';
import type { ManagerContext } from './context.js';
import { isProblem, problemError } from './observe.js';
import type { AgentRecord } from './records.js';
import { findAgent, rememberedState, type RememberedState } from './remembered.js';
import { takeList } from './take-list.js';

/** Reads the panel now and remembers it; rejects when nothing could be concluded. */
export async function readFigures(context: ManagerContext, call: CallOptions): Promise<void> {
  const taken = await takeList(context, { run: null, dryRun: false, acceptHalved: false, announce: false, call });
  // Somebody else has just read the panel: those figures are as good.
  if (isProblem(taken) && taken.code !== 'list_superseded') throw problemError(taken);
}

/** The same, unless what is remembered is new enough to decide by. A list that is too short to believe is rejected. */
export async function freshFigures(context: ManagerContext, call: CallOptions): Promise<void> {
  const last = await context.store.snapshot.get();
  const { figuresSince, maxFiguresAgeMs } = context;
  const age = last === null ? Infinity : context.clock.now() - Date.parse(last.at);
  const isOld = age > maxFiguresAgeMs || (figuresSince !== null && last !== null && last.at <= figuresSince);
  if (age < 0 || isOld) await readFigures(context, call);
}

/**
 * The same before a creation: a list that is too short to believe takes nothing from what is remembered, so going by that
 * promises too little rather than too much.
 */
export async function figuresForCreation(context: ManagerContext, call: CallOptions): Promise<void> {
  try {
    await freshFigures(context, call);
  } catch (error) {
    if (!isAgentTrafficError(error) || !tooShort.includes(error.code)) throw error;
  }
}

const tooShort: readonly string[] = ['list_halved', 'list_empty'];

/** The agent with fresh figures; one that is not known yet may have been made since the last look. */
export async function knownAgent(
  context: ManagerContext,
  text: string,
  call: CallOptions,
  figures: typeof freshFigures = freshFigures,
): Promise<{ agent: AgentRecord; state: RememberedState }> {
  await figures(context, call);
  const state = await rememberedState(context);
  try {
    return { agent: findAgent(text, state.agents), state };
  } catch (error) {
    if (!isAgentTrafficError(error) || error.code !== 'unknown_agent') throw error;
  }
  await readFigures(context, call);
  const again = await rememberedState(context);
  return { agent: findAgent(text, again.agents), state: again };
}
