import { parseTime } from '@sluice/engine';
import { describeOverdue, findLimitingAgents, findSkip, isWithAccount } from '@sluice/engine/words';
import { shellWords } from '../terminal/words.js';
import { explainState } from '../terminal/reports/state.js';
import { printAlarms, printBasis } from '../terminal/reports/explanation.js';
import { printService } from '../terminal/reports/service.js';
import type { StateCommands, StateNames } from '../terminal/reports/state-names.js';
import { ExitCode } from '../exit-codes.js';
import { withRemedy } from '../remedies.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { printLate } from './observed.js';
import { findPanelKind, withSluice } from '../open-sluice.js';

const COMMANDS: StateCommands = {
  poll: (service) => `sluice poll --service ${service}`,
  believe: (service) => `sluice poll --service ${service} --allow-mass`,
  createAccount: (service) => `sluice provision create ${service}`,
  removeAccount: (service) => `sluice provision terminate ${service}`,
  activate: (service) => `sluice service set ${service} status=active`,
  enforce: (panel, product) =>
    `sluice enforce ${shellWords([panel])}${product === undefined ? '' : ` --only ${shellWords([product])}`}`,
  plan: (panel) => `sluice plan --panel ${panel}`,
  takeOver: (panel) => `sluice doctor --take-over --panel ${panel}`,
  allowOnce: (panel) => `sluice poll --panel ${panel} --allow-mass`,
  planAgents: (panel) => `sluice agent check --all --panel ${panel} --dry-run`,
  allowAgentsOnce: (panel) => `sluice agent check --all --panel ${panel} --allow-mass`,
  observe: (panel) => `sluice observe ${panel}`,
  reconcileAll: () => 'sluice reconcile --allow-mass',
  setQuota: (service, gigabytes) => `sluice override set ${service} --quota ${gigabytes}GB`,
  setProduct: (service) => `sluice service set ${service} product=NAME`,
  release: (service, until) => `sluice hold release ${service}${until === undefined ? '' : ` --until ${until}`}`,
  hold: (service) => `sluice hold add ${service}`,
  suspend: (service) => `sluice provision suspend ${service}`,
  findActions: () => 'sluice doctor',
  endSuspension: (service) => `sluice provision unsuspend ${service}`,
  sync: () => 'sluice service sync',
  renew: (service, until) => `sluice provision renew ${service}${until === undefined ? '' : ` --until ${until}`}`,
  protect: (service) => `sluice service set ${service} protected_until=DATE`,
  checkAgents: (panel) => `sluice agent check --all --panel ${shellWords([panel])}`,
  raiseAgentLimit: (agent, panel) => `sluice agent limit ${shellWords([agent])} --gb N --panel ${shellWords([panel])}`,
  endAgentSuspension: (agent, panel) => `sluice agent unsuspend ${shellWords([agent])} --panel ${shellWords([panel])}`,
  releasePanel: (panel) => `sluice hold release --all --panel ${shellWords([panel])}`,
};

/** `sluice explain SERVICE` */
export const explain: CommandHandler<GlobalOptions & { at?: string }> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const { timeZone } = config;
    const reading = { timeZone, option: '--at', now: deps.clock.now() };
    const at = options.at === undefined ? null : parseTime(options.at, reading);
    const found = await sluice.explain(id, { at });
    const kind = findPanelKind(deps, config, found.service.panel);
    const names: StateNames = {
      commands: COMMANDS,
      withRemedy,
      canCreate: kind?.capabilities.includes('accounts') === true,
      hasAccount: isWithAccount(found.service, kind?.requiredRef ?? null),
      skip: findSkip(config, found.service, found.at),
      overdue: describeOverdue(config, found.service, found.at),
      agents: await findLimitingAgents(sluice, found),
    };
    terminal.document(found);
    for (const sentence of explainState(found, terminal.times, names)) terminal.line(sentence);
    if (at === null && !terminal.json) {
      printLate(terminal, await sluice.standing(), found.service.panel);
      printAlarms(terminal, found, (await sluice.notices.alarms({ service: id })).alarms);
    }
    terminal.line();
    printService(terminal, found.service);
    printBasis(terminal, found, 'none yet: run "sluice poll"');
    return ExitCode.done;
  });
