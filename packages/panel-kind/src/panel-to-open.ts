import type { PanelSettings, ProductSettings } from './settings.js';

/** A panel of the config that is to be opened. */
export interface PanelToOpen {
  /** Its name in the config. */
  name: string;
  settings: PanelSettings;
  /** IANA time zone of its billing dates. */
  timeZone: string;
  /** The config's general currency (ISO 4217); null where it has none. */
  currency: string | null;
  /** Its products, by name. */
  products: Record<string, ProductSettings>;
}
