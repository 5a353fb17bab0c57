import type { PackageView, ServiceDetail } from '@sluice/engine';
import type { DueInvoices } from '@sluice/engine/options';
import type { Section } from '../../layout/components.js';
import type { Times } from '../../layout/format.js';
import { toTimes } from '../../layout/page-times.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { LastRead } from '../../requests/panel-reads.js';
import type { Readers } from '../../requests/readers.js';
import { readDue } from './due-invoices.js';
import { offeredPackages } from './offered-packages.js';

/** What the parts of a service's page are made of. */
export interface ServiceScene {
  request: PageRequest;
  /** As its client may see it. */
  service: ServiceDetail;
  readers: Readers;
  /** On offer for it. */
  packages: readonly PackageView[];
  /** What has to be paid before it comes back; null where nothing has. */
  due: LastRead<DueInvoices> | null;
  /** In the zone of its panel. */
  times: Times;
  wording: Wording;
}

type Sections = Section | null | readonly (Section | null)[];

/** Makes one part of a service's page, or several that belong together; null for what the service does not have. */
export type ServicePart = (scene: ServiceScene) => Sections | Promise<Sections>;

/** Returns what the parts of a service's page are made of. */
export async function toServiceScene(
  request: PageRequest,
  service: ServiceDetail,
  readers: Readers,
): Promise<ServiceScene> {
  // Together, so that a billing system that hangs delays the page by one time-out.
  const [packages, due] = await Promise.all([
    offeredPackages(request, service, readers.reads),
    readDue(request, service, readers.reads),
  ]);
  const times = toTimes(request, service.panel);
  return { request, service, readers, packages, due, times, wording: toWording(request.language) };
}
