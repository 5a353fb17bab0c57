import './config/plain-zod.js';
import { easydcim } from '@sluice/easydcim-client/panel';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import type { PanelKind } from '@sluice/panel-kind';

/** The kinds of panels that ship with the command. */
export const KINDS: readonly PanelKind[] = [easydcim, flvx, hiddify];

/** Returns the kinds of panels that a command knows: those of `deps`, or `KINDS`. */
export function knownKinds(deps: { kinds?: readonly PanelKind[] }): readonly PanelKind[] {
  return deps.kinds ?? KINDS;
}

/** Returns the name of a kind for people: `EasyDCIM`. */
export function kindTitle(deps: { kinds?: readonly PanelKind[] }, kind: string): string {
  return knownKinds(deps).find((known) => known.kind === kind)?.title ?? kind;
}
