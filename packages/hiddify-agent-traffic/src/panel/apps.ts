import type { CustomerApp } from '@sluice/panel-kind';

/**
 * Returns the usual apps that import the subscription link of a user. The panel answers each by what it calls itself; apps of the Clash
 * family that the panel does not know by name are sent to its page for them.
 */
export function listApps(link: string): CustomerApp[] {
  const plain = encodeURIComponent(link);
  const clash = encodeURIComponent(`${link}clashmeta/`);
  return [
    {
      name: 'Hiddify',
      platforms: ['android', 'ios', 'windows', 'macos', 'linux'],
      url: `hiddify://import/${link}`,
    },
    { name: 'v2rayNG', platforms: ['android'], url: `v2rayng://install-sub?url=${plain}` },
    { name: 'Streisand', platforms: ['ios', 'macos'], url: `streisand://import/${link}` },
    { name: 'Shadowrocket', platforms: ['ios'], url: `shadowrocket://add/sub://${btoa(link)}` },
    {
      name: 'sing-box',
      platforms: ['android', 'ios', 'macos'],
      url: `sing-box://import-remote-profile?url=${plain}`,
    },
    { name: 'Stash', platforms: ['ios'], url: `stash://install-config?url=${clash}` },
    {
      name: 'Clash Verge Rev',
      platforms: ['windows', 'macos', 'linux'],
      url: `clash://install-config?url=${clash}`,
    },
    {
      name: 'FlClash',
      platforms: ['android', 'windows', 'macos', 'linux'],
      url: `flclash://install-config?url=${clash}`,
    },
  ];
}
