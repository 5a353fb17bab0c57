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
