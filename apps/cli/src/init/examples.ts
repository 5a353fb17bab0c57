import type { PanelAnswer } from './answers.js';

/** Products for these panels, as lines of YAML below `products:`. */
export function exampleProducts(
  panels: Pick<PanelAnswer, 'kind' | 'name'>[],
  scalar: (text: string) => string,
): string[] {
  const used = new Set<string>();
  return panels.flatMap(({ kind, name: panel }) => {
    const { name, lines } = kind.init.product;
    const own = used.has(name) ? `${name}-${panel}` : name;
    used.add(name);
    return [`  ${scalar(own)}:`, `    panel: ${scalar(panel)}`, ...lines.map((line) => `    ${line}`)];
  });
}
