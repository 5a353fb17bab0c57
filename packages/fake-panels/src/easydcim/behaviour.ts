/** When an accepted action happens: at once, after so many further readings of the state, or after so many milliseconds of the panel's clock. */
export type Delay = 'none' | { readonly reads: number } | { readonly ms: number };

/** How actions on ports or orders behave. */
export interface ActionBehaviour {
  delay: Delay;
  /** What an action without effect gets: a success, or 422 `... already ...`. */
  already: 'ok' | 'refuse';
  /** A success: a message, nothing with status 204, or the object's new state. */
  answer: 'message' | 'no-content' | 'state';
}

/** How this installation behaves apart from the form of its answers. Everything can be changed at any time. */
export interface EasyDcimBehaviour {
  /** What a call without a valid token gets: 401, a redirect to the sign-in page, or that page with status 200. */
  unauthenticated: '401' | 'redirect' | 'sign-in-page';
  /** Whether `X-Impersonate-User` may be an e-mail address. Default `true`. */
  impersonateByEmail: boolean;
  /** What an administrator's token sees of the client endpoints by itself. */
  adminWithoutImpersonation: 'all' | 'own';
  /** The answer for another customer's service. */
  foreignService: 403 | 404;
  /** Whether a missing endpoint or object is reported as JSON or as a page. */
  notFound: 'json' | 'html';
  /** `takes`: the side whose port ids the actions accept. */
  portActions: ActionBehaviour & { takes: 'either' | 'server' | 'switch' };
  orderActions: ActionBehaviour;
  /** Whether `GET /api/v3/admin/ports` searches the term in the named field only, or in every column. */
  portSearch: 'named-field' | 'any-column';
  /** Speed in the row of a port that is not up: its own, another one (bits per second), or none. */
  speedWhenDown: 'own' | number | null;
  /** Endpoints that this installation does not have, as in the log of calls: `GET /api/v3/client/services/{id}`. */
  readonly absent: Set<string>;
}

/** Settings; the rest stays as it is by default. */
export type BehaviourSettings = Partial<
  Omit<EasyDcimBehaviour, 'portActions' | 'orderActions' | 'absent'> & {
    portActions: Partial<EasyDcimBehaviour['portActions']>;
    orderActions: Partial<ActionBehaviour>;
    /** Replaces the default list, which is `rareEndpoints`. */
    absent: Iterable<string>;
  }
>;

/** Endpoints that only some installations have: absent by default. */
export const rareEndpoints: readonly string[] = [
  'GET /api/v3/admin/orders/{id}/ports',
  'GET /api/v3/admin/orders/{id}/service/ports',
  'GET /api/v3/client/items/{id}/ports',
  'GET /api/v3/client/servers/{id}/ports',
  'GET /api/v3/admin/items/{id}/ports',
  'GET /api/v3/admin/servers/{id}/ports',
  'GET /api/v3/client/items/{id}',
  'GET /api/v3/client/servers/{id}',
  'GET /api/v3/admin/items/{id}',
  'GET /api/v3/admin/servers/{id}',
];

/** Returns the default behaviour with these settings. */
export function behaviourWith(settings: BehaviourSettings = {}): EasyDcimBehaviour {
  return {
    unauthenticated: '401',
    impersonateByEmail: true,
    adminWithoutImpersonation: 'all',
    foreignService: 404,
    notFound: 'json',
    portSearch: 'named-field',
    speedWhenDown: 'own',
    ...settings,
    portActions: { delay: 'none', already: 'ok', answer: 'message', takes: 'either', ...settings.portActions },
    orderActions: { delay: 'none', already: 'refuse', answer: 'message', ...settings.orderActions },
    absent: new Set(settings.absent ?? rareEndpoints),
  };
}
