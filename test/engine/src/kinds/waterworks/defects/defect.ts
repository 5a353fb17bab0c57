import type { Panel, PanelKind } from '@sluice/panel-kind';
import type { MeterState } from '../plan.js';

/** The panel of a waterworks. */
export type MeterPanel = Panel<MeterState>;

/** A mistake that an adapter can make. */
export interface Defect {
  name: string;
  /** Section of the docs with the hazard that it forgets. */
  hazard: string;
  /** Beginning of the name of a story that fails with it. */
  story: string;
  /** The way in which a call has to fail for it; absent where none has to. */
  ways?: string[] | undefined;
  /** Returns what is different in the panel. */
  spoil: (panel: MeterPanel) => Partial<MeterPanel>;
}

/** Returns the kind with a defect. */
export function withDefect(kind: PanelKind, { spoil }: Pick<Defect, 'spoil'>): PanelKind {
  return {
    ...kind,
    async open(...given) {
      const panel = (await kind.open(...given)) as MeterPanel;
      return Object.assign(panel, spoil(panel));
    },
  };
}
