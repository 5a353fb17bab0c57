import type { LineView, ListedRecords, RecordChange } from '@sluice/contract/documents';
import type { TelephonyResource } from '@sluice/panel-kind';
import { refuseOwned } from '../features/provision/owned-records.js';
import { changeRecord, type ChangeRequest } from '../features/telephony/change-record.js';
import { listRecords, showRecord } from '../features/telephony/find-records.js';
import { lineOfService } from '../features/telephony/line-of-service.js';
import {
  type CallOptions,
  type CommandOptions,
  type AskingOptions,
  type ReaderOptions,
  type RunCall,
  toHow,
  withRequestErrors,
} from './call.js';

/** Names the panel; optional where only one panel has telephony. */
export interface TelephonyOptions extends CallOptions {
  panel?: string | undefined;
}

/** Options of a change to a record. */
export interface TelephonyChangeOptions extends TelephonyOptions, CommandOptions {}

/** Options of a change of fields. */
export interface TelephonySetOptions extends TelephonyChangeOptions, AskingOptions {
  values: Readonly<Record<string, string>>;
  service?: string | undefined;
}

/**
 * The lists of a telephony system: customers, subscribers, numbers and the catalogue. Records are returned with the names of
 * docs/json.md (`plan_id`), without passwords. What the system lacks is `unsupported` before any call.
 */
export interface Telephony {
  list(
    resource: TelephonyResource,
    options?: TelephonyOptions & { filters?: Readonly<Record<string, string>> | undefined },
  ): Promise<ListedRecords>;
  /** Returns one record, by its id or name. */
  show(resource: TelephonyResource, id: string, options?: TelephonyOptions): Promise<ListedRecords>;
  /** Returns the line of a service with its plan and numbers. */
  line(service: string, options?: ReaderOptions): Promise<LineView>;
  /** Creates a record from values as people write them; one that exists already with these values stays. */
  create(
    resource: TelephonyResource,
    values: Readonly<Record<string, string>>,
    options?: TelephonyChangeOptions,
  ): Promise<RecordChange>;
  /** Changes the named fields of a record; an empty text clears a field. With `service`, a subscriber has to be its line by then. */
  set(resource: TelephonyResource, id: string, options: TelephonySetOptions): Promise<RecordChange>;
  /** Removes a record; one that belongs to a service is refused. */
  remove(resource: TelephonyResource, id: string, options?: TelephonyChangeOptions): Promise<RecordChange>;
}

/** Returns the calls about lists of telephony systems. */
export function telephonyApi(call: RunCall): Telephony {
  const checked = withRequestErrors(call);
  const change = (
    what: Pick<ChangeRequest, 'resource' | 'operation' | 'id' | 'values' | 'service' | 'reader' | 'permit'>,
    options: TelephonyChangeOptions = {},
  ): Promise<RecordChange> => {
    const { panel = null } = options;
    const how = { panel, ...toHow(options), refuseRemoval: refuseOwned };
    return checked(options, (context) => changeRecord(context, { ...what, ...how }));
  };
  return {
    list: (resource, options = {}) => {
      const { panel = null, filters = {} } = options;
      return checked(options, (context) => listRecords(context, { resource, panel, filters }));
    },
    show: (resource, id, options) =>
      checked(options, (context) => showRecord(context, resource, id, options?.panel ?? null)),
    line: (service, options) => checked(options, (context) => lineOfService(context, service, options?.reader)),
    create: (resource, values, options) => change({ resource, operation: 'create', id: '', values }, options),
    set: (resource, id, { values, service, reader, permit, ...options }) =>
      change({ resource, operation: 'set', id, values, service, reader, permit }, options),
    remove: (resource, id, options) => change({ resource, operation: 'remove', id, values: {} }, options),
  };
}
