import { maskUuids } from '@sluice/panel-http/printable';
import {
  createPanelHttp,
  isPanelError,
  PanelAuthError,
  PanelForbiddenError,
  redact,
  systemClock,
  type CallEvent,
  type Clock,
  type PanelAnswer,
  type PanelError,
  type PanelHttp,
  type PanelHttpOptions,
  type PanelRequest,
} from '@sluice/panel-http';
import { AgentTrafficError } from '../errors.js';
import { parseHiddifyLink } from './link.js';
import { findMessage, findRefusal } from './refusal.js';
import type { HiddifyClientOptions } from './types.js';
import { isCanonicalUuid } from './uuid.js';

/** A call that every key may send. */
export const PING_PATH = '/api/v2/panel/ping/';
const PING = { method: 'GET', path: PING_PATH, endpoint: `GET ${PING_PATH}` } as const;

/** The connection to one panel: sends the key with every call, and names the cause in errors. */
export interface Connection {
  readonly panel: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly warnings: string[];
  readonly listTimeoutMs: number;
  request<T>(request: PanelRequest<T>): Promise<PanelAnswer<T>>;
  /** Reads one path that is the same for every caller. */
  get<T>(
    path: string,
    schema: NonNullable<PanelRequest<T>['schema']>,
    options?: Pick<PanelRequest<T>, 'tag' | 'signal' | 'headers'>,
  ): Promise<T>;
  redact(text: string): string;
  close(): void;
}

/** Returns address, key and transport options, for API v2 and for the add-on. */
export function toConnectionSettings(options: HiddifyClientOptions): {
  baseUrl: string;
  apiKey: string;
  warnings: string[];
  http: Omit<PanelHttpOptions, 'baseUrl'>;
  clean: (text: string) => string;
} {
  const { baseUrl: address, apiKey: given, allowHttp = false, onCall, ...rest } = options;
  const { listTimeoutMs: _listTimeoutMs, newUuid: _newUuid, ...transport } = rest;
  const link = parseHiddifyLink(address, { allowHttp });
  const apiKey = (given ?? link.apiKey ?? '').trim().toLowerCase();
  if (!isCanonicalUuid(apiKey)) {
    throw new AgentTrafficError(
      'invalid_key',
      `The key (apiKey) of panel "${options.panel}" is not a uuid of version 4 with dashes. Use the last part of the admin link, https://domain/path/uuid/.`,
    );
  }
  const secrets = [apiKey, apiKey.toUpperCase(), apiKey.replaceAll('-', ''), link.secretPath];
  const clean = (text: string): string => maskUuids(redact(text, secrets));
  const http: Omit<PanelHttpOptions, 'baseUrl'> = {
    // A list of 50,000 users has 54 MB; there are no pages.
    maxBodyBytes: 256 * 1024 * 1024,
    ...transport,
    headers: { 'hiddify-api-key': apiKey, accept: 'application/json' },
    secrets,
    ...(onCall === undefined ? {} : { onCall: maskedEvents(onCall) }),
  };
  return { baseUrl: link.baseUrl, apiKey, warnings: link.warnings, http, clean };
}

/** Opens the connection of a client; it calls nothing yet. */
export function connect(options: HiddifyClientOptions): Connection {
  const { baseUrl, apiKey, warnings, http: settings, clean } = toConnectionSettings(options);
  const http = createPanelHttp({ ...settings, baseUrl, refusalIn: findRefusal, messageIn: findMessage });
  const request = async <T>(call: PanelRequest<T>): Promise<PanelAnswer<T>> => {
    try {
      return await http.request(call);
    } catch (error) {
      if (!isPanelError(error)) throw error;
      throw await explain(error, http, baseUrl);
    }
  };
  return {
    panel: options.panel,
    apiKey,
    clock: options.clock ?? systemClock,
    warnings,
    listTimeoutMs: options.listTimeoutMs ?? 180_000,
    request,
    get: async (path, schema, options) =>
      (await request({ ...options, method: 'GET', path, endpoint: `GET ${path}`, schema })).body,
    redact: clean,
    close() {
      http.close();
    },
  };
}

/**
 * Returns the error with its cause. After a 403 a ping, which every key may send, shows whether the key is unknown or its role too
 * low.
 */
async function explain(error: PanelError, http: PanelHttp, baseUrl: string): Promise<PanelError> {
  if (error.panelCode === 'unauthorized') {
    const known = error.endpoint === PING.endpoint ? false : await isKeyKnown(http);
    if (known === false) {
      return new PanelAuthError(
        `Panel "${error.panel}" did not accept the key (apiKey) for ${error.endpoint} (HTTP 403). ` +
          "Use the uuid of an administrator; a user's uuid is not a key, and the key changes when the administrator's uuid changes.",
        error,
      );
    }
    if (known === true) {
      return new PanelForbiddenError(
        `Panel "${error.panel}" accepted the key (apiKey), but the role of its account may not call ${error.endpoint} (HTTP 403). ` +
          "It is the key of an agent or admin; use the Owner's key.",
        error,
      );
    }
  }
  if (
    baseUrl.startsWith('http:') &&
    (error.code === 'PANEL_UNREADABLE' || (error.status === 400 && error.panelCode === null))
  ) {
    amend(
      error,
      `${error.message} The address begins with http://; a panel on the internet answers only over https://.`,
    );
  }
  // Errors of redirects and of the network contain the address, with the user's uuid in it.
  amend(error, maskUuids(error.message));
  return error;
}

/** Returns null where the ping failed otherwise. */
async function isKeyKnown(http: PanelHttp): Promise<boolean | null> {
  try {
    await http.request({ ...PING, retryable: false });
    return true;
  } catch (error) {
    return isPanelError(error) && error.panelCode === 'unauthorized' ? false : null;
  }
}

function amend(error: PanelError, message: string): void {
  if (message === error.message) return;
  const before = error.message;
  error.message = message;
  error.stack = error.stack?.replace(before, () => message) ?? '';
}

function maskedEvents(onCall: (event: CallEvent) => void): (event: CallEvent) => void {
  return (event) => {
    onCall({
      ...event,
      path: maskUuids(event.path),
      message: event.message === null ? null : maskUuids(event.message),
      tag: event.tag === null ? null : maskUuids(event.tag),
    });
  };
}
