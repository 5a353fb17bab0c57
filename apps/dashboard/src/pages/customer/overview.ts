import type { ServiceDetail } from '@sluice/engine';
import { notice, type Section, sections } from '../../layout/components.js';
import { join } from '../../layout/html.js';
import { toWording } from '../../layout/wording.js';
import { budgetSection } from '../agent/budget.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import type { Readers } from '../../requests/readers.js';
import { creditSection } from './credit-section.js';
import { mailsSection } from './mails.js';
import { findOnly, ownServices, toClient, toName } from './own.js';
import { showService } from './service.js';
import { servicesSection } from './services.js';

/** Returns the first page of a client: its services, its credit, and the agents that it is. One who has one service gets that at once. */
export function overviewPage(readers: Readers): Page {
  return async (request) => {
    const only = await findOnly(request);
    if (only !== null) return showService({ ...request, params: { id: only } }, readers, { isOnly: true });
    const services = await ownServices(request);
    const parts = await clientSections(request, services, readers.reads);
    const who = toName(services);
    return { title: toWording(request.language).text('home.title'), who, body: join(sections(parts)) };
  };
}

/** Returns the parts of the first page of a client. */
export async function clientSections(
  request: PageRequest,
  services: readonly ServiceDetail[],
  reads: PanelReads,
): Promise<(Section | null)[]> {
  const { sluice } = request;
  const wording = toWording(request.language);
  const client = toClient(request);
  const { agents } = await sluice.agents.ofClient(client, { reader: client });
  const unknown = await sluice.agents.unknownOfClient(client);
  const credit = await creditSection(request, reads);
  return [
    await servicesSection(request, services, reads),
    ...(await Promise.all(agents.map((agent, index) => budgetSection(request, agent, `agent-${index + 1}`)))),
    unknown === 0
      ? null
      : {
          id: 'agent-unknown',
          title: wording.text('agent.reseller'),
          content: notice('warning', wording.say('agent.unknown')),
        },
    credit,
    services.length === 0 ? null : await mailsSection(request),
  ];
}
