import type { Lookups, ProductSettings } from '@sluice/panel-kind';
import { toIso } from '../account/describe.js';
import { sumBytes } from '../account/rules.js';
import type { FlvxClient } from '../client/client.js';
import { toBytes } from '../client/units.js';
import { findGroup, productTunnels, speedChoice, type FlvxDefaults } from './product.js';

/** Creates the lists in which operators search what the panel has, each row with the products that name it. */
export function createLookups(
  client: FlvxClient,
  products: Record<string, ProductSettings>,
  defaults: FlvxDefaults,
): Lookups {
  const named = Object.entries(products);
  return {
    async tunnels() {
      const tunnels = await client.tunnels.list();
      return tunnels.map(({ id, name, type, status, multiplier, ratio }) => {
        return { id, name, type, status, multiplier, ratio };
      });
    },
    async users() {
      const users = await client.users.list();
      return users.map((user) => ({
        id: user.id,
        name: user.name,
        status: user.status,
        usedBytes: sumBytes(user),
        quotaBytes: toBytes(user.quota),
        expiresAt: toIso(user.expiresAt),
      }));
    },
    async speedLimits() {
      const limits = await client.speedLimits.list();
      const choices = named.map(([name, product]) => ({ name, choice: speedChoice(product, defaults) }));
      return limits.map(({ id, name, speed, tunnelId, tunnelName }) => ({
        id,
        name,
        speedMbit: speed,
        tunnel: { id: tunnelId, name: tunnelName },
        products: choices
          .filter(({ choice }) => choice.kind === 'shared' && choice.limitId === id)
          .map((choice) => choice.name),
      }));
    },
    async tunnelGroups() {
      const [groups, tunnels] = await Promise.all([client.groups.listTunnelGroups(), client.tunnels.list()]);
      const names = new Map(tunnels.map(({ id, name }) => [id, name]));
      const choices = named.map(([name, product]) => {
        const choice = productTunnels(product, defaults);
        return { name, group: choice !== null && 'group' in choice ? findGroup(groups, choice.group) : undefined };
      });
      return groups.map(({ id, name, tunnelIds }) => ({
        id,
        name,
        tunnels: tunnelIds.map((tunnel) => ({ id: tunnel, name: names.get(tunnel) ?? null })),
        products: choices.filter(({ group }) => group?.id === id).map((choice) => choice.name),
      }));
    },
  };
}
