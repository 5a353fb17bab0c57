import {
  openClient,
  type PanelDependencies,
  type PanelKind,
  type PanelToOpen,
  SluiceError,
  transportOptions,
} from '@sluice/panel-kind';
import { createAstbillingClient } from '../client/create-astbilling-client.js';
import { builtInProfiles, readProfile } from '../profile/load.js';
import { ProfileError } from '../profile/profile-error.js';
import type { Profile } from '../profile/schema.js';
import { TelephonyPanel } from './panel.js';
import type { TelephonySettings } from './settings.js';

/** A panel, and the profile that it has without one in the config. */
export type TelephonyToOpen = PanelToOpen & { profile: keyof typeof builtInProfiles };

/**
 * Opens a telephony panel.
 *
 * @throws SluiceError `bad_profile` for a profile that can't be used, `bad_config` for an address or token
 */
export function openTelephonyPanel(
  kind: PanelKind,
  panel: TelephonyToOpen,
  dependencies: PanelDependencies,
): TelephonyPanel {
  const { name } = panel;
  const settings = panel.settings as TelephonySettings;
  const warnings = new Set<string>();
  const profile = findProfile(panel, dependencies);
  const token = dependencies.secret(settings.token, `panels.${name}.token`);
  const client = openClient(name, () =>
    createAstbillingClient({
      panel: name,
      baseUrl: settings.url,
      allowHttp: settings.allowHttp,
      profile,
      token,
      onWarning: (warning) => warnings.add(warning),
      newId: () => Buffer.from(dependencies.randomBytes(16)).toString('hex'),
      ...transportOptions(panel, dependencies),
    }),
  );
  return new TelephonyPanel(kind, panel, { client, warnings, clock: dependencies.clock });
}

/**
 * Returns the profile of a panel.
 *
 * @throws SluiceError `bad_profile`
 */
export function findProfile(
  { name, settings, profile: byKind }: Pick<TelephonyToOpen, 'name' | 'settings' | 'profile'>,
  { readFile }: Pick<PanelDependencies, 'readFile'>,
): Profile {
  const { profile: stated = byKind } = settings as TelephonySettings;
  const key = `panels.${name}.profile`;
  if (Object.hasOwn(builtInProfiles, stated)) return builtInProfiles[stated as keyof typeof builtInProfiles];
  try {
    return readProfile(readFile(stated, key));
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    throw new SluiceError('bad_profile', `${key}: ${error.message}`, {
      kind: 'usage',
      details: { panel: name, problems: error.problems },
    });
  }
}
