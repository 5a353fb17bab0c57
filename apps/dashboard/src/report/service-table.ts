import { isLeastUsed } from '@sluice/engine/words';
import { badge, listed, usageBar } from '../layout/components.js';
import { bytes, money, name, named, NONE, type Times, UNKNOWN } from '../layout/format.js';
import { html, type Html } from '../layout/html.js';
import { markedReasons, whyOld } from '../layout/words.js';
import type { ReportService } from './read-report.js';

const HEADS = [
  '<th scope="col">Service</th>',
  '<th scope="col" class="minor">Client</th>',
  '<th scope="col" class="minor">Product</th>',
  '<th scope="col" class="figure">Used</th>',
  '<th scope="col" class="figure minor">Allowed</th>',
  '<th scope="col">Share</th>',
  '<th scope="col" class="figure minor">Remaining</th>',
  '<th scope="col" class="minor">Cycle ends</th>',
  '<th scope="col">Status</th>',
];

/** The start of the table of services, up to its first row. */
export const SERVICE_TABLE_HEAD = `<section class="card" id="services">
<div class="card-head"><h2>All services</h2></div>
<div class="scroll" role="region" aria-label="All services" tabindex="0">
<table>
<caption class="visually-hidden">All services, those with the fullest limit first</caption>
<thead><tr>${HEADS.join('')}</tr></thead>
<tbody>
`;

/** Returns the row of a service. */
export function serviceRow(service: ReportService, { times, timeZone }: { times: Times; timeZone: string }): string {
  const { id, client, clientName, productName, share, fullest, remainingBytes, cycle, limits } = service;
  // A limit in money stands in for a missing quota.
  const main = service.allowedBytes === null && !service.unlimited ? limits[0] : undefined;
  const used = main === undefined ? usedBytes(service, times) : usedAmount(main);
  const allowed = main === undefined ? allowedBytes(service) : amount(main.allowed, main.unit);
  const remaining = remainingBytes === null ? NONE : bytes(remainingBytes);
  const isOther = fullest !== null && fullest !== (main?.id ?? 'quota');
  const ofLimit = isOther ? html` <span class="soft">of limit ${name(fullest)}</span>` : null;
  // oxfmt-ignore
  return String(html`<tr><th scope="row">${named(service.name, id)}</th><td class="minor">${named(clientName, client)}</td><td class="minor">${name(productName)}</td><td class="figure">${used}</td><td class="figure minor">${allowed}</td><td>${
    share === null ? NONE : html`${isLeastShare(service) ? 'at least ' : null}${shareBar(share)}${ofLimit}`
  }</td><td class="figure minor">${remaining}</td><td class="minor">${
    cycle === null ? NONE : times.bound(cycle.end, timeZone)
  }</td><td>${showStatus(service)}</td></tr>
`);
}

/** Returns the bar of a share, which is 1 where all is used. */
export function shareBar(share: number): Html | null {
  return usageBar({ used: share, allowed: 1 });
}

/** Returns the state of a service, with the reasons of its holds. */
export function showStatus(service: ReportService): Html {
  const { status, holds, wouldHold, stoppedByPanel } = service;
  const isUp = status === 'over';
  const word = isUp ? (wouldHold.length > 0 ? 'would be held' : 'used up') : status;
  return html`${isUp ? badge(word, 'bad') : badge(word)}${holds.length === 0 ? null : html` <span class="soft">${listed(markedReasons(service))}</span>`}${
    stoppedByPanel === undefined ? null : html` ${badge('stopped on the panel', 'warning')}`
  }`;
}

function usedBytes(service: ReportService, times: Times): Html {
  const { usedBytes: used, readAt, metered } = service;
  if (used === null && !metered) return html`<span class="soft">not metered</span>`;
  if (used === null && readAt === null) return UNKNOWN;
  const why = whyOld(service, (at) => times.at(at));
  return why === null ? bytes(used) : html`${bytes(used)} <span class="soft">read ${times.ago(readAt)}; ${why}</span>`;
}

function allowedBytes({ allowedBytes: allowed, unlimited }: ReportService): Html {
  if (unlimited) return html`unlimited`;
  return allowed === null ? NONE : bytes(allowed);
}

/** Returns whether a limit in money may be fuller than the share of a service says. */
function isLeastShare(service: ReportService): boolean {
  return (service.share ?? 0) < 1 && service.limits.some((limit) => isLeastUsed(limit));
}

/** Returns what is used of a limit, as far as that is known. */
export function usedAmount(limit: ReportService['limits'][number]): Html {
  return html`${isLeastUsed(limit) ? 'at least ' : null}${amount(limit.used, limit.unit)}`;
}

/** Returns a figure of a limit: bytes, or an amount with its currency. */
export function amount(figure: number | string | null, unit: string): Html {
  if (figure === null) return UNKNOWN;
  return typeof figure === 'number' ? bytes(figure) : money(figure, unit);
}
