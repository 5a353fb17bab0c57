import * as z from 'zod';
import * as agents from '../documents/agents.js';
import { name } from '../documents/common.js';
import * as reports from '../documents/reports.js';
import { endpoints } from './endpoint.js';
import { flag, optionalText, someText, texts } from './inputs.js';

const panel = { panel: optionalText };
const size = z.number().int().min(0).describe('Bytes');
const limit = {
  opening: z
    .union([z.enum(['current', 'zero']), z.object({ bytes: size })])
    .optional()
    .describe('What the ledger begins with'),
  dryRun: flag,
  acceptExceeded: flag.describe(
    'Accept a limit that is exceeded at once, so that users are disabled, or users that stay disabled on a panel that is not in the config',
  ),
};

/** Agents of Hiddify panels. */
export const agentEndpoints = endpoints({
  'GET /agents': {
    agents: true,
    useCase: 'agents.list',
    summary: 'List agents with current figures',
    query: panel,
    answer: name('Agents', agents.agents),
  },
  'PUT /agent-limits': {
    useCase: 'agents.limits',
    summary: 'Set the limits of several agents, all or none (keys agent, limit_gb)',
    body: { ...panel, rows: z.array(texts).max(10_000), ...limit },
    answer: agents.agentDetails,
  },
  'GET /agents/:agent': {
    agents: true,
    useCase: 'agents.show',
    summary: 'Show an agent, by uuid or name',
    query: panel,
    answer: agents.agent,
  },
  'GET /agents/:agent/explanation': {
    agents: true,
    useCase: 'agents.explain',
    summary: 'Explain why an agent is in its state',
    query: panel,
    answer: agents.explainedAgent,
  },
  'PUT /agents/:agent/limit': {
    useCase: 'agents.limit',
    summary: 'Set the limit of an agent; null removes it',
    body: { ...panel, limitBytes: size.nullable(), ...limit },
    answer: agents.agent,
  },
  'GET /agents/:agent/can-create-user': {
    useCase: 'agents.canCreateUser',
    summary: 'Return whether a new user of this size fits',
    query: { ...panel, limitBytes: z.coerce.number().int().min(0) },
    answer: agents.creationCheck,
  },
  'POST /agents/:agent/users': {
    useCase: 'agents.createUser',
    summary: 'Create a user within the limits of its agent and of all ancestors',
    status: 201,
    body: {
      ...panel,
      name: someText,
      limitBytes: size,
      days: z.int().min(1).optional(),
      mode: optionalText,
      dryRun: flag,
    },
    answer: reports.createdUser,
    once: ['access.links'],
  },
  'POST /agents/:agent/suspend': {
    useCase: 'agents.suspend',
    summary: 'Disable all users below an agent',
    body: { ...panel, dryRun: flag },
    answer: agents.restoreReport,
  },
  'POST /agents/:agent/unsuspend': {
    useCase: 'agents.unsuspend',
    summary: 'End the suspension of an agent',
    body: { ...panel, dryRun: flag },
    answer: agents.restoreReport,
  },
  'POST /agents/:agent/restore': {
    useCase: 'agents.restore',
    summary: "Enable the users that were disabled for an agent's limit",
    body: { ...panel, dryRun: flag, force: flag, unsuspend: flag },
    answer: agents.restoreReport,
  },
  'GET /stored-agents': {
    agents: true,
    useCase: 'agents.listStored',
    summary: 'List agents as last read',
    query: panel,
    answer: agents.agentDetails,
  },
  'GET /clients/:client/agents': {
    clients: 'client',
    agents: true,
    useCase: 'agents.ofClient',
    summary: 'List the agents that a client is, as last read',
    answer: agents.agentDetails,
  },
});
