import { expect, it } from '@jest/globals';
import { startFakeHiddify } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

it('lists the agents of the panels that answer, and names those that do not', async () => {
  const other = await startFakeHiddify({ now: at.bench.clock.now });
  try {
    other.addAgent(undefined, { name: 'south' });
    const keys = `kind: hiddify, url: "${other.url}", allowHttp: true, apiKey: "${other.key}", retries: 0`;
    await at.bench.edit('products:', `  vpn2: { ${keys} }\nproducts:`);
    const names = async () => (await at.sluice.agents.list()).agents.map(({ name }) => name);
    expect(await names()).toEqual(expect.arrayContaining(['north', 'south']));
    other.server.inject({ fault: { kind: 'status', status: 500 }, times: Infinity });
    const { agents, semantics, panels } = await at.sluice.agents.list();
    expect(agents.map(({ panel }) => panel)).not.toContain('vpn2');
    expect(semantics.map(({ panel }) => panel)).toEqual(['vpn']);
    expect(panels).toEqual([{ panel: 'vpn2', error: expect.objectContaining({ code: expect.any(String) }) }]);
    await expect(at.sluice.agents.list({ panel: 'vpn2' })).rejects.toThrow('500');
    at.panel.server.inject({ fault: { kind: 'status', status: 500 }, times: Infinity });
    await expect(at.sluice.agents.list()).rejects.toThrow('500');
  } finally {
    await other.close();
  }
});
