import { type FakeRequest } from '../core/fake-request.js';
import { type FakeResponse } from '../core/fake-response.js';
import { type EasyDcimAccess, type Viewer } from './access.js';
import { type EasyDcimAnswers } from './answers.js';
import { type EasyDcimBehaviour } from './behaviour.js';
import { type Service } from './model.js';
import { type PanelTime } from './panel-time.js';
import { forbidden, notFound } from './refusals.js';
import { type EasyDcimWorld } from './world.js';

/** An account for signing in through the API. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Everything that the endpoints work with. */
export interface Panel {
  readonly world: EasyDcimWorld;
  readonly time: PanelTime;
  readonly answers: EasyDcimAnswers;
  readonly behaviour: EasyDcimBehaviour;
  readonly access: EasyDcimAccess;
  readonly credentials: Credentials;
  /** Bandwidth bodies that replace the real ones, by service id. */
  readonly bandwidthBodies: Map<number, { readonly body: FakeResponse['body'] }>;
  /** Address of the panel, without a trailing slash. */
  readonly url: () => string;
  /** Path of the panel, empty or like `/panel`. */
  readonly basePath: string;
}

/** One call, as an endpoint sees it. */
export interface PanelCall {
  readonly panel: Panel;
  readonly request: FakeRequest;
  /** The id in the path; -1 where there is none. */
  readonly id: number;
  readonly viewer: Viewer;
}

/** One endpoint. */
export interface Route {
  readonly area: 'admin' | 'client' | 'open';
  readonly run: (call: PanelCall) => FakeResponse;
  /** Whether it changes the panel. */
  readonly changes?: boolean;
}

/** The service that a call is about, if the caller may see it; else the refusal. */
export function toService({ panel, id, viewer }: PanelCall): Service | FakeResponse {
  const service = panel.world.services.get(id);
  if (service === undefined) return notFound(panel.behaviour.notFound);
  if (viewer === 'everybody' || viewer === service.user) return service;
  return panel.behaviour.foreignService === 403 ? forbidden() : notFound(panel.behaviour.notFound);
}

/** The body as a JSON object; anything else counts as empty, as in the frameworks of such panels. */
export function toFields(request: FakeRequest): Readonly<Record<string, unknown>> {
  try {
    const body = request.json();
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
