import { parseTime, type ServiceDetail, type Sluice } from '@sluice/engine';
import { printBasis, printService } from '@sluice/terminal/reports';
import { ExitCode } from '../exit-codes.js';
import { explainState } from './explain-state.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { kindOfPanel, withSluice } from '../open-sluice.js';

/** Returns the name of the agent whose limit decides; null where the store does not have it. */
async function findAgent(sluice: Sluice, { refs, panel }: ServiceDetail): Promise<string | null> {
  const uuid = refs['hiddify_agent_uuid'];
  if (uuid === undefined) return null;
  try {
    const agent = await sluice.agents.explain(uuid, { panel });
    return [agent, ...agent.ancestors].find((each) => each.uuid === agent.binding)?.name ?? agent.name;
  } catch {
    return null;
  }
}

/** `sluice explain SERVICE` */
export const explain: CommandHandler<GlobalOptions & { at?: string }> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const { timeZone } = config;
    const reading = { timeZone, option: '--at', now: deps.clock.now() };
    const at = options.at === undefined ? null : parseTime(options.at, reading);
    const found = await sluice.explain(id, { at });
    const kind = kindOfPanel(deps, config, found.service.panel);
    const canCreate = kind?.capabilities.includes('accounts') === true;
    const isLimited = found.holds.some(({ reason, until }) => reason === 'agent-limit' && until === null);
    const agent = isLimited ? await findAgent(sluice, found.service) : null;
    terminal.document(found);
    for (const sentence of explainState(found, terminal.times, { canCreate, agent })) terminal.line(sentence);
    terminal.line();
    printService(terminal, found.service);
    printBasis(terminal, found, 'none yet: run "sluice poll"');
    return ExitCode.done;
  });
