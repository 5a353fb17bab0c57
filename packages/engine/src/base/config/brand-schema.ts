import { webAddress } from '@sluice/panel-kind';
import * as z from 'zod/mini';
import { parseImageAddress } from './image-address.js';
import { filled } from './shared-schemas.js';

/** What clients see of their provider: what is not stated is not shown. */
export interface BrandSettings {
  /** In place of a name, pages for clients have neutral words. */
  name?: string | undefined;
  /** An SVG, PNG, WebP or JPEG as a `data:` address; in a config file it is the path of one. */
  logo?: string | undefined;
  /** Such as `#0b5cad`. */
  colour?: string | undefined;
  contact?: string | undefined;
  terms?: string | undefined;
  topUpUrl?: string | undefined;
  /** Whether pages for clients name Sluice, in small print. */
  mention: boolean;
}

/** Characters that could reorder or hide what stands beside them. Joiners are part of Persian words. */
const HIDDEN = /[^\P{C}\p{Co}\p{Cn}\u200C\u200D]|[\p{Zl}\p{Zp}]/u;

const hasCredentials = (text: string): boolean => {
  const { username, password } = URL.canParse(text) ? new URL(text) : { username: '', password: '' };
  return username + password !== '';
};

const withoutCredentials = z.refine<string>((text) => !hasCredentials(text), {
  error: 'has a username or a password, which clients would see',
});

/** One line of text that clients read. */
const line = (longest: number) =>
  filled.check(
    z.trim(),
    z.minLength(1),
    z.refine((text) => !HIDDEN.test(text), {
      error: 'has a control character, a line end or a mark of direction: leave it out',
    }),
    z.refine((text) => text.length <= longest, { error: `is too long: at most ${longest} characters` }),
  );

const address = webAddress.check(withoutCredentials);

/** As people read it: a link of mail is its address. */
const contact = z.pipe(
  line(300).check(
    withoutCredentials,
    z.refine((text) => !/^mailto:\s*$/i.test(text), { error: 'is a link without an address' }),
  ),
  z.transform((text: string) => text.replace(/^mailto:\s*/i, '')),
);

const colour = z.string().check(
  z.describe('Colour, in quotes: "#0b5cad"'),
  z.refine((text) => /^#(?:[\da-f]{3}|[\da-f]{6})$/i.test(text), { error: 'is not a colour such as "#0b5cad"' }),
);

const logo = z.string().check(
  z.refine((text) => parseImageAddress(text) !== null, {
    error: 'is not an image as a data: address; only a config that is read from a file can name a file',
  }),
);

/** Schema of `brand`. */
export const brand = z.prefault(
  z.strictObject({
    name: z.optional(line(60)),
    logo: z.optional(logo),
    colour: z.optional(colour),
    contact: z.optional(contact),
    terms: z.optional(address),
    topUpUrl: z.optional(address),
    mention: z._default(z.boolean(), true),
  }),
  {},
);
