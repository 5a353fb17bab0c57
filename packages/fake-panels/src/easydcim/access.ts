import { type FakeRequest } from '../core/fake-request.js';
import { type FakeResponse } from '../core/fake-response.js';
import { type EasyDcimBehaviour } from './behaviour.js';
import { type FakeUser } from './model.js';
import { forbidden, refused, unauthenticated } from './refusals.js';
import { type EasyDcimWorld } from './world.js';

/** A token of an administrator (`user: null`) or of a client. */
export interface AccessToken {
  readonly user: FakeUser | null;
  /** Whether it has the ability to act as another user; administrators' tokens only. */
  readonly mayImpersonate: boolean;
}

/** Which services a call may see. */
export type Viewer = 'everybody' | 'nobody' | FakeUser;

/** Who is calling, or why the call is refused. */
export type Access = { readonly viewer: Viewer } | { readonly refusal: FakeResponse };

/** The tokens of the panel, and what a call with one of them may do. */
export class EasyDcimAccess {
  readonly tokens = new Map<string, AccessToken>();

  constructor(
    private readonly world: EasyDcimWorld,
    private readonly behaviour: EasyDcimBehaviour,
    private readonly signInUrl: () => string,
  ) {}

  /** Judges a call to the administrators' or to the clients' endpoints. */
  judge(request: FakeRequest, area: 'admin' | 'client'): Access {
    const token = this.findToken(request);
    if (token === undefined) return { refusal: unauthenticated(this.behaviour.unauthenticated, this.signInUrl()) };
    const wanted = request.headers['x-impersonate-user'];
    if (area === 'admin') {
      // With the header the call is made as the customer, who may not use this endpoint.
      return token.user !== null || wanted !== undefined ? { refusal: forbidden() } : { viewer: 'everybody' };
    }
    if (wanted !== undefined) return this.impersonated(token, wanted);
    if (token.user !== null) return { viewer: token.user };
    return { viewer: this.behaviour.adminWithoutImpersonation === 'all' ? 'everybody' : 'nobody' };
  }

  private findToken(request: FakeRequest): AccessToken | undefined {
    const text = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    return text === undefined ? undefined : this.tokens.get(text);
  }

  private impersonated(token: AccessToken, wanted: string): Access {
    if (!token.mayImpersonate) return { refusal: forbidden() };
    const user = /^\d+$/.test(wanted) ? this.world.users.get(Number(wanted)) : this.byEmail(wanted);
    if (user === undefined) return { refusal: refused('Impersonated user not found') };
    if (!user.active) return { refusal: refused('Impersonated user account is inactive') };
    return { viewer: user };
  }

  private byEmail(email: string): FakeUser | undefined {
    return this.behaviour.impersonateByEmail ? this.world.usersByEmail.get(email.toLowerCase()) : undefined;
  }
}
