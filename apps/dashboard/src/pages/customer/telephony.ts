import type { ServiceDetail } from '@sluice/engine';
import type { Section } from '../../layout/components.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import { hasCapability } from '../capabilities.js';
import { hasEnded } from '../lifecycle.js';
import { billsSection } from './telephony/bills.js';
import { callsToday } from './telephony/calls-today.js';
import { lineSection, readLine } from './telephony/line.js';
import { toLineScene } from './telephony/line-scene.js';
import { simulatorSection } from './telephony/simulator.js';

/** The line of a service with its plan, numbers, today's calls, the simulator and bills; nothing for services without a line. */
export async function telephonySections(
  request: PageRequest,
  service: ServiceDetail,
  reads: PanelReads,
): Promise<(Section | null)[]> {
  if (!(await hasCapability(request.sluice, service.panel, 'calls'))) return [];
  const scene = toLineScene(request, service, reads);
  // The panel may have removed the line; its calls and bills stay.
  if (hasEnded(service)) return Promise.all([callsToday(scene), billsSection(scene)]);
  // Together, so that a panel that hangs delays the page by one time-out.
  const simulator = request.isEmbedded ? null : simulatorSection(scene);
  const line = readLine(scene).then((read) => lineSection(scene, read));
  return Promise.all([line, simulator, callsToday(scene), billsSection(scene)]);
}
