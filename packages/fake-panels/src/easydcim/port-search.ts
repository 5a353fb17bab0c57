import { type Port } from './model.js';
import { type PanelCall } from './panel.js';

/** The ports that a search of all ports finds: by the named field, or by any column. */
export function matchingPorts({ panel, request }: PanelCall): Port[] {
  const ports = [...panel.world.ports.values()];
  const term = request.query.get('search_term');
  if (term === null) return ports;
  const field = [...request.query].find(([name]) => /^search_fields(\[\d*\])?$/.test(name))?.[1];
  if (field === undefined || panel.behaviour.portSearch === 'any-column') {
    return ports.filter((port) => Object.values(columns(port)).some((column) => column.includes(term)));
  }
  return ports.filter((port) => columns(port)[field] === term);
}

function columns(port: Port): Record<string, string> {
  return {
    id: String(port.id),
    name: port.name,
    description: port.description,
    item_id: String(port.server.id),
  };
}
