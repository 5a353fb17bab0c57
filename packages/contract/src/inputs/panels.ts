import * as z from 'zod/mini';
import { called, flag, optionalText, options, ownObject, accepts, read, text, textOrNone } from './shapes.js';

const panel = ['panel', text] as const;
const ofProduct = options({ ...called, product: textOrNone });
const relay = { ...called, panel: optionalText };

/** What `panels` accepts. */
export const panelInputs = {
  list: accepts(options(called)),
  capabilities: accepts(panel, options(called)),
  test: accepts(['names', z.optional(z.readonly(z.array(text)))], options(called)),
  products: accepts(options(called)),
  observe: accepts(panel, options(called)),
  enforce: accepts(panel, ofProduct),
  asConfigured: accepts(panel, ofProduct),
  planEnforcing: accepts(panel, ofProduct),
  doctor: accepts(
    options({
      ...called,
      panel: optionalText,
      contract: flag,
      acceptClock: flag,
      takeOver: flag,
      standInFor: z.optional(ownObject),
    }),
  ),
  tunnels: accepts(options(relay)),
  users: accepts(options(relay)),
  speedLimits: accepts(options({ ...relay, only: optionalText })),
  tunnelGroups: accepts(options({ ...relay, only: optionalText })),
  loginLink: accepts(['service', text], options(read)),
};
