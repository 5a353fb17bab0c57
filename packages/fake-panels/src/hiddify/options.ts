import { type AddOnOptions } from './add-on-options.js';
import { type Language } from './rows.js';
import { type ListOrder } from './user-text.js';

/** How a fake Hiddify panel is set up. */
export interface FakeHiddifyOptions {
  /** Milliseconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
  /** Seed of the uuids that the panel and the helpers make. Default 1. */
  readonly seed?: number;
  /** The panel server's zone in minutes, east of Greenwich positive. Default 0. */
  readonly utcOffsetMinutes?: number;
  /** The secret first segment of the administrators' paths. */
  readonly adminPath?: string;
  /** The users' first segment. */
  readonly clientPath?: string;
  /** The first segment of older versions, still honoured in part. */
  readonly oldPath?: string;
  /** The Owner's uuid, which is its API key. */
  readonly ownerUuid?: string;
  readonly version?: string;
  /** The panel's language. Default `en`. */
  readonly language?: Language;
  /** Decides number types and what a foreign key forbids. Default `mariadb`. */
  readonly database?: 'mariadb' | 'sqlite';
  /** On 3.13 the panel's role checks are void (docs/panels/hiddify.md, 2.2). Default `3.11`. */
  readonly python?: '3.11' | '3.13';
  /** The order of the list of users. Default `id`. */
  readonly listOrder?: ListOrder;
  /**
   * The web server in front of the panel: none (default); one that redirects everything to `https:`;
   * or one that received plain text on its TLS port.
   */
  readonly front?: 'none' | 'redirect-to-https' | 'plain-on-tls-port';
  /** The add-on for agent traffic. Default: not installed. */
  readonly addOn?: AddOnOptions;
  /** Whether concurrent requests interleave inside a creation, as on the panel. Default `true`. */
  readonly interleave?: boolean;
  /** A user named `default` of the Owner, as a new panel has. Default `false`. */
  readonly defaultUser?: boolean;
  /** `false`: no log of the calls. Default `true`. */
  readonly keepCalls?: boolean;
  /** Speaks TLS with this key and certificate (PEM). */
  readonly https?: { readonly key: string; readonly cert: string };
  /** Default 0: a free port. */
  readonly port?: number;
}
