export { createEasyDcimClient } from './create-easydcim-client.js';
export { defaultManagementPorts } from './port.js';
export type {
  BandwidthReading,
  BandwidthUnit,
  BandwidthWarning,
  CallOptions,
  EasyDcimClient,
  EasyDcimOptions,
  GraphExport,
  Order,
  PanelService,
  Port,
  Window,
} from './types.js';
