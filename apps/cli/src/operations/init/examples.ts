import type { PanelAnswer, PanelKind } from './answers.js';

/** Name of the product and its keys, per kind of panel; each uncommented is a config that holds. */
const PRODUCTS: Record<PanelKind, { name: string; lines: string[] }> = {
  easydcim: {
    name: 'ded-10tb',
    lines: [
      'quota: { total: 10TB }            # any of in, out, total; a size or unlimited',
      'mode: TOTAL                       # what counts: IN, OUT or TOTAL',
      'action: disable-ports             # or suspend-order, or both',
    ],
  },
  flvx: {
    name: 'relay-100',
    lines: [
      'quota: { total: 100GB }',
      'action: pause                     # or redirect, or throttle',
      'flvx: { tunnelId: 1, maxForwards: 10 }',
    ],
  },
  hiddify: {
    name: 'vpn-50',
    lines: ['quota: { total: 50GB }', 'hiddify: { packageDays: 30, mode: no_reset }'],
  },
};

/** Products for these panels, as lines of YAML below `products:`. */
export function exampleProducts(
  panels: Pick<PanelAnswer, 'kind' | 'name'>[],
  scalar: (text: string) => string,
): string[] {
  const used = new Set<string>();
  return panels.flatMap(({ kind, name: panel }) => {
    const { name, lines } = PRODUCTS[kind];
    const own = used.has(name) ? `${name}-${panel}` : name;
    used.add(name);
    return [`  ${scalar(own)}:`, `    panel: ${scalar(panel)}`, ...lines.map((line) => `    ${line}`)];
  });
}
