import type { HeldLease } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { AGENT_LIMIT } from '../../kernel/subject/views.js';

/** What a run over agents would have done. */
interface Would {
  run: string;
  leases: () => HeldLease[];
  /** The services that it decided about. */
  decided: readonly string[];
  /** Those of them that it would have held for their agents: `observe` or the brake kept it from that. */
  wouldHold: ReadonlySet<string>;
}

/**
 * Stores with the last decisions for which services a run over agents would have begun a hold, so that all surfaces have it as
 * those of runs over services. A service without a decision was not read yet.
 */
export async function storeWouldHold(context: Context, { run, leases, decided, wouldHold }: Would): Promise<void> {
  const { store } = context;
  const changed = (await store.decisions.latest([...decided])).flatMap((decision) => {
    const before = decision.wouldHold;
    if (before.includes(AGENT_LIMIT) === wouldHold.has(decision.service)) return [];
    const others = before.filter((reason) => reason !== AGENT_LIMIT);
    const now = wouldHold.has(decision.service) ? [...others, AGENT_LIMIT] : others;
    return [{ ...decision, run, at: context.now(), wouldHold: now }];
  });
  if (changed.length > 0) await context.write(leases(), (tables) => tables.decisions.record(changed));
}
