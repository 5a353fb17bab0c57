import type { Context } from '../../context/context.js';

/** Returns the panels whose services have no bytes, such as lines; what services of a panel that left the config have is not known. */
export function listWithoutBytes(context: Context): string[] {
  return Object.keys(context.config.panels).filter(
    (panel) => context.findKind(panel)?.capabilities.includes('usage') === false,
  );
}

/** Returns how many services of such panels there are. */
export async function countWithoutBytes(
  { store }: Context,
  panels: readonly string[],
  { panel, product, client }: Partial<Record<'panel' | 'product' | 'client', string | undefined>>,
): Promise<number> {
  const asked = panels.filter((each) => panel === undefined || each === panel);
  const where = { ...(product !== undefined && { product }), ...(client !== undefined && { client }) };
  const counts = await Promise.all(asked.map((each) => store.services.count({ panel: each, ...where })));
  return counts.reduce((sum, count) => sum + count, 0);
}
