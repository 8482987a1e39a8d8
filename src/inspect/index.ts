/** Charts as data, drawings and pages; what the actors that run them do, as a stream. */
export { chartsIn } from './charts.js';
export { configOf, type ChartConfig, type Json } from './config.js';
export { chartOf, edgeOf, transitionsOf, type ChartEdge, type ChartState, type Transition } from './edges.js';
export { mermaidOf } from './mermaid.js';
export { machinePage, machinesIndex, type MachinePage } from './page.js';
export { pathMatcher } from './paths.js';
export {
  createInspect,
  type ActionInspected,
  type ActorInspected,
  type EventInspected,
  type Inspect,
  type InspectedEvent,
  type InspectFilter,
  type InspectObserver,
  type InspectOptions,
  type MicrostepInspected,
  type RawInspectOptions,
  type SnapshotInspected,
  type TakenTransition,
} from './stream.js';
