import { AS_RUN, OPERATE, OPERATE_BELOW, READ, READ_BELOW, SERVER, SHOW } from '../callers.js';
import * as z from 'zod/mini';
import {
  anyNumber,
  called,
  commanded,
  flag,
  importRow,
  optionalNumber,
  optionalText,
  options,
  read,
  request,
  accepts,
  text,
  textOrNone,
  whole,
  work,
} from './shapes.js';
import { group, type Http } from './group.js';
import { AGENT_USER_SORTS } from '../words.js';

const agent = ['agent', text] as const;
const user = ['user', text] as const;

const ofPanel = { ...called, panel: optionalText };

const command = { ...commanded, panel: optionalText };

const limiting = () => ({
  ...ofPanel,
  opening: z.optional(z.union([z.enum(['current', 'zero']), z.strictObject({ bytes: anyNumber })])),
  dryRun: flag,
  confirm: z.optional(work),
});

const panel = (h: Http) => ({ panel: h.optionalText });

/** More than any panel counts: a petabyte, and the days of a hundred years. */
const MOST_BYTES = 1024 ** 5;
const MOST_DAYS = 36_500;

const size = (h: Http) => h.z.number().int().min(0).max(MOST_BYTES).describe('Bytes');

const limit = (h: Http) => ({
  opening: h.z
    .union([h.z.enum(['current', 'zero']), h.z.object({ bytes: size(h) })])
    .optional()
    .describe('What the ledger begins with'),
  dryRun: h.flag,
  acceptExceeded: h.flag.describe(
    'Accept a limit that is exceeded at once, so that users are disabled, or users that stay disabled on a panel that is not in the config',
  ),
});

/** The use cases of `agents`. */
export const agents = group({
  list: {
    callers: READ,
    command: 'agent list',
    accepts: () => accepts(options(ofPanel)),
    routes: (h) => ({
      'GET /agents': {
        agents: true,
        summary: 'List agents with current figures',
        query: panel(h),
        answer: h.name('Agents', h.agents.agents),
      },
    }),
  },
  listStored: {
    callers: READ,
    accepts: () => accepts(options(ofPanel)),
    routes: (h) => ({
      'GET /stored-agents': {
        agents: true,
        summary: 'List agents as last read',
        query: panel(h),
        answer: h.agents.agentDetails,
      },
    }),
  },
  show: {
    callers: READ_BELOW,
    command: 'agent show',
    accepts: () => accepts(agent, options({ ...ofPanel, reader: textOrNone })),
    routes: (h) => ({
      'GET /agents/:agent': {
        agents: true,
        outside: true,
        summary: 'Show an agent, by uuid or name',
        query: panel(h),
        answer: h.agents.agent,
      },
    }),
  },
  ofClient: {
    callers: SHOW,
    accepts: () => accepts(['client', text], options(read)),
    routes: (h) => ({
      'GET /clients/:client/agents': {
        clients: 'client',
        agents: true,
        summary: 'List the agents that a client is, as last read',
        answer: h.agents.agentDetails,
      },
    }),
  },
  unknownOfClient: {
    callers: SERVER,
    accepts: () => accepts(['client', text], options(called)),
  },
  addonIds: {
    callers: SERVER,
    accepts: () => accepts(options(called)),
  },
  above: {
    callers: SERVER,
    accepts: () =>
      accepts(
        ['below', z.union([z.strictObject({ service: text }), z.strictObject({ agent: text, panel: text })])],
        options(called),
      ),
  },
  locate: {
    callers: SERVER,
    accepts: () => accepts(['uuid', text], options(called)),
  },
  explain: {
    callers: READ,
    command: 'agent explain',
    accepts: () => accepts(agent, options(ofPanel)),
    routes: (h) => ({
      'GET /agents/:agent/explanation': {
        agents: true,
        summary: 'Explain why an agent is in its state',
        query: panel(h),
        answer: h.agents.explainedAgent,
      },
    }),
  },
  limit: {
    callers: OPERATE,
    command: 'agent limit',
    accepts: () => accepts(agent, request({ ...limiting(), limitBytes: z.nullable(anyNumber) })),
    routes: (h) => ({
      'PUT /agents/:agent/limit': {
        summary: 'Set the limit of an agent; null removes it',
        body: { ...panel(h), limitBytes: size(h).nullable(), ...limit(h) },
        answer: h.agents.agent,
      },
    }),
  },
  limits: {
    callers: OPERATE,
    command: 'agent limit --from',
    accepts: () => accepts(request({ ...limiting(), rows: z.array(importRow), file: text })),
    routes: (h) => ({
      'PUT /agent-limits': {
        summary: 'Set the limits of several agents, all or none (keys agent, limit_gb, opening_gb)',
        body: { ...panel(h), rows: h.z.array(h.texts).max(10_000), ...limit(h) },
        answer: h.agents.agentDetails,
      },
    }),
  },
  check: {
    callers: AS_RUN,
    command: 'agent check',
    isLong: true,
    accepts: () => accepts(options({ ...ofPanel, agent: optionalText, dryRun: flag, allowMass: flag })),
  },
  canCreateUser: {
    callers: READ_BELOW,
    command: 'agent can-create-user',
    accepts: () => accepts(agent, ['bytes', whole(0)], options(ofPanel)),
    routes: (h) => ({
      'GET /agents/:agent/can-create-user': {
        outside: true,
        summary: 'Return whether a new user of this size fits',
        query: { ...panel(h), limitBytes: h.z.coerce.number().int().min(0) },
        answer: h.agents.creationCheck,
      },
    }),
  },
  createUser: {
    callers: OPERATE_BELOW,
    command: ['agent user create', 'agent create-user'],
    accepts: () =>
      accepts(
        request({
          ...ofPanel,
          agent: text,
          name: text,
          limitBytes: whole(1),
          days: optionalNumber,
          mode: optionalText,
          ref: optionalText,
          dryRun: flag,
        }),
      ),
    routes: (h) => ({
      'POST /agents/:agent/users': {
        summary: 'Create a user within the limits of its agent and of all ancestors',
        status: 201,
        body: {
          ...panel(h),
          name: h.someText,
          limitBytes: size(h),
          days: h.z.int().min(1).max(MOST_DAYS).optional(),
          mode: h.optionalText,
          dryRun: h.flag,
        },
        answer: h.reports.createdUser,
        once: ['access.links'],
      },
    }),
  },
  users: {
    callers: READ_BELOW,
    command: 'agent user list',
    accepts: () => accepts(agent, options({ ...ofPanel, sort: z.optional(z.enum(AGENT_USER_SORTS)) })),
    routes: (h) => ({
      'GET /agents/:agent/users': {
        agents: true,
        outside: true,
        summary: 'List the users below an agent, with what the panel shows of them now',
        query: {
          ...panel(h),
          sort: h.z
            .enum(AGENT_USER_SORTS)
            .optional()
            .describe('By name (default), use, last activity or last day; what is not known stands at the end'),
        },
        answer: h.name('AgentUsers', h.agents.agentUsers),
      },
    }),
  },
  history: {
    callers: READ_BELOW,
    command: 'agent history',
    accepts: () => accepts(agent, options(ofPanel)),
    routes: (h) => ({
      'GET /agents/:agent/history': {
        agents: true,
        outside: true,
        summary: 'List the periods of an agent, newest first, with its limit and what was used of it',
        query: panel(h),
        answer: h.name('AgentHistory', h.agents.agentHistory),
      },
    }),
  },
  extendUser: {
    callers: OPERATE_BELOW,
    command: 'agent user extend',
    accepts: () =>
      accepts(
        agent,
        user,
        request({ ...command, bytes: z.optional(whole(0)), days: z.optional(whole(0)), ref: optionalText }),
      ),
    routes: (h) => ({
      'POST /agents/:agent/users/:user/extend': {
        summary: 'Extend a user by more traffic or more days, within the limits of its agent and of all ancestors',
        body: {
          ...panel(h),
          bytes: size(h).optional(),
          days: h.z.int().min(0).max(MOST_DAYS).optional(),
          dryRun: h.flag,
        },
        answer: h.agents.agentUserReport,
      },
    }),
  },
  disableUser: {
    callers: OPERATE_BELOW,
    command: 'agent user disable',
    accepts: () => accepts(agent, user, options(command)),
    routes: (h) => ({
      'POST /agents/:agent/users/:user/disable': {
        summary: 'Disable a user for its own agent, until it is enabled by name',
        body: { ...panel(h), dryRun: h.flag },
        answer: h.agents.agentUserReport,
      },
    }),
  },
  enableUser: {
    callers: OPERATE_BELOW,
    command: 'agent user enable',
    accepts: () => accepts(agent, user, options(command)),
    routes: (h) => ({
      'POST /agents/:agent/users/:user/enable': {
        summary: 'Enable a user that its own agent disabled; what else keeps it disabled is listed',
        body: { ...panel(h), dryRun: h.flag },
        answer: h.agents.agentUserReport,
      },
    }),
  },
  suspend: {
    callers: OPERATE,
    command: 'agent suspend',
    accepts: () => accepts(agent, options(command)),
    routes: (h) => ({
      'POST /agents/:agent/suspend': {
        summary: 'Disable all users below an agent',
        body: { ...panel(h), dryRun: h.flag },
        answer: h.agents.restoreReport,
      },
    }),
  },
  unsuspend: {
    callers: OPERATE,
    command: 'agent unsuspend',
    accepts: () => accepts(agent, options(command)),
    routes: (h) => ({
      'POST /agents/:agent/unsuspend': {
        summary: 'End the suspension of an agent',
        body: { ...panel(h), dryRun: h.flag },
        answer: h.agents.restoreReport,
      },
    }),
  },
  restore: {
    callers: OPERATE,
    command: 'agent restore',
    accepts: () => accepts(agent, options({ ...command, force: flag, unsuspend: flag })),
    routes: (h) => ({
      'POST /agents/:agent/restore': {
        summary: "Enable the users that were disabled for an agent's limit",
        body: { ...panel(h), dryRun: h.flag, force: h.flag, unsuspend: h.flag },
        answer: h.agents.restoreReport,
      },
    }),
  },
});
