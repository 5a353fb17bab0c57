import { describe, expect, it } from '@jest/globals';
import { useFlvxBench } from '../bench/flvx-bench.js';

const at = useFlvxBench();

const isAboutNode = (message: string): boolean => message.includes('entry node');
const warnings = async (): Promise<string[]> => {
  const { checks } = await at.sluice.panels.doctor();
  return checks.flatMap(({ status, message }) => (status === 'warning' && isAboutNode(message) ? [message] : []));
};

describe('a tunnel whose entry node belongs to another panel', () => {
  it('is named by doctor and the test of the panel where products have it: nothing is counted there', async () => {
    const before = at.panel.server.calls.length;
    expect(await warnings()).toEqual([]);
    const paths = at.panel.server.calls.slice(before).map(({ path }) => path);
    expect(paths).not.toContain('/api/v1/group/tunnel/list');

    const other = at.panel.addNode('elsewhere');
    at.panel.node(other).remote = true;
    const far = at.panel.addTunnel({ name: 'FAR', entryNodes: [other] });
    // No product names it, and an exit node counts nothing.
    at.panel.addTunnel({ name: 'EXIT', entryNodes: [1], exitNodes: [other] });
    expect(await warnings()).toEqual([]);

    at.panel.addTunnelGroup('asia', [at.tunnels.hk, far]);
    at.panel.node(2).remote = true;
    const found = [
      'tunnel 2 (JP-02) of product big has the entry node jp-entry of another panel: its traffic is not counted for customers of this one, so no quota stops it',
      'tunnel 3 (FAR) of product group has the entry node elsewhere of another panel: its traffic is not counted for customers of this one, so no quota stops it',
    ];
    expect(await warnings()).toEqual(found);
    const [tested] = (await at.sluice.panels.test(['relay'])).panels;
    expect([tested?.ok, tested?.warnings.filter(isAboutNode)]).toEqual([true, found]);
  });
});
