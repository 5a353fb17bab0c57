import { formatBytes } from '@sluice/quota-core';
import type { PurchaseRecord } from '@sluice/state-store';
import type { Config } from './schema.js';
import { describeService } from '../describe-service.js';
import { packageName } from './package-name.js';
import { fillTemplate } from '../template.js';

/** What the text of each kind of line may contain, in braces. */
export const LINE_PLACEHOLDERS = {
  purchase: ['traffic', 'service', 'name', 'package'],
  calls: ['username', 'service', 'from', 'to', 'last'],
} as const;

/** Calls of a line in a period of local dates, with a time where it is cut inside a day: `last` is the last day, `to` what follows. */
export interface CallsOfLine {
  username: string;
  service: string;
  from: string;
  to: string;
  last: string;
}

/** Returns the text of the line of a purchase, without its mark; `name` is that of the service, null where it has none. */
export function purchaseLine(
  { invoiceLines, packages }: Pick<Config, 'invoiceLines' | 'packages'>,
  { bytes, service, package: id }: Pick<PurchaseRecord, 'bytes' | 'service' | 'package'>,
  name: string | null,
): string {
  return fillTemplate(invoiceLines.purchase, {
    traffic: formatBytes(bytes),
    service,
    name: describeService({ id: service, name }),
    package: packageName({ packages }, id),
  });
}

/** Returns the text of the line of calls, without its mark. */
export function callsLine({ invoiceLines }: Pick<Config, 'invoiceLines'>, calls: CallsOfLine): string {
  return fillTemplate(invoiceLines.calls, { ...calls });
}
