import type { PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { findForeign, findOwners, type PanelObject } from '../base/ownership.js';
import type { Context } from './context.js';
import { refuseOtherClient } from './find-service.js';

/** The client that reads about its service; undefined: an operator, who sees everything. */
export type Reader = string | null | undefined;

/**
 * Returns since when a reader may see what is known of a service: what was before is a former client's. Null: all.
 *
 * @throws SluiceError `unknown_service` for the service of another client
 */
export function visibleSince(service: ServiceRecord, reader: Reader): string | null {
  if (reader === undefined) return null;
  refuseOtherClient(service, reader);
  return service.clientSince;
}

/**
 * Returns since when a reader may see what is known of an object that its service has on a panel: what was before is of a former client
 * of either. Null: all.
 */
export async function objectVisibleSince(
  context: Context,
  { service, object }: { service: ServiceRecord; object: PanelObject | null },
  reader: Reader,
): Promise<string | null> {
  const clientSince = visibleSince(service, reader);
  if (reader === undefined || object === null) return clientSince;
  const parts = await findOwners(context, object, { from: null, to: null });
  const foreign = findForeign(parts, service.client);
  if (foreign === undefined) return clientSince;
  const end = foreign.to ?? context.now();
  return clientSince !== null && clientSince > end ? clientSince : end;
}

/** Returns whether a reader may see what was read, or happened, at an instant: what was before it came is a former client's. */
export function isOfReader(at: string, service: ServiceRecord, reader: Reader): boolean {
  const since = visibleSince(service, reader);
  return since === null || at >= since;
}

/** Returns the part of a window that begins then, at a whole second; it is empty where the window ends before. */
export function beginThen<Window extends { start: string; end: string }>(window: Window, since: string | null): Window {
  const then = Math.ceil(Date.parse(since ?? window.start) / 1000) * 1000;
  if (since === null || then <= Date.parse(window.start)) return window;
  return { ...window, start: then < Date.parse(window.end) ? new Date(then).toISOString() : window.end };
}

/** Returns whether a reader may see a purchase of a service; rows of old versions do not state their client. */
export function isVisible({ client, at }: PurchaseRecord, service: ServiceRecord, reader: Reader): boolean {
  const isSince = isOfReader(at, service, reader);
  return reader === undefined || client === null ? isSince : client === service.client;
}
