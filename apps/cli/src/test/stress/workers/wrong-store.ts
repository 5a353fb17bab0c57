import type { ActionRecord } from '@sluice/state-store';
import { isAlive, realClock } from '@sluice/engine';
import { processParts } from '@sluice/engine/process';
import type { CommandRecord } from '../runner.js';
import { type World, listPanels } from '../world.js';

/** What a store must not have once every run has ended: findings, leases, what is in doubt, and evidence without its change. */
export async function wrongStore(world: World, records: readonly CommandRecord[]): Promise<string[]> {
  const { stdout } = await world.bench.sluice(['db', 'check', '--json'], { clock: realClock });
  const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; message?: string }[] };
  const findings = checks.filter(({ status }) => status !== 'ok');
  return [
    ...findings.map(({ name, message }) => `db check: ${name} ${message ?? ''}`),
    ...(await world.bench.store(async ({ actions, leases }) => [
      ...(await leases.list())
        // What a killed run leased and nobody needed since may still stand there; nobody waits for it.
        .filter(({ owner }) => isAlive(owner, processParts().owner.host))
        .map(({ name, run }) => `${run} has left the lease of ${name}`),
      ...(await actions.unresolved())
        .filter((action) => !isOfKilled(action, records))
        .map(({ id, type, target, state }) => `${id} (${type} ${target}) is ${state}`),
    ])),
    ...(await wrongEvidence(world)),
  ];
}

/** Each open evidence belongs to an open hold, and each restriction on a panel that staff has not made has one. */
async function wrongEvidence(world: World): Promise<string[]> {
  const wrong: string[] = [];
  for (const panel of listPanels(world)) {
    const { holds, evidence } = await world.bench.store(async (store) => {
      const ofAgents = { agentsOf: panel };
      return {
        holds: [...(await store.holds.open()), ...(await store.holds.open(ofAgents))],
        evidence: [...(await store.evidence.open({ panel })), ...(await store.evidence.open(ofAgents))],
      };
    });
    const open = new Set(holds.map(({ id }) => id));
    const orphans = evidence.filter(({ hold }) => !open.has(hold));
    wrong.push(...orphans.map(({ id, kind, target }) => `${id} (${kind} ${target}) is open, and its hold has ended`));
    const restricted = world.targets.filter(
      (target) => target.panel === panel && !target.byStaff && world.isRestricted(target),
    );
    if (new Set(evidence.map(({ id }) => id)).size === restricted.length) continue;
    const [shown, known] = [restricted.map(({ id }) => id), evidence.map(({ kind, target }) => `${kind} ${target}`)];
    wrong.push(`${panel}: restricted are ${shown.join(', ')}, and there is evidence of ${known.join(', ')}`);
  }
  return wrong;
}

/** Whether the row is that of a whole command that was killed: it waits for the same command, and nobody repeats one that changes nothing. */
function isOfKilled({ type, target }: ActionRecord, records: readonly CommandRecord[]): boolean {
  const [first, verb] = type.split(':');
  return records.some(
    ({ command: { words }, exitCode }) =>
      exitCode === null && first === words[0] && verb === words[1] && target === words[2],
  );
}
