import { easydcim } from '@sluice/easydcim-client/panel';
import { createSluice, parseConfig, type Explanation, type RunReport } from '@sluice/engine';
import { openStore } from '@sluice/state-store';

export async function firstUse(
  url: string,
  token: string,
  service: Record<string, string>,
): Promise<[RunReport, Explanation]> {
  const panels = { dcim: { kind: 'easydcim', url, token, allowHttp: true } };
  const products = { 'ded-1tb': { panel: 'dcim', quota: '1TB', action: 'disable-ports' } };
  const config = parseConfig({ timeZone: 'UTC', panels, products }, [easydcim]);
  const store = await openStore({ location: ':memory:' });
  const sluice = await createSluice({ config, store, kinds: [easydcim] });
  await sluice.services.import([{ id: 'svc-1', panel: 'dcim', product: 'ded-1tb', ...service }]);
  const report = await sluice.poll(); // disables its ports if the quota is used up
  const explanation = await sluice.explain('svc-1'); // shows why it is in its state
  await sluice.close();
  return [report, explanation];
}
