import type { AgentDetail, AgentUserView } from '@sluice/engine';
import type { LocatedAgent } from '@sluice/engine/options';
import { say } from '@sluice/messages';
import { requireOwnAgent } from '../../access/own-agent.js';
import type { LastRead, PanelReads } from '../../requests/panel-reads.js';
import { toRef } from '../../requests/keyed.js';
import type { PageRequest } from '../../requests/page-request.js';
import { clientError } from '../../server/failure.js';
import { toOutsider } from '../../server/outsider.js';

/** What a page of an agent shows: the agent as last counted, and the users below it as its panel has them. */
export interface OwnAgent {
  agent: AgentDetail;
  users: LastRead<readonly AgentUserView[]>;
}

/** Returns the agent of a page; only routes with one are served to agents. */
export function toAgent({ sluice, viewer }: Pick<PageRequest, 'sluice' | 'viewer'>): Promise<LocatedAgent> {
  if (viewer.agent === null) throw clientError('unknown_page', say('problem.unknownPage'), { kind: 'not-found' });
  return requireOwnAgent(sluice, viewer.agent);
}

/** Returns the agent of a page with its users, which are read at most once in a while. */
export async function readOwnAgent(request: PageRequest, reads: PanelReads): Promise<OwnAgent> {
  const { sluice, viewer, now } = request;
  const { uuid, panel } = await toAgent(request);
  const client = toOutsider(viewer) ?? uuid;
  const users = await reads.read({ client, what: 'users', now }, async (signal) => {
    const read = await sluice.agents.users(uuid, { panel, signal });
    return read.users;
  });
  return { agent: await readAgent(request, reads, { uuid, panel }), users };
}

/** Returns an agent with its present figures; with those that are stored where its panel can't be read. */
async function readAgent(
  { sluice, viewer, now }: PageRequest,
  reads: PanelReads,
  { uuid, panel }: Pick<LocatedAgent, 'uuid' | 'panel'>,
): Promise<AgentDetail> {
  const client = toOutsider(viewer) ?? uuid;
  const { value, failed } = await reads.read({ client, what: 'agent', now }, (signal) =>
    sluice.agents.show(uuid, { panel, reader: uuid, signal }),
  );
  if (value !== null && !failed) return value;
  const { agents } = await sluice.agents.listStored({ panel });
  const stored = agents.find((agent) => agent.uuid === uuid) ?? value;
  if (stored === null) throw clientError('not_read', say('problem.later'), { kind: 'panel' });
  return stored;
}

/**
 * Returns the user that a page is about, with its agent.
 *
 * @throws SluiceError `unknown_user`, the same for a user of another agent as for one that nobody has
 */
export async function readOwnUser(
  request: PageRequest,
  reads: PanelReads,
): Promise<OwnAgent & { user: AgentUserView }> {
  const own = await readOwnAgent(request, reads);
  if (own.users.value === null) throw clientError('not_read', say('user.unread'), { kind: 'panel' });
  const user = own.users.value.find(({ uuid }) => uuid === request.params['user']);
  if (user === undefined) throw clientError('unknown_user', say('problem.unknownUser'), { kind: 'not-found' });
  return { ...own, user };
}

/** Returns the path of a user's page. */
export function toUserPath({ base }: Pick<PageRequest, 'base'>, uuid: string): string {
  return `${base}/users/${encodeURIComponent(uuid)}`;
}

/** Returns the reference of what a form changes: one that is sent again changes nothing more. */
export function toFormRef({ viewer, form = {} }: Pick<PageRequest, 'viewer' | 'form'>): string {
  return toRef(`${viewer.id} form`, form['key'] ?? '');
}
