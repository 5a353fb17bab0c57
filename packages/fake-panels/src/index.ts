export { type FakeRequest } from './core/fake-request.js';
export { type FakeBody, type FakeResponse } from './core/fake-response.js';
export { type FakeCall } from './core/fake-call.js';
export { type Fault, type FaultRule } from './core/fault-rule.js';
export { type CallTotals, type FakeServer } from './core/fake-server.js';
export { type FakeServerOptions } from './core/fake-server-options.js';
export { startFakeServer } from './core/start-fake-server.js';
export { few } from './core/few.js';
export { readQr } from './camera/read-qr.js';
export { FakeAstbilling } from './astbilling/fake-astbilling.js';
export {
  type AstCallState,
  type NewAstCall,
  type NewAstCustomer,
  type NewAstDid,
  type NewAstSubscriber,
} from './astbilling/model.js';
export { type AstQuirks, type AstQuirkSettings } from './astbilling/quirks.js';
export { startFakeAstbilling, type FakeAstbillingOptions } from './astbilling/start-fake-astbilling.js';
export { startFakeFlvx, type FakeFlvxOptions } from './flvx/start-fake-flvx.js';
export { FakeFlvx, type FlvxBytes, type FlvxConnection, type FlvxService } from './flvx/fake-flvx.js';
export { type NewForward, type NewPermission, type NewTunnel, type NewUser } from './flvx/flvx-builder.js';
export { FlvxCustomer, type FlvxEnvelope } from './flvx/flvx-customer.js';
export { diffStates, type FlvxState } from './flvx/flvx-state.js';
export { type FlvxNode } from './flvx/node.js';
export { NodeAgent } from './flvx/node-agent.js';
export { manualClock, type ManualClock } from './core/manual-clock.js';
export { startFakeEasyDcim, type FakeEasyDcimOptions } from './easydcim/start-fake-easydcim.js';
export { FakeEasyDcim, type NewToken, type ServiceTraffic } from './easydcim/fake-easydcim.js';
export { populateEasyDcim, type PopulatedService, type PopulateOptions } from './easydcim/populate.js';
export {
  bandwidthKeys,
  type AnswerSettings,
  type BandwidthAnswers,
  type EasyDcimAnswers,
  type GraphAnswers,
  type ListAnswers,
  type ListShape,
  type ObjectShape,
  type OrderStyle,
  type PageInfo,
  type PortStyle,
  type ServiceStyle,
} from './easydcim/answers.js';
export {
  rareEndpoints,
  type ActionBehaviour,
  type BehaviourSettings,
  type Delay,
  type EasyDcimBehaviour,
} from './easydcim/behaviour.js';
export {
  type Actor,
  type AdminState,
  type FakeUser,
  type NewPort,
  type NewService,
  type OrderState,
  type PanelEvent,
  type PanelSnapshot,
  type PortDefect,
  type PortState,
  type Rate,
  type ServiceStatus,
} from './easydcim/model.js';
export { type Credentials } from './easydcim/panel.js';
export { type Traffic } from './easydcim/traffic-meter.js';
export { type AddOnOptions } from './hiddify/add-on-options.js';
export { FakeHiddify, type NewHiddifyAdmin, type NewHiddifyUser } from './hiddify/fake-hiddify.js';
export { fillHiddify, type HiddifySize } from './hiddify/fill-hiddify.js';
export { type FakeHiddifyOptions } from './hiddify/options.js';
export { type HiddifySnapshot, type SnapshotAdmin, type SnapshotUser } from './hiddify/snapshot.js';
export { startFakeHiddify } from './hiddify/start-fake-hiddify.js';
export {
  type FakeMail,
  type FakeMailServer,
  type MailBehaviour,
  startFakeMailServer,
} from './mail/start-fake-mail-server.js';
export { FakeWhmcs } from './whmcs/fake-whmcs.js';
export {
  type NewWhmcsClient,
  type NewWhmcsInvoice,
  type NewWhmcsProduct,
  type NewWhmcsService,
  type WhmcsInvoiceState,
} from './whmcs/model.js';
export type { WhmcsTables } from './whmcs/tables.js';
export { type EmptyList, type WhmcsQuirks, type WhmcsQuirkSettings } from './whmcs/quirks.js';
export { startFakeWhmcs, type FakeWhmcsOptions } from './whmcs/start-fake-whmcs.js';
export { fillWhmcs, type WhmcsFilling } from './whmcs/fill-whmcs.js';
export { buildOldShop, type OldShop, type OldShopExpected, type OldShopOptions } from './old-shop/build-old-shop.js';
