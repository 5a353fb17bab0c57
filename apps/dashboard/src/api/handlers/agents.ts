import type { GroupEndpoints, EndpointBody } from '@sluice/contract/endpoints';
import type { Handlers } from './handler.js';

type Limit = Pick<
  EndpointBody<GroupEndpoints<'agents'>['PUT /agents/:agent/limit']>,
  'opening' | 'dryRun' | 'acceptExceeded'
>;

/** Returns how limits are set; refuses one that is exceeded at once, unless the request accepts it. */
function toLimit({ opening, dryRun, acceptExceeded }: Limit) {
  return { opening, dryRun, ...(acceptExceeded === true && { confirm: () => Promise.resolve() }) };
}

/** Agents of Hiddify panels. */
export const agentHandlers: Handlers<GroupEndpoints<'agents'>> = {
  'PUT /agent-limits': async ({ sluice, body: { panel, rows, ...body }, as }) => {
    const lines = rows.map((values, index) => ({ line: index + 1, values }));
    return { agents: await sluice.agents.limits({ ...as, ...toLimit(body), panel, rows: lines, file: 'rows' }) };
  },
  'PUT /agents/:agent/limit': ({ sluice, param, body: { panel, limitBytes, ...body }, as }) =>
    sluice.agents.limit(param('agent'), { ...as, ...toLimit(body), panel, limitBytes }),
  'GET /agents/:agent/can-create-user': ({ sluice, param, query: { limitBytes, panel } }) =>
    sluice.agents.canCreateUser(param('agent'), limitBytes, { panel }),
  'POST /agents/:agent/users': ({ sluice, param, body: { panel, days, mode, dryRun = false, ...user }, as }) =>
    sluice.agents.createUser({ ...as, ...user, agent: param('agent'), panel, days, mode, dryRun }),
};
