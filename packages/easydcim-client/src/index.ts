export { createEasyDcimClient } from './client/create-easydcim-client.js';
export { defaultManagementPorts } from './client/port.js';
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
} from './client/types.js';
