import type { GroupEndpoints, EndpointBody } from '@sluice/contract/endpoints';
import { forbidden } from '../../server/failure.js';
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
  'GET /agents/:agent': ({ sluice, param, query: { panel }, viewer: { agent }, signal }) =>
    sluice.agents.show(param('agent'), { panel, signal, ...(agent === null ? {} : { reader: agent }) }),
  'GET /agents/:agent/can-create-user': async ({ sluice, param, viewer, query: { limitBytes, panel } }) => {
    const room = await sluice.agents.canCreateUser(param('agent'), limitBytes, { panel });
    if (viewer.agent === null) return room;
    // What is left may be of agents above it, and the reason names them with their figures.
    const reason = room.allowed ? room.reason : 'This does not fit within the traffic that is left.';
    return { ...room, remainingBytes: null, reason };
  },
  'POST /agents/:agent/users': ({
    sluice,
    param,
    viewer,
    body: { panel, days, mode, dryRun = false, ...user },
    as,
    ref,
  }) => {
    // What the panel resets by itself is used again without a reservation.
    if (viewer.agent !== null && mode !== undefined)
      throw forbidden('Only your provider can choose when usage is reset');
    return sluice.agents.createUser({ ...as, ...user, agent: param('agent'), panel, days, mode, dryRun, ref });
  },
  'POST /agents/:agent/users/:user/extend': ({ sluice, param, body, as, ref }) =>
    sluice.agents.extendUser(param('agent'), param('user'), { ...as, ...body, ref }),
};
