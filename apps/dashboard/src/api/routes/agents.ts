import { usageError } from '@sluice/panel-kind';
import * as z from 'zod';
import { flag, name, optionalText, someText, texts } from '../schemas/common.js';
import * as schema from '../schemas/agents.js';
import { access } from '../schemas/services.js';
import { type ApiRoute, route } from '../route.js';

const panel = { panel: optionalText };
const size = z.number().int().min(0).describe('Bytes');
const opening = z
  .union([z.enum(['current', 'zero']), z.object({ bytes: size })])
  .optional()
  .describe('What the ledger begins with');
const accept = flag.describe('Accept a limit that is exceeded at once, so that users are disabled');

/** Returns the answer to the question whether a limit that is exceeded at once is meant. */
function confirmWith(acceptExceeded: boolean | undefined): (question: string) => Promise<void> {
  return (question) => {
    if (acceptExceeded === true) return Promise.resolve();
    throw usageError('not_confirmed', `${question} Nothing was changed: the request does not accept it`);
  };
}

/** Agents of Hiddify panels. */
export const agentRoutes: ApiRoute[] = [
  route('GET /agents', {
    useCase: 'agents.list',
    summary: 'List agents with current figures',
    query: panel,
    answer: name('Agents', schema.agents),
    handle: ({ sluice, query }) => sluice.agents.list(query),
  }),
  route('PUT /agent-limits', {
    useCase: 'agents.limits',
    summary: 'Set the limits of several agents, all or none (keys agent, limit_gb)',
    body: { ...panel, rows: z.array(texts).max(10_000), opening, dryRun: flag, acceptExceeded: accept },
    answer: schema.agentDetails,
    handle: async ({ sluice, body, as }) => ({
      agents: await sluice.agents.limits({
        ...as,
        panel: body.panel,
        rows: body.rows.map((values, index) => ({ line: index + 1, values })),
        file: 'rows',
        opening: body.opening,
        dryRun: body.dryRun === true,
        confirm: confirmWith(body.acceptExceeded),
      }),
    }),
  }),
  route('GET /agents/:agent', {
    useCase: 'agents.show',
    summary: 'Show an agent, by uuid or name',
    query: panel,
    answer: schema.agent,
    handle: ({ sluice, param, query }) => sluice.agents.show(param('agent'), query),
  }),
  route('GET /agents/:agent/explanation', {
    useCase: 'agents.explain',
    summary: 'Explain why an agent is in its state',
    query: panel,
    answer: schema.explainedAgent,
    handle: ({ sluice, param, query }) => sluice.agents.explain(param('agent'), query),
  }),
  route('PUT /agents/:agent/limit', {
    useCase: 'agents.limit',
    summary: 'Set the limit of an agent; null removes it',
    body: { ...panel, limitBytes: size.nullable(), opening, dryRun: flag, acceptExceeded: accept },
    answer: schema.agent,
    handle: ({ sluice, param, body, as }) =>
      sluice.agents.limit(param('agent'), {
        ...as,
        panel: body.panel,
        limitBytes: body.limitBytes,
        opening: body.opening,
        dryRun: body.dryRun === true,
        confirm: confirmWith(body.acceptExceeded),
      }),
  }),
  route('GET /agents/:agent/can-create-user', {
    useCase: 'agents.canCreateUser',
    summary: 'Return whether a new user of this size fits',
    query: { ...panel, limitBytes: z.coerce.number().int().min(0) },
    answer: schema.creationCheck,
    handle: ({ sluice, param, query }) =>
      sluice.agents.canCreateUser(param('agent'), query.limitBytes, { panel: query.panel }),
  }),
  route('POST /agents/:agent/users', {
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
    answer: z.object({
      user: z.object({ uuid: z.string().nullable(), name: z.string(), limitBytes: z.number(), agent: z.string() }),
      access: access.nullable(),
    }),
    handle: ({ sluice, param, body, as }) =>
      sluice.agents.createUser({
        ...as,
        ...{ panel: body.panel, name: body.name, limitBytes: body.limitBytes, days: body.days, mode: body.mode },
        agent: param('agent'),
        dryRun: body.dryRun === true,
      }),
    stored: (answer) => ({ ...answer, access: answer.access && { ...answer.access, links: [] } }),
  }),
  ...(['suspend', 'unsuspend'] as const).map((verb) =>
    route(`POST /agents/:agent/${verb}`, {
      useCase: `agents.${verb}`,
      summary: verb === 'suspend' ? 'Disable all users below an agent' : 'End the suspension of an agent',
      body: { ...panel, dryRun: flag },
      answer: schema.restoreReport,
      handle: ({ sluice, param, body, as }) =>
        sluice.agents[verb](param('agent'), { ...as, panel: body.panel, dryRun: body.dryRun }),
    }),
  ),
  route('POST /agents/:agent/restore', {
    useCase: 'agents.restore',
    summary: "Enable the users that were disabled for an agent's limit",
    body: { ...panel, dryRun: flag, force: flag, unsuspend: flag },
    answer: schema.restoreReport,
    handle: ({ sluice, param, body, as }) => sluice.agents.restore(param('agent'), { ...as, ...body }),
  }),
];
