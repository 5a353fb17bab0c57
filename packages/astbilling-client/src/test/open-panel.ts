import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import { type Panel, type PanelKind, type ProductSettings, SluiceError } from '@sluice/panel-kind';
import * as z from 'zod/mini';
import { astbilling, magnusbilling } from '../panel/index.js';
import { fixtureText } from './fixture.js';

/** The wires of the fake, as an operator configures them. */
export const SYSTEMS = ['default', 'pt-envelope', 'magnusbilling'] as const;
export type SystemName = (typeof SYSTEMS)[number];

/** A panel of a test, opened as the engine opens it. */
export interface OpenedPanel {
  fake: FakeAstbilling;
  panel: Panel;
  kind: PanelKind;
  close(): Promise<void>;
}

/** The clock of the fake and of the panel. */
export const NOW = '2026-11-02T12:00:00.000Z';

/** Opens a panel over a fake with the wire of a system. */
export async function openTelephony(
  system: SystemName,
  settings: Record<string, unknown> = {},
  products: Record<string, ProductSettings> = {},
): Promise<OpenedPanel> {
  const now = (): number => Date.parse(NOW);
  const fake = await startFakeAstbilling({ now });
  const kind = system === 'magnusbilling' ? magnusbilling : astbilling;
  const token = system === 'magnusbilling' ? fake.credential : fake.token;
  const profile = system === 'pt-envelope' ? { profile: './pt.json' } : {};
  const own = z.parse(z.strictObject(kind.panelShape), { token, ...profile, ...settings });
  const opening = kind.open(
    {
      name: 'voice',
      settings: { kind: kind.kind, url: fake.url, allowHttp: true, adaptive: false, ...own },
      timeZone: 'America/Sao_Paulo',
      currency: null,
      products,
    },
    {
      clock: { now, sleep: () => Promise.resolve() },
      random: () => 0,
      randomBytes: (count) => new Uint8Array(count).fill(7),
      onCall: () => undefined,
      secret: (value) => value,
      readFile: (file) => {
        if (file === './pt.json')
          return fixtureText('profile.pt-envelope').replace(/"minIntervalMs": \d+/, '"minIntervalMs": 0');
        throw new SluiceError('config_invalid', `${file} is not there`);
      },
      journal: { list: () => Promise.resolve([]) },
    },
  );
  const panel = await opening.catch(async (error: unknown) => {
    await fake.close();
    throw error;
  });
  return {
    ...{ fake, panel, kind },
    close: async () => {
      panel.close();
      await fake.close();
    },
  };
}
