import type { GroupEndpoints } from '@sluice/contract/endpoints';
import { may } from '@sluice/contract';
import { configChecks } from '../../server/config-checks.js';
import { forbidden } from '../../server/failure.js';
import type { Handlers } from './handler.js';

/** Panels, products and their switches. */
export const panelHandlers: Handlers<GroupEndpoints<'panels' | 'adoption' | 'clock'>> = {
  'POST /panels/test': ({ sluice, body, as }) => sluice.panels.test(body.panels ?? [], as),
  'POST /panels/:panel/adoption': ({ sluice, param, body: { from, tables }, as }) =>
    sluice.adoption.read(param('panel'), from, { ...as, tables }),
  'GET /panels/:panel/adoption/queries': ({ sluice, param, query: { from }, signal }) =>
    sluice.adoption.queries(param('panel'), from, { signal }),
  'POST /adoption/apply': ({ sluice, body: { dryRun, ...rows }, as }) => sluice.adoption.apply(rows, { ...as, dryRun }),
  'GET /doctor': async ({ sluice, context, query: { panel, contract = false }, viewer, as }) => {
    if (contract && !may(viewer, 'panels.acceptAnswers'))
      throw forbidden("The token does not permit to accept the form of a panel's answers");
    const { ok, checks } = await sluice.panels.doctor({ ...as, panel, contract });
    const ofConfig = configChecks(context);
    return { ok: ok && !ofConfig.some(({ status }) => status === 'failed'), checks: [...ofConfig, ...checks] };
  },
  'POST /clock/accept': ({ sluice, body: { panel, contract = false }, as }) =>
    sluice.panels.doctor({ ...as, panel, contract, acceptClock: true }),
  'GET /services/:service/login-link': ({ sluice, param, signal, client }) =>
    sluice.panels.loginLink(param('service'), { signal, reader: client }),
  'GET /relay/tunnels': async ({ sluice, query }) => ({ tunnels: await sluice.panels.tunnels(query) }),
  'GET /relay/users': async ({ sluice, query }) => ({ users: await sluice.panels.users(query) }),
  'GET /relay/speed-limits': async ({ sluice, query }) => ({ speedLimits: await sluice.panels.speedLimits(query) }),
  'GET /relay/tunnel-groups': async ({ sluice, query }) => ({ tunnelGroups: await sluice.panels.tunnelGroups(query) }),
};
