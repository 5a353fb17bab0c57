import { agents as schema, name, reports } from '@sluice/contract/documents';
import * as z from 'zod';
import { flag, optionalText, someText, texts } from '../../schemas/common.js';
import { type ApiRoute, route } from './route.js';

const panel = { panel: optionalText };
const size = z.number().int().min(0).describe('Bytes');
const openingPart = z
  .union([z.enum(['current', 'zero']), z.object({ bytes: size })])
  .optional()
  .describe('What the ledger begins with');
const accept = flag.describe('Accept a limit that is exceeded at once, so that users are disabled');
const limitBody = { opening: openingPart, dryRun: flag, acceptExceeded: accept };

/** Returns how limits are set; refuses one that is exceeded at once, unless the request accepts it. */
function limitOptions({ opening, dryRun, acceptExceeded }: z.output<z.ZodObject<typeof limitBody>>) {
  return { opening, dryRun, ...(acceptExceeded === true && { confirm: () => Promise.resolve() }) };
}

/** Agents of Hiddify panels. */
export const agentRoutes: ApiRoute[] = [
  route('GET /agents', {
    agents: true,
    useCase: 'agents.list',
    summary: 'List agents with current figures',
    query: panel,
    answer: name('Agents', schema.agents),
    handle: ({ sluice, query }) => sluice.agents.list(query),
  }),
  route('PUT /agent-limits', {
    useCase: 'agents.limits',
    summary: 'Set the limits of several agents, all or none (keys agent, limit_gb)',
    body: { ...panel, rows: z.array(texts).max(10_000), ...limitBody },
    answer: schema.agentDetails,
    handle: async ({ sluice, body: { panel: of, rows, ...body }, as }) => {
      const lines = rows.map((values, index) => ({ line: index + 1, values }));
      return {
        agents: await sluice.agents.limits({ ...as, ...limitOptions(body), panel: of, rows: lines, file: 'rows' }),
      };
    },
  }),
  route('GET /agents/:agent', {
    agents: true,
    useCase: 'agents.show',
    summary: 'Show an agent, by uuid or name',
    query: panel,
    answer: schema.agent,
    handle: ({ sluice, param, query }) => sluice.agents.show(param('agent'), query),
  }),
  route('GET /agents/:agent/explanation', {
    agents: true,
    useCase: 'agents.explain',
    summary: 'Explain why an agent is in its state',
    query: panel,
    answer: schema.explainedAgent,
    handle: ({ sluice, param, query }) => sluice.agents.explain(param('agent'), query),
  }),
  route('PUT /agents/:agent/limit', {
    useCase: 'agents.limit',
    summary: 'Set the limit of an agent; null removes it',
    body: { ...panel, limitBytes: size.nullable(), ...limitBody },
    answer: schema.agent,
    handle: ({ sluice, param, body: { panel: of, limitBytes, ...body }, as }) =>
      sluice.agents.limit(param('agent'), { ...as, ...limitOptions(body), panel: of, limitBytes }),
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
    answer: reports.createdUser,
    handle: ({ sluice, param, body: { panel: of, days, mode, dryRun = false, ...user }, as }) =>
      sluice.agents.createUser({ ...as, ...user, agent: param('agent'), panel: of, days, mode, dryRun }),
    stored: (answer) => ({ ...answer, access: answer.access && { ...answer.access, links: [] } }),
  }),
  ...(['suspend', 'unsuspend'] as const).map((verb) =>
    route(`POST /agents/:agent/${verb}`, {
      useCase: `agents.${verb}`,
      summary: verb === 'suspend' ? 'Disable all users below an agent' : 'End the suspension of an agent',
      body: { ...panel, dryRun: flag },
      answer: schema.restoreReport,
      handle: ({ sluice, param, body, as }) => sluice.agents[verb](param('agent'), { ...as, ...body }),
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
