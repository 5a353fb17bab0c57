import { startFakeServer } from '../core/start-fake-server.js';
import { EasyDcimAccess } from './access.js';
import { type AnswerSettings, answersWith } from './answers.js';
import { type BehaviourSettings, behaviourWith } from './behaviour.js';
import { FakeEasyDcim } from './fake-easydcim.js';
import { type FakeUser } from './model.js';
import { answer, toEndpoint, isChanging } from './dispatch.js';
import { type Credentials, type Panel } from './panel.js';
import { PanelTime } from './panel-time.js';
import { EasyDcimWorld } from './world.js';

/** How to start a fake EasyDCIM. */
export interface FakeEasyDcimOptions {
  /** An administrator's token with the ability to impersonate. Default `fake-easydcim-token`. */
  readonly token?: string;
  /** The panel's clock, milliseconds since 1970. Default: the real one. */
  readonly now?: () => number;
  /** IANA name of the zone in which the panel reads and writes dates. Default `UTC`. */
  readonly timeZone?: string;
  /** Milliseconds that every call waits before its work. Default 0. */
  readonly latencyMs?: number;
  /** Users from the start; services make the users that they need. */
  readonly users?: readonly FakeUser[];
  /** `false`: no log of calls, only totals. Default `true`. */
  readonly keepCalls?: boolean;
  /** How the answers are worded, where that is not the default. */
  readonly answers?: AnswerSettings;
  /** How the panel behaves, where that is not the default. */
  readonly behaviour?: BehaviourSettings;
  /** Who may sign in through `POST /api/v3/login`. Default `admin@example.test` with the password `fake-password`. */
  readonly credentials?: Credentials;
  /** The path of the panel, such as `/panel`. Default: none. */
  readonly basePath?: string;
  /** Default: a free port. */
  readonly port?: number;
  /** Speaks TLS with this key and certificate (PEM). */
  readonly https?: { readonly key: string; readonly cert: string };
}

/** Starts a stateful EasyDCIM on 127.0.0.1. Throws `RangeError` for an unknown time zone. */
export async function startFakeEasyDcim(options: FakeEasyDcimOptions = {}): Promise<FakeEasyDcim> {
  const { token = 'fake-easydcim-token', basePath = '', port, https } = options;
  const world = new EasyDcimWorld(options.now ?? Date.now);
  const behaviour = behaviourWith(options.behaviour);
  let origin = '';
  const url = (): string => origin + basePath;
  const panel: Panel = {
    world,
    time: new PanelTime(options.timeZone ?? 'UTC'),
    answers: answersWith(options.answers),
    behaviour,
    access: new EasyDcimAccess(world, behaviour, () => `${url()}/auth/login`),
    credentials: options.credentials ?? { email: 'admin@example.test', password: 'fake-password' },
    bandwidthBodies: new Map(),
    url,
    basePath,
  };
  panel.access.tokens.set(token, { user: null, mayImpersonate: true });
  for (const user of options.users ?? []) world.addUser(user);
  const server = await startFakeServer({
    name: 'EasyDCIM',
    handle: (request) => answer(panel, request),
    toEndpoint: (request) => toEndpoint(request, basePath),
    changing: (request) => isChanging(request, basePath),
    latencyMs: options.latencyMs ?? 0,
    keepCalls: options.keepCalls ?? true,
    now: options.now ?? Date.now,
    ...(port === undefined ? {} : { port }),
    ...(https === undefined ? {} : { https }),
  });
  origin = server.url;
  return new FakeEasyDcim(server, token, panel);
}
