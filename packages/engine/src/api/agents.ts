import type { AgentUserSort } from '@sluice/contract';
import type {
  AgentDetail,
  AgentExplained,
  AgentHistory,
  AgentList,
  AgentUserList,
  AgentUserReport,
  CheckReport,
  CreatedUserReport,
  RestoreReport,
} from '@sluice/contract/documents';
import { type AddonId, listAddonIds } from '../features/agents/addon-ids.js';
import { agentsAbove, type AgentsAbove, type BelowAgents } from '../features/agents/agents-above.js';
import { agentForClient } from '../features/agents/agent-views.js';
import { listAgentHistory } from '../features/agents/agent-history.js';
import { agentsOfClient } from '../features/agents/client-agents.js';
import { checkAgents } from '../features/agents/check-agents.js';
import { canCreateUser, createAgentUser, type CreateUserRequest } from '../features/agents/create-agent-user.js';
import { listAgentUsers } from '../features/agents/agent-users.js';
import { extendAgentUser } from '../features/agents/extend-agent-user.js';
import { limitAgent, limitAgents, type LimitImport, type LimitRequest } from '../features/agents/limit-agents.js';
import type { AgentRequest } from '../features/agents/agent-command.js';
import { restoreAgent } from '../features/agents/restore-agent.js';
import { type LocatedAgent, locateAgent } from '../features/agents/locate-agent.js';
import { explainAgent, listAgents, listStoredAgents, showAgent } from '../features/agents/show-agents.js';
import { disableAgentUser, enableAgentUser } from '../features/agents/switch-agent-user.js';
import { suspendAgent, unsuspendAgent } from '../features/agents/suspend-agent.js';
import { afterRun } from '../features/notices/after-run.js';
import { withFailure } from '../features/notices/heartbeat.js';
import { type CallOptions, type CommandOptions, type ReaderOptions, type RunCall, toHow } from './call.js';

/** Names the panel of the agents; optional where only one panel has agents. */
export interface AgentOptions extends CallOptions {
  panel?: string | undefined;
}

/** Options of a check of agents. */
export interface CheckOptions extends AgentOptions {
  /** One agent, by uuid or name; default all. */
  agent?: string | undefined;
  dryRun?: boolean | undefined;
  /** Allows the run to change more agents than the brake permits. */
  allowMass?: boolean | undefined;
}

/** Agents: resellers with a traffic budget for all of their users. Panels without agents refuse these calls. */
export interface Agents {
  list(options?: AgentOptions): Promise<AgentList>;
  /** Lists agents as last read; calls no panel. */
  listStored(options?: AgentOptions): Promise<{ agents: AgentDetail[] }>;
  show(agent: string, options?: AgentOptions & ReaderOptions): Promise<AgentDetail>;
  /** Returns the agents that a client is, by `agents.clients` of the panels, as last read. Calls no panel. */
  ofClient(client: string, options?: CallOptions & ReaderOptions): Promise<{ agents: AgentDetail[] }>;
  /** Returns how many agents the config names for a client that are not found, or not by their name alone, as last read. */
  unknownOfClient(client: string, options?: CallOptions): Promise<number>;
  /** Returns the integer ids that programs written for an add-on know agents by, as the config states them. Calls no panel. */
  addonIds(options?: CallOptions): Promise<AddonId[]>;
  /** Returns the agents above a service, or above the users of an agent (itself first), as last read. */
  above(below: BelowAgents, options?: CallOptions): Promise<AgentsAbove>;
  /** Returns which agent has or had a uuid, as last read; null for none, and where several panels have it. Calls no panel. */
  locate(uuid: string, options?: CallOptions): Promise<LocatedAgent | null>;
  /** Explains the agent's state from the store. */
  explain(agent: string, options?: AgentOptions): Promise<AgentExplained>;
  /** Sets or removes the limit of one agent. */
  limit(agent: string, request: CallOptions & Omit<LimitRequest, 'agent'>): Promise<AgentDetail>;
  /** Sets the limits of a list, all or none. */
  limits(request: CallOptions & LimitImport): Promise<AgentDetail[]>;
  /** Reads the agents, and disables or enables their users as the limits require. */
  check(options?: CheckOptions): Promise<CheckReport>;
  /** Returns whether a new user of this size fits. */
  canCreateUser(agent: string, bytes: number, options?: AgentOptions): ReturnType<typeof canCreateUser>;
  /** Creates a user within the limits of its agent and of all ancestors. */
  createUser(request: CallOptions & CreateUserRequest): Promise<CreatedUserReport>;
  /** Lists the users below an agent, with what the panel shows of them now; by name, where `sort` is not another order. */
  users(agent: string, options?: AgentOptions & { sort?: AgentUserSort | undefined }): Promise<AgentUserList>;
  /**
   * Lists the periods of an agent, newest first, with its limit and what was used of it as last read; kept for five years. Of one in
   * which nothing was read only the limit is known.
   *
   * @throws SluiceError `unsupported` where an add-on keeps the limits
   */
  history(agent: string, options?: AgentOptions): Promise<AgentHistory>;
  /**
   * Extends a user by more traffic (whole bytes), more days, or both, within the limits of its agent and of all ancestors. Days of a user whose
   * last day is over count from today. Repeatable after a failure: what was begun is finished, and made once. One `ref` extends once, however
   * often it is repeated.
   */
  extendUser(
    agent: string,
    user: string,
    request: CommandOptions &
      AgentOptions & { bytes?: number | undefined; days?: number | undefined; ref?: string | undefined },
  ): Promise<AgentUserReport>;
  /** Disables a user, until `enableUser`: no run enables it before. Repeatable. */
  disableUser(agent: string, user: string, options?: CommandOptions & AgentOptions): Promise<AgentUserReport>;
  /** Ends what `disableUser` began; a user that something else keeps disabled stays so, and `left` says why. Repeatable. */
  enableUser(agent: string, user: string, options?: CommandOptions & AgentOptions): Promise<AgentUserReport>;
  /** Suspends an agent: disables all users below it, independently of its limit, until `unsuspend`. Repeatable. */
  suspend(agent: string, options?: CommandOptions & AgentOptions): Promise<RestoreReport>;
  /** Ends the suspension, and enables exactly the users that were disabled for it and that nothing else restricts. Repeatable. */
  unsuspend(agent: string, options?: CommandOptions & AgentOptions): Promise<RestoreReport>;
  /**
   * Enables the users that were disabled for an agent's limit; with `force` even while it is over its limit. With `unsuspend` also
   * ends its suspension; otherwise a suspended agent is refused.
   */
  restore(
    agent: string,
    options?: CommandOptions & AgentOptions & { force?: boolean | undefined; unsuspend?: boolean | undefined },
  ): Promise<RestoreReport>;
}

/** Returns the calls about agents. */
export function agentsApi(call: RunCall): Agents {
  return {
    list: (options) => call(options, (context) => listAgents(context, options?.panel)),
    listStored: (options) =>
      call(options, async (context) => ({ agents: await listStoredAgents(context, options?.panel) })),
    show: (agent, options) =>
      call(options, async (context) => {
        const detail = await showAgent(context, agent, options?.panel);
        return options?.reader == null ? detail : agentForClient(detail);
      }),
    locate: (uuid, options) => call(options, (context) => locateAgent(context, uuid)),
    ofClient: (client, options) =>
      call(options, async (context) => {
        const { agents } = await agentsOfClient(context, client);
        return { agents: options?.reader === undefined ? agents : agents.map(agentForClient) };
      }),
    unknownOfClient: (client, options) =>
      call(options, async (context) => (await agentsOfClient(context, client)).unknown),
    addonIds: (options) => call(options, listAddonIds),
    above: (below, options) => call(options, (context) => agentsAbove(context, below)),
    explain: (agent, options) => call(options, (context) => explainAgent(context, agent, options?.panel)),
    limit: (agent, request) => call(request, (context) => limitAgent(context, { ...request, agent })),
    limits: (request) => call(request, (context) => limitAgents(context, request)),
    check: (options) =>
      call(options, async (context) => {
        const agent = options?.agent ?? null;
        const dryRun = options?.dryRun === true;
        const allowMass = options?.allowMass === true;
        const work = () => checkAgents(context, { agent, panel: options?.panel, dryRun, allowMass });
        const isPart = dryRun || agent !== null || options?.panel !== undefined;
        const report = await (isPart ? work() : withFailure(context, work));
        if (!dryRun) await afterRun(context, { run: report.run, services: false });
        return report;
      }),
    canCreateUser: (agent, bytes, options) =>
      call(options, (context) => canCreateUser(context, agent, bytes, options?.panel)),
    createUser: (request) => call(request, (context) => createAgentUser(context, request)),
    users: (agent, options) => call(options, (context) => listAgentUsers(context, agent, options ?? {})),
    history: (agent, options) => call(options, (context) => listAgentHistory(context, agent, options?.panel)),
    extendUser: (agent, user, request) => {
      const by = { bytes: request.bytes ?? 0, days: request.days ?? 0, ref: request.ref };
      return call(request, (context) => extendAgentUser(context, { ...toRequest(agent, request), user, ...by }));
    },
    disableUser: (agent, user, options) =>
      call(options, (context) => disableAgentUser(context, { ...toRequest(agent, options), user })),
    enableUser: (agent, user, options) =>
      call(options, (context) => enableAgentUser(context, { ...toRequest(agent, options), user })),
    suspend: (agent, options) => call(options, (context) => suspendAgent(context, toRequest(agent, options))),
    unsuspend: (agent, options) => call(options, (context) => unsuspendAgent(context, toRequest(agent, options))),
    restore: (agent, options) =>
      call(options, (context) =>
        restoreAgent(context, {
          ...toRequest(agent, options),
          force: options?.force === true,
          unsuspend: options?.unsuspend === true,
        }),
      ),
  };
}

function toRequest(agent: string, options: (CommandOptions & AgentOptions) | undefined): AgentRequest {
  return { agent, panel: options?.panel, ...toHow(options) };
}
