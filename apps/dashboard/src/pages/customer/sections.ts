import type { Section } from '../../layout/components.js';
import { adviceSection } from './advice.js';
import { accountSection } from './account.js';
import { connectionSection } from './connection.js';
import { graphSection } from './graphs.js';
import { autoBuySection } from './auto-buy.js';
import { mailsSection } from './mails.js';
import { packagesSection } from './packages.js';
import { purchasesSection } from './purchase-list.js';
import { passwordSection } from './password.js';
import { pastPeriodsSection } from './past-periods.js';
import type { ServicePart, ServiceScene } from './service-scene.js';
import { telephonySections } from './telephony.js';
import { stopOfLine } from './telephony/line-stop.js';
import { isMetered } from './usage.js';
import { usageSection } from './usage-section.js';

/** The parts of a service's page in their order below what is going on, also inside other sites. */
const PARTS: readonly ServicePart[] = [
  usageSection,
  connectionSection,
  ({ request, service }) => accountSection(request, service),
  ({ request, service, readers }) => telephonySections(request, service, readers.reads),
  // Below the user name that it belongs to.
  ({ request, service }) => passwordSection(request, service),
  packagesSection,
  autoBuySection,
  purchasesSection,
  ({ request, service, readers }) => (isMetered(service) ? graphSection(request, service, readers.graphs) : null),
  pastPeriodsSection,
  ({ request }) => mailsSection(request),
];

/** Returns the parts of the page of a service; null for those that it has not. */
export async function serviceSections(scene: ServiceScene): Promise<(Section | null)[]> {
  const made: (Section | null)[] = [];
  // One after the other: each may ask the panel, and the next may use its answer.
  for (const part of PARTS) made.push(...[await part(scene)].flat());
  // What it says of the panel, the others have read.
  return [adviceSection(scene, await stopOfLine(scene)), ...made];
}
